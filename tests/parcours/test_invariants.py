"""A small company lives through random days; what must always hold is checked every evening.

The hardest one: a night looks only at what is due to be looked at. After it, deciding again about everything that is
open must find nothing to act for, or something was asleep that should not have been.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db.models import Count

from clients.models import Client
from encaissements.avoirs import enregistrer_avoir
from encaissements.encaissement import enregistrer_reglement
from encaissements.liberation import liberer
from encaissements.models import Reglement
from encaissements.rejet import rejeter_reglement
from encaissements.verification import Ecart, verifier_soldes
from entreprises.models import Adhesion, Entreprise
from factures.annulation import annuler_facture
from factures.creation import EcheancePrevue, enregistrer_facture
from factures.models import Echeance, Facture
from journal.ecriture import verifier
from relances.appels import CompteRendu, conclure_appel
from relances.approbation import approuver, retenir
from relances.composition import CompositionImpossible
from relances.models import LigneRelance, Reglages, Relance
from relances.nuit import battre
from relances.planification import planifier, prevoir
from relances.poste import poster
from suivi.litiges import clore_litige, ouvrir_litige
from suivi.models import Litige, Pause, Promesse
from suivi.modification import modifier_client
from suivi.pauses import il_a_repondu, lever_pause, mettre_en_pause
from suivi.promesses import annuler_promesse, noter_promesse
from tests import fabriques
from tests.relances.fabrique_nuit import entreprise_prete

pytestmark = [pytest.mark.django_db, pytest.mark.lent]
S = Relance.Statut
PARIS = ZoneInfo("Europe/Paris")
DEBUT = date(2026, 1, 5)
JOURS = 50
INTERVALLE = 5
SANS_DATE = {
    "litige", "insolvable", "ne_pas_relancer", "pause_client", "pause_facture", "pause_entreprise", "prelevement",
    "acte_en_cours", "sous_le_seuil", "echelle_epuisee", "aucun_echelon", "fin_delai_inconnue",
}  # fmt: skip
"""Why an open instalment may have no day on which it will be looked at again: each one is ended by somebody's act."""


@dataclass
class Monde:
    """The company, and the dice. `faits`: which events happened, so that a run in which nothing did shows."""

    entreprise: Entreprise
    adhesion: Adhesion
    de: Random
    jour: date = DEBUT
    numero: int = 0
    faits: dict[str, int] = field(default_factory=dict)

    @property
    def instant(self) -> datetime:
        return datetime(self.jour.year, self.jour.month, self.jour.day, 15, tzinfo=PARIS)

    def un(self, lignes):
        """One of these rows; ValidationError, as a workflow would, when there is none."""
        trouvees = list(lignes.order_by("pk"))
        if not trouvees:
            raise ValidationError("rien")
        return self.de.choice(trouvees)

    def client(self) -> Client:
        return self.un(Client.objects.de(self.entreprise))

    def ouverte(self) -> Facture:
        return self.un(Facture.objects.de(self.entreprise).ouvertes())


# What happens in a day, each by its own workflow


def facture(m: Monde) -> None:
    m.numero += 1
    total, delai = Decimal(m.de.randrange(2000, 400000)) / 100, m.de.choice([-20, 3, 10, 30])
    moitie = (total / 2).quantize(Decimal("0.01"))
    echeance = m.jour + timedelta(days=delai)
    parts = (EcheancePrevue(echeance, moitie), EcheancePrevue(echeance + timedelta(days=15), total - moitie))
    enregistrer_facture(
        m.entreprise, m.client(), f"F-{m.numero}", m.jour - timedelta(days=25), total, connue_le=m.jour,
        devise=m.de.choice(["EUR", "EUR", "EUR", "CHF"]),
        echeances=parts if m.de.random() < 0.3 else (EcheancePrevue(echeance, total),),
        mode_reglement=m.de.choice(["virement"] * 5 + ["prelevement"]),
    )  # fmt: skip


def payer(m: Monde) -> None:
    f = m.ouverte()
    montant = m.de.choice([f.solde, f.solde + 10, max(f.solde / 3, Decimal(1)).quantize(Decimal("0.01"))])
    le = m.jour - timedelta(days=m.de.choice([0, 0, 1, 8]))
    enregistrer_reglement(f.client, montant, max(le, f.date_emission), f.devise, aujourd_hui=m.jour)


def rejeter(m: Monde) -> None:
    rejeter_reglement(m.un(Reglement.objects.filter(rejete_le=None)), m.jour, "sans provision", aujourd_hui=m.jour)


def avoir(m: Monde) -> None:
    f = m.ouverte()
    m.numero += 1
    enregistrer_avoir(f.client, f"A-{m.numero}", min(f.solde, Decimal(50)), m.jour, aujourd_hui=m.jour, facture=f)


