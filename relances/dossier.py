"""One client on one day: from the rows read to what the rules want. In memory, so that a replay asks for any day."""

from dataclasses import dataclass, field
from datetime import date

from clients.models import Client
from factures.models import Echeance, Facture
from noyau.echelle import Acte, Creance, Echelle, Obstacle, Suspension
from noyau.escompte import Escompte
from noyau.groupement import Contact
from relances import suspensions
from relances.lecture import Faits
from relances.paliers import solde_au
from relances.regime import SANS_ECHELLE, Regime


@dataclass(slots=True)
class Dossier:
    """What `noyau.groupement.decider_client` asks for, by instalment. `a_venir`: read, but not issued yet."""

    client: Client
    echeances: dict[int, Echeance] = field(default_factory=dict)
    a_venir: list[Echeance] = field(default_factory=list)
    creances: list[Creance] = field(default_factory=list)
    echelles: dict[int, Echelle] = field(default_factory=dict)
    suspensions: dict[int, list[Suspension]] = field(default_factory=dict)
    actes: dict[int, list[Acte]] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    devises_en_cours: frozenset[str] = frozenset()
    devises_du_jour: frozenset[str] = frozenset()


def monter(
    regime: Regime,
    faits: Faits,
    client: Client,
    au: date,
    *,
    gardees: frozenset[int] = frozenset(),
    du: date = date.min,
) -> Dossier:
    """The client's debts in force on `au`, without what was done about them. `gardees`: kept though settled.
    `du`: no invoice is known earlier than this day (the first of a replay)."""
    dossier = Dossier(client)
    generales = _generales(regime, faits, client)
    for echeance in faits.echeances.get(client.pk, ()):
        facture = echeance.facture
        if facture.date_emission > au:
            dossier.a_venir.append(echeance)
            continue
        creance = _creance(faits, echeance, au, du)
        if (creance.solde <= 0 or creance.est_annulee) and echeance.pk not in gardees:
            continue
        dossier.creances.append(creance)
        dossier.echeances[echeance.pk] = echeance
        dossier.echelles[echeance.pk] = _echelle(regime, faits, client, facture)
        dossier.suspensions[echeance.pk] = generales + _particulieres(faits, echeance, au)
    return dossier


def _creance(faits: Faits, echeance: Echeance, au: date, du: date) -> Creance:
    """An invoice entered in our books after `au` is taken as known from its issue: a past day is then decided as it
    would have been. A replay climbs every ladder once."""
    facture = echeance.facture
    connue_le = facture.connue_le if facture.connue_le <= au else facture.date_emission
    transmise_le = facture.transmise_le
    marches = faits.paliers.get(facture.pk)
    return Creance(
        cle=echeance.pk,
        client=echeance.client_id,
        devise=echeance.devise,
        solde=echeance.solde if marches is None else solde_au(marches, echeance.pk, au),
        date_echeance=echeance.date_echeance,
        connue_le=connue_le if du == date.min else max(facture.date_emission, du),
        envoyee_le=transmise_le if transmise_le and transmise_le <= au else None,
        limite_escompte=limite_escompte(facture),
        est_annulee=facture.annulee_le is not None and facture.annulee_le <= au,
        recommencee_le=echeance.recommencee_le if du == date.min else None,
    )


def limite_escompte(facture: Facture) -> date | None:
    """The last day of the cash discount, when one was offered."""
    if not facture.escompte_taux or facture.escompte_jours is None:
        return None
    return Escompte(facture.escompte_taux, facture.escompte_jours).limite(facture.date_emission)


def _echelle(regime: Regime, faits: Faits, client: Client, facture: Facture) -> Echelle:
    """The invoice's ladder, else the client's, else that of its kind of client; without any, a ladder without rungs."""
    choisi = (
        faits.scenarios_facture.get(facture.pk)
        or faits.scenarios_client.get(client.pk)
        or regime.par_genre.get(client.genre)
    )
    return regime.echelles.get(choisi, SANS_ECHELLE) if choisi else SANS_ECHELLE


def _generales(regime: Regime, faits: Faits, client: Client) -> list[Suspension]:
    """What holds back all that the client owes."""
    return [
        *suspensions.de_client(client),
        *suspensions.de_pauses(faits.pauses_client.get(client.pk, ()), Obstacle.PAUSE_CLIENT),
        *suspensions.de_pauses(regime.pauses, Obstacle.PAUSE_ENTREPRISE),
    ]


def _particulieres(faits: Faits, echeance: Echeance, au: date) -> list[Suspension]:
    facture = echeance.facture_id
    promesses = [p for p in faits.promesses.get(echeance.client_id, ()) if suspensions.concerne(p, echeance)]
    return [
        *suspensions.de_litiges(faits.litiges.get(facture, ())),
        *suspensions.de_pauses(faits.pauses_facture.get(facture, ()), Obstacle.PAUSE_FACTURE),
        *suspensions.de_prelevement(echeance.facture),
        *(s for p in promesses for s in suspensions.de_promesse(p, faits.etats.get(p.pk), au)),
    ]
