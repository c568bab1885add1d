"""What is left to pay (R10), in one place: balance = total − everything allocated to the principal.

Conventions
* An allocation counts from its `date_valeur`, that day included; its reversal from its own. Stored balances take all of
  them in: none is dated in the future.
* Allocations to an instalment fill it; what overflows, and those to none in particular, fill the oldest first.
* Looking back (`soldes_au`), a payment entered late may stand beside the rejected one it replaced: what exceeds the
  total is then left out, the debt is nil. In the stored balances such an excess is an error (`SurImputation`).
* A cancelled invoice keeps its balance: that it is cancelled is what stops it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from encaissements.models import Imputation
from entreprises.ecriture import ecrire_colonnes
from factures.examen import a_revoir
from factures.models import Echeance, Facture
from noyau.imputation import Dette, MontantImpute, repartir_sur_echeances, solde
from noyau.montants import ZERO


@dataclass(frozen=True, slots=True)
class Impute:
    """An allocation to the principal, as far as balances look at it."""

    montant: Decimal
    echeance: int | None
    date_valeur: date


@dataclass(frozen=True, slots=True)
class Solde:
    """What is left of an invoice and of each of its instalments (by key), and since when nothing is."""

    facture: Decimal
    echeances: dict[int, Decimal]
    soldee_le: date | None


def calculer(facture: Facture, echeances: Iterable[Echeance], imputes: Sequence[Impute]) -> Solde:
    """The full computation. SurImputation when more, or less than nothing, is allocated than the invoice bears."""
    dettes = [Dette(e.pk, e.montant, e.date_echeance) for e in echeances]
    reste = solde(facture.total, (impute.montant for impute in imputes))
    parts = repartir_sur_echeances(dettes, [MontantImpute(i.montant, i.echeance) for i in imputes])
    return Solde(reste, parts, None if reste else _soldee_le(facture, imputes))


def calculer_au(facture: Facture, echeances: Iterable[Echeance], imputes: Iterable[Impute], au: date) -> Solde:
    """The same as it was known to stand on `au`, allocations beyond the total left out."""
    connus = [impute for impute in imputes if impute.date_valeur <= au]
    if sum((impute.montant for impute in connus), ZERO) > facture.total:
        return Solde(ZERO, {echeance.pk: ZERO for echeance in echeances}, _soldee_le(facture, connus))
    return calculer(facture, echeances, connus)


def solde_calcule(facture: Facture, au: date | None = None) -> Solde:
    """One invoice, from its rows: two queries. `au`: as it stood that day; None: today, strictly."""
    echeances = list(facture.echeances.all())
    imputes = lire_imputes([facture.pk])[facture.pk]
    return calculer(facture, echeances, imputes) if au is None else calculer_au(facture, echeances, imputes, au)


def soldes_au(factures: Iterable[Facture | int], au: date) -> dict[int, Decimal]:
    """The balance on `au` of every instalment of these invoices (or their keys), in at most four queries."""
    cles = [f if isinstance(f, int) else f.pk for f in factures]
    stockes = dict(Echeance.objects.filter(facture__in=cles).values_list("pk", "solde"))
    return {**stockes, **soldes_corriges(cles, au)}


def soldes_corriges(factures: Collection[int], au: date) -> dict[int, Decimal]:
    """The same for the only instalments whose stored balance may differ: those of invoices on which something was
    allocated or reversed after `au`. Most nights that is one query and an empty answer."""
    apres = Imputation.objects.filter(facture__in=factures, date_valeur__gt=au)
    cles = set(apres.values_list("facture_id", flat=True))
    if not cles:
        return {}
    imputes, echeances = lire_imputes(cles), _lire_echeances(cles)
    corriges: dict[int, Decimal] = {}
    for facture in Facture.objects.filter(pk__in=cles):
        corriges.update(calculer_au(facture, echeances[facture.pk], imputes[facture.pk], au).echeances)
    return corriges


def recalculer(factures: Iterable[Facture], aujourd_hui: date) -> list[Facture]:
    """Write the balances of these invoices and of their instalments, in the transaction that changed them.

    The clients' rows are locked. An instalment now settled is looked at no more; when a balance rises, the next night
    looks again at all that its client owes, since a threshold may be passed. Returns the invoices whose balance
    changed, and refreshes the instances given.
    """
    donnees = {facture.pk: facture for facture in factures}
    stockees = Facture.objects.in_bulk(list(donnees))
    imputes, echeances = lire_imputes(donnees), _lire_echeances(donnees)
    changees: list[Facture] = []
    touchees: list[Echeance] = []
    remontees: set[int] = set()
    for pk, facture in stockees.items():
        calcule = calculer(facture, echeances[pk], imputes[pk])
        if calcule.facture > facture.solde:
            remontees.add(facture.client_id)
        if (facture.solde, facture.soldee_le) != (calcule.facture, calcule.soldee_le):
            facture.solde, facture.soldee_le = calcule.facture, calcule.soldee_le
            facture.modifie_le = timezone.now()
            changees.append(facture)
        touchees += _appliquer(echeances[pk], calcule)
        donnees[pk].solde, donnees[pk].soldee_le = facture.solde, facture.soldee_le
    ecrire_colonnes(changees, ["solde", "soldee_le", "modifie_le"])
    ecrire_colonnes(touchees, ["solde", "a_examiner_le"])
    if remontees:
        a_revoir(Echeance.objects.filter(client__in=remontees), aujourd_hui)
    return [donnees[facture.pk] for facture in changees]


def lire_imputes(factures: Iterable[int]) -> dict[int, list[Impute]]:
    """What is allocated to the principal of these invoices; an empty list for those that have nothing."""
    lus: dict[int, list[Impute]] = defaultdict(list)
    lignes = Imputation.objects.filter(facture__in=list(factures), poste=Imputation.Poste.PRINCIPAL)
    for pk, montant, echeance, le in lignes.values_list("facture_id", "montant", "echeance_id", "date_valeur"):
        lus[pk].append(Impute(montant, echeance, le))
    return lus


def _lire_echeances(factures: Iterable[int]) -> dict[int, list[Echeance]]:
    lues: dict[int, list[Echeance]] = defaultdict(list)
    for echeance in Echeance.objects.filter(facture__in=list(factures)):
        lues[echeance.facture_id].append(echeance)
    return lues


def _appliquer(echeances: Iterable[Echeance], calcule: Solde) -> list[Echeance]:
    """Put the balances on the instalments; those that changed."""
    touchees = []
    for echeance in echeances:
        reste = calcule.echeances[echeance.pk]
        if echeance.solde != reste:
            echeance.solde = reste
            if reste == 0:
                echeance.a_examiner_le = None
            touchees.append(echeance)
    return touchees


def _soldee_le(facture: Facture, imputes: Iterable[Impute]) -> date:
    """The last day on which the balance fell to nothing; the issue date for an invoice of nothing."""
    par_jour: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for impute in imputes:
        par_jour[impute.date_valeur] += impute.montant
    cumul, soldee_le = ZERO, None
    for jour in sorted(par_jour):
        cumul += par_jour[jour]
        if cumul < facture.total:
            soldee_le = None
        elif soldee_le is None:
            soldee_le = jour
    return soldee_le or facture.date_emission