def annuler(m: Monde) -> None:
    f = m.ouverte()
    liberer(f, aujourd_hui=m.jour)
    f.refresh_from_db()
    annuler_facture(f, "erreur", aujourd_hui=m.jour)


def promettre(m: Monde) -> None:
    f = m.ouverte()
    seule = {"facture": f} if m.de.random() < 0.5 else {"devise": f.devise}
    le = m.jour + timedelta(days=m.de.choice([0, 3, 9]))
    noter_promesse(f.client, min(f.solde, Decimal(500)), le, faite_le=m.jour, **seule)


def se_dedire(m: Monde) -> None:
    annuler_promesse(m.un(Promesse.objects.filter(annulee_le=None, tenue_le=None)), aujourd_hui=m.jour)


def contester(m: Monde) -> None:
    ouvrir_litige(m.ouverte(), m.jour, "manque une pièce", aujourd_hui=m.jour)


def convenir(m: Monde) -> None:
    clore_litige(m.un(Litige.objects.filter(clos_le=None)), m.jour, aujourd_hui=m.jour)


def pauser(m: Monde) -> None:
    f = m.ouverte()
    cible = m.de.choice([{"facture": f}, {"client": f.client}, {}])
    fin = m.jour + timedelta(days=3) if not cible or m.de.random() < 0.5 else None
    mettre_en_pause(m.entreprise, du=m.jour, au=fin, aujourd_hui=m.jour, **cible)


def reprendre(m: Monde) -> None:
    lever_pause(m.un(Pause.objects.filter(levee_le=None)), aujourd_hui=m.jour)


def repondre(m: Monde) -> None:
    il_a_repondu(m.client(), aujourd_hui=m.jour)


def juger(m: Monde) -> None:
    """A client is spared, or no longer; one that is in proceedings comes out of them; another ladder for another."""
    client = m.client()
    spare = m.de.choice([{"ne_pas_relancer": True}, {"insolvable_le": m.jour}])
    libre = {"ne_pas_relancer": False, "insolvable_le": None, "genre": m.de.choice(Client.Genre.values)}
    valeurs = libre if client.ne_pas_relancer or client.insolvable_le or m.de.random() < 0.5 else spare
    ecrire = lambda: bool(Client.objects.filter(pk=client.pk).update(**valeurs))  # noqa: E731
    modifier_client(client, list(valeurs), ecrire, aujourd_hui=m.jour)


def regler(m: Monde) -> None:
    reglages = Reglages.objects.get(entreprise=m.entreprise)
    valeurs = {"seuil": Decimal(m.de.choice([0, 0, 300])), "plafond_bienveillance": m.de.choice([None, None, 10])}
    reglages.enregistrer_si_a_jour(reglages.version, **valeurs)


def contact(m: Monde) -> None:
    client = m.client()
    m.numero += 1
    client.contacts.create(
        entreprise=m.entreprise, courriel=f"c{m.numero}@client.invalid", telephone=m.de.choice(["", "0199001234"])
    )


def travailler(m: Monde) -> None:
    """The owner goes through what waits: calls, approvals, letters."""
    for acte in Relance.objects.filter(statut__in=[S.A_VALIDER, S.A_ENVOYER]).order_by("pk"):
        if acte.canal == "appel":
            resultat = m.de.choice(["annonce", "repondeur", "a_rappeler", "litige"])
            conclure_appel(acte, acte.version, CompteRendu(resultat), au=m.jour, instant=m.instant, auteur=None)
        elif acte.statut == S.A_VALIDER:
            with suppress(CompositionImpossible):
                acte = approuver(acte, acte.version, m.adhesion, m.jour, m.instant)  # noqa: PLW2901
        elif m.de.random() < 0.2:
            retenir(acte, acte.version, None, m.instant)
        if acte.statut == S.A_ENVOYER and acte.canal in {"courrier", "recommande"}:
            poster(acte, acte.version, postee_le=m.jour, numero="1A", au=m.jour, instant=m.instant, auteur=None)


EVENEMENTS = [
    *[facture] * 4, *[payer] * 2, *[travailler] * 9, rejeter, avoir, annuler, *[promettre] * 2, *[se_dedire] * 2,
    *[contester] * 2, *[convenir] * 3, pauser, *[reprendre] * 3, repondre, *[juger] * 6, regler, contact,
]  # fmt: skip


def vivre(m: Monde) -> None:
    for _n in range(m.de.randrange(1, 4)):
        evenement = m.de.choice(EVENEMENTS)
        with suppress(ValidationError):  # what a workflow refuses leaves nothing behind
            evenement(m)
            m.faits[evenement.__name__] = m.faits.get(evenement.__name__, 0) + 1


