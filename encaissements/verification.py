"""Compare every stored balance with the full computation (R10)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import QuerySet, Sum

from encaissements.models import Imputation, Reglement
from encaissements.soldes import Impute, calculer, lire_imputes
from entreprises.models import Entreprise
from factures.models import Echeance, Facture
from noyau.imputation import SurImputation
from noyau.montants import ZERO

TAILLE_BLOC = 1000
_L = TypeVar("_L", Facture, Reglement)


@dataclass(frozen=True, slots=True)
class Ecart:
    """A stored figure that is not the computed one. `objet`: facture, echeance or reglement; texts, fit for JSON."""

    objet: str
    cle: int
    nom: str
    champ: str
    stocke: str
    calcule: str


def verifier_soldes(entreprise: Entreprise) -> Iterator[Ecart | int]:
    """The differences, block after block, and after each block how many rows it held. Flat memory."""
    for factures in _blocs(Facture.objects.de(entreprise)):
        yield from _ecarts_des_factures(factures)
        yield len(factures)
    for reglements in _blocs(Reglement.objects.filter(entreprise=entreprise)):
        yield from _ecarts_des_reglements(reglements)
        yield len(reglements)


def _blocs(requete: QuerySet[_L]) -> Iterator[dict[int, _L]]:
    dernier = 0
    while bloc := {ligne.pk: ligne for ligne in requete.filter(pk__gt=dernier).order_by("pk")[:TAILLE_BLOC]}:
        yield bloc
        dernier = max(bloc)


def _ecarts_des_factures(factures: dict[int, Facture]) -> Iterator[Ecart]:
    imputes, echeances = lire_imputes(factures), defaultdict(list)
    for echeance in Echeance.objects.filter(facture__in=list(factures)):
        echeances[echeance.facture_id].append(echeance)
    for pk, facture in factures.items():
        yield from _ecarts_de_la_facture(facture, echeances[pk], imputes[pk])


def _ecarts_de_la_facture(facture: Facture, echeances: list[Echeance], imputes: list[Impute]) -> Iterator[Ecart]:
    nom = facture.numero
    if (somme := sum((e.montant for e in echeances), ZERO)) != facture.total:
        yield Ecart("facture", facture.pk, nom, "total", str(facture.total), str(somme))
        return
    try:
        calcule = calculer(facture, echeances, imputes)
    except SurImputation as erreur:
        yield Ecart("facture", facture.pk, nom, "imputations", str(facture.solde), str(erreur))
        return
    if facture.solde != calcule.facture:
        yield Ecart("facture", facture.pk, nom, "solde", str(facture.solde), str(calcule.facture))
    if facture.soldee_le != calcule.soldee_le:
        yield Ecart("facture", facture.pk, nom, "soldee_le", str(facture.soldee_le), str(calcule.soldee_le))
    for e in echeances:
        reste = calcule.echeances[e.pk]
        if e.solde != reste:
            yield Ecart("echeance", e.pk, f"{nom}/{e.rang}", "solde", str(e.solde), str(reste))


def _ecarts_des_reglements(reglements: dict[int, Reglement]) -> Iterator[Ecart]:
    """What is left of a payment = its amount − its allocations; a discount granted beside it is no part of it."""
    lignes = Imputation.objects.filter(reglement__in=list(reglements)).exclude(nature=Imputation.Nature.ESCOMPTE)
    sommes: dict[int, Decimal] = {
        pk: somme for pk, somme in lignes.order_by().values_list("reglement").annotate(Sum("montant"))
    }
    for pk, reglement in reglements.items():
        est_perdu = reglement.rejete_le or reglement.annule_le
        du = ZERO if est_perdu else reglement.montant - sommes.get(pk, ZERO)
        if reglement.disponible != du:
            yield Ecart("reglement", pk, str(reglement), "disponible", str(reglement.disponible), str(du))
