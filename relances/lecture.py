"""Read the facts that the ladder looks at, for a chunk of clients, in a constant number of queries.

Knowledge dates: an invoice counts from its issue, a payment from its date, a dispute from opening to closing. Stored
balances are those of today; an invoice with a movement dated after `au` gets its balance computed as of `au`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from clients.models import Client
from encaissements.models import Imputation
from factures.models import Echeance, EcheanceQuerySet
from relances.models import Affectation
from relances.paliers import Palier, paliers
from relances.regime import Regime
from suivi.models import Litige, Pause, Promesse
from suivi.promesses import EtatPromesse, etats_des_promesses

_FACTURE = (
    "numero",
    "client_id",
    "total",
    "date_emission",
    "mode_reglement",
    "transmise_le",
    "connue_le",
    "escompte_taux",
    "escompte_jours",
    "annulee_le",
)


@dataclass(slots=True)
class Faits:
    """The rows of a chunk of clients, by the key of what they are about. `paliers`: the balances over time of the
    invoices for which the stored one is not the answer. `etats`: the promises made and not withdrawn."""

    clients: dict[int, Client] = field(default_factory=dict)
    echeances: dict[int, list[Echeance]] = field(default_factory=dict)
    paliers: dict[int, list[Palier]] = field(default_factory=dict)
    litiges: dict[int, list[Litige]] = field(default_factory=dict)
    promesses: dict[int, list[Promesse]] = field(default_factory=dict)
    etats: dict[int, EtatPromesse] = field(default_factory=dict)
    pauses_client: dict[int, list[Pause]] = field(default_factory=dict)
    pauses_facture: dict[int, list[Pause]] = field(default_factory=dict)
    scenarios_client: dict[int, int] = field(default_factory=dict)
    scenarios_facture: dict[int, int] = field(default_factory=dict)


def lire_faits(
    regime: Regime, clients: Collection[int], au: date, gardees: Collection[int] = ()
) -> tuple[Faits, EcheanceQuerySet]:
    """What is open on `au`, with the instalments `gardees` even when settled. Also the query of these instalments, to
    read other rows about them."""
    posterieures = set(
        Imputation.objects.de(regime.entreprise)
        .filter(facture__client__in=clients, date_valeur__gt=au)
        .values_list("facture_id", flat=True)
    )
    ouvertes = Q(solde__gt=0) | Q(pk__in=gardees) | Q(facture__in=posterieures)
    lues = Echeance.objects.de(regime.entreprise).filter(ouvertes, client__in=clients)
    faits = _lire_dits(regime, clients)
    faits.echeances = _par(_legeres(lues), "client_id")
    if posterieures:
        faits.paliers = _paliers(faits, _mouvements(regime).filter(facture__in=posterieures), posterieures)
    faits.etats = etats_des_promesses(clients, au)
    return faits, lues


def lire_histoire(regime: Regime) -> tuple[Faits, list[Imputation]]:
    """All that ever happened to the company's invoices, for a replay: every balance comes from its allocations, which
    are returned too. The states of promises are the caller's to fill, day by day."""
    faits = _lire_dits(regime, None)
    faits.echeances = _par(_legeres(Echeance.objects.de(regime.entreprise)), "client_id")
    mouvements = list(_mouvements(regime))
    factures = {echeance.facture_id for liste in faits.echeances.values() for echeance in liste}
    faits.paliers = _paliers(faits, mouvements, factures)
    return faits, mouvements


def _lire_dits(regime: Regime, clients: Collection[int] | None) -> Faits:
    """The clients (None: all of them), what was said with them, and which ladder is theirs."""

    def parmi(champ: str) -> Q:
        return Q() if clients is None else Q(**{f"{champ}__in": clients})

    entreprise = regime.entreprise
    pauses = list(Pause.objects.de(entreprise).filter(parmi("client"), client__isnull=False))
    affectations = Affectation.objects.de(entreprise).filter(parmi("client") | parmi("facture__client"))
    scenarios = list(affectations.values_list("client_id", "facture_id", "scenario_id"))
    return Faits(
        clients={client.pk: client for client in Client.objects.de(entreprise).filter(parmi("pk"))},
        litiges=_par(Litige.objects.de(entreprise).filter(parmi("client")), "facture_id"),
        promesses=_par(Promesse.objects.de(entreprise).filter(parmi("client")), "client_id"),
        pauses_client=_par((p for p in pauses if p.facture_id is None), "client_id"),
        pauses_facture=_par((p for p in pauses if p.facture_id is not None), "facture_id"),
        scenarios_client={client: pk for client, facture, pk in scenarios if client and not facture},
        scenarios_facture={facture: pk for _client, facture, pk in scenarios if facture},
    )


def _legeres(echeances: EcheanceQuerySet) -> EcheanceQuerySet:
    """Without the columns that no rule looks at: a night may read tens of thousands of rows."""
    champs = (
        "entreprise_id",
        "facture_id",
        "client_id",
        "devise",
        "rang",
        "date_echeance",
        "montant",
        "solde",
        "cycle",
        "recommencee_le",
    )
    return (
        echeances.select_related("facture")
        .only(*champs, "a_examiner_le", *(f"facture__{champ}" for champ in _FACTURE))
        .order_by("date_echeance", "pk")
    )


def _mouvements(regime: Regime) -> Any:
    """What reduces the principal, in the order of the days that count."""
    champs = ("facture_id", "echeance_id", "date_valeur", "montant", "annule_id")
    return (
        Imputation.objects.de(regime.entreprise)
        .filter(poste=Imputation.Poste.PRINCIPAL)
        .only(*champs)
        .order_by("date_valeur", "pk")
    )


def _paliers(faits: Faits, mouvements: Iterable[Imputation], factures: Collection[int]) -> dict[int, list[Palier]]:
    par_facture: dict[int, list[Imputation]] = _par(mouvements, "facture_id")
    echeances: dict[int, list[Echeance]] = defaultdict(list)
    for liste in faits.echeances.values():
        for echeance in liste:
            echeances[echeance.facture_id].append(echeance)
    return {pk: paliers(echeances[pk], par_facture.get(pk, [])) for pk in factures}


def _par(lignes: Iterable[Any], champ: str) -> dict[Any, list[Any]]:
    groupes: dict[Any, list[Any]] = {}
    for ligne in lignes:
        groupes.setdefault(getattr(ligne, champ), []).append(ligne)
    return groupes