# What must hold


def rien_ne_part_a_tort(m: Monde, avant: set[int]) -> None:
    """R4, on the facts of the moment: the tick that sent them has just ended."""
    parties = Relance.objects.filter(statut=S.ENVOYEE, canal="courriel").exclude(pk__in=avant)
    for acte in parties.select_related("client"):
        assert not acte.client.ne_pas_relancer
        assert not acte.client.insolvable_le
        for ligne in acte.lignes.select_related("echeance__facture"):
            assert ligne.echeance.solde == ligne.solde > 0
            assert ligne.echeance.facture.annulee_le is None
            assert not Litige.objects.ouverts(m.jour).filter(facture=ligne.echeance.facture).exists()
            assert not ligne.echeance.facture.est_prelevee
    clients = parties.values_list("client", "devise")
    assert len(set(clients)) == len(clients), "one message per client and currency"


def rien_ne_dort_a_tort(m: Monde) -> None:
    """A full look finds nothing more to do; what has no day to be looked at has a reason that somebody ends."""
    attendues = set(Echeance.objects.filter(a_examiner_le__isnull=False).values_list("pk", flat=True))
    retenues = set(Relance.objects.ouvertes().values_list("client", "devise"))
    est_ouvre = m.entreprise.calendrier().est_ouvre(m.jour)  # on a day off that is the reason told
    for examen, preparees in prevoir(m.entreprise, m.jour):
        assert not examen.erreur
        assert preparees == [], [(p.relance.etape.nom, p.numeros) for p in preparees]
        for decision in examen.decisions if est_ouvre else ():
            creance = decision.creance
            est_retenue = (creance.client, creance.devise) in retenues or decision.motif.code in SANS_DATE
            assert creance.cle in attendues or est_retenue, decision.motif


def les_comptes_sont_justes(m: Monde) -> None:
    assert [e for e in verifier_soldes(m.entreprise) if isinstance(e, Ecart)] == []
    for client in Client.objects.de(m.entreprise):
        assert verifier(client) == []


def chaque_echelon_une_fois(m: Monde) -> None:
    actives = LigneRelance.objects.filter(est_active=True, etape__isnull=False).order_by()
    assert not actives.values("echeance", "cycle", "etape").annotate(n=Count("pk")).filter(n__gt=1).exists()
    ouvertes = Relance.objects.ouvertes().order_by().values("client", "devise").annotate(n=Count("pk"))
    assert not ouvertes.filter(n__gt=1).exists()


def l_intervalle_est_tenu(m: Monde) -> None:
    """R2: between two days on which a client was reached, never fewer than five days."""
    contacts: dict[int, set[date]] = {}
    for acte in Relance.objects.filter(statut=S.ENVOYEE).select_related("appel"):
        if acte.appel is None or acte.appel.a_joint:
            jour = acte.postee_le or m.entreprise.date_locale(acte.envoyee_le)
            contacts.setdefault(acte.client_id, set()).add(jour)
    for client, jours in contacts.items():
        suite = sorted(jours)
        ecarts = [(b - a).days for a, b in pairwise(suite)]
        assert all(ecart >= INTERVALLE for ecart in ecarts), (client, suite)


@pytest.mark.parametrize("graine", [3, 4])
def test_what_must_always_hold_holds_on_every_evening_of_random_days(graine, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    entreprise = entreprise_prete()
    gerant = fabriques.fabriquer_membre(entreprise)
    m = Monde(entreprise, Adhesion.objects.get(utilisateur=gerant), Random(graine))
    for nom in ("Un", "Deux", "Trois", "Quatre", "Cinq", "Six"):
        fabriques.fabriquer_client(entreprise, nom, courriel="" if nom == "Six" else "direct")
    for _n in range(15):
        facture(m)
    for n in range(JOURS):
        m.jour = DEBUT + timedelta(days=n)
        avant = set(Relance.objects.filter(statut=S.ENVOYEE).values_list("pk", flat=True))
        for minute in (0, 30):  # told, then sent
            battre(entreprise, m.instant.replace(hour=10, minute=minute))
        rien_ne_part_a_tort(m, avant)
        rien_ne_dort_a_tort(m)
        l_intervalle_est_tenu(m)
        vivre(m)
        chaque_echelon_une_fois(m)
    les_comptes_sont_justes(m)
    assert set(m.faits) >= {"payer", "travailler", "juger"}
    assert len([x for x in mail.outbox if x.to[0].endswith("@client.invalid")]) >= 5
    assert planifier(entreprise, m.jour, instant=m.instant, simulation=True).ecartes == []
