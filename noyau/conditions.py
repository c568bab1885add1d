"""Payment terms of an invoice: its instalments, their dates and amounts.

Conventions: percentages are of the total, with up to four decimals; the amounts of the instalments sum to the total
exactly (R9); the instalments come by due date. How one term gives a date is in ``noyau.delais``, with the one type of
error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from noyau.delais import ConditionsErreur, Delai, delai_depuis_dict, delai_vers_dict, lire_champs
from noyau.montants import ZERO, en_centimes, repartir

_CENT = Decimal(100)
_FINESSE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Tranche:
    """A share of the total with its own term: a percentage of the total, an amount, or (neither) the rest."""

    delai: Delai
    pourcentage: Decimal | None = None
    montant: Decimal | None = None

    def __post_init__(self) -> None:
        if self.pourcentage is not None and self.montant is not None:
            raise ConditionsErreur("tranche_ambigue")
        if self.pourcentage is not None and not _est_pourcentage(self.pourcentage):
            raise ConditionsErreur("pourcentage_invalide", pourcentage=self.pourcentage)
        if self.montant is not None and (self.montant == 0 or not _est_montant(self.montant)):
            raise ConditionsErreur("montant_invalide", montant=self.montant)

    @property
    def est_reste(self) -> bool:
        return self.pourcentage is None and self.montant is None


@dataclass(frozen=True, slots=True)
class Conditions:
    """The terms of an invoice: at least one instalment, of which only the last may be the rest.

    Without a rest, percentages alone sum to 100; fixed amounts are checked against the total of each invoice.
    """

    tranches: tuple[Tranche, ...]

    def __post_init__(self) -> None:
        if not self.tranches:
            raise ConditionsErreur("tranches_manquantes")
        if any(tranche.est_reste for tranche in self.tranches[:-1]):
            raise ConditionsErreur("reste_mal_place")
        somme = sum((_poids(tranche) for tranche in self.tranches), Decimal(0))
        est_tout_en_pourcentages = all(tranche.pourcentage is not None for tranche in self.tranches)
        if somme > _CENT or (est_tout_en_pourcentages and somme != _CENT):
            raise ConditionsErreur("pourcentages_differents_de_100", somme=somme)


@dataclass(frozen=True, slots=True)
class EcheancePrevue:
    """One due date and what is due on it."""

    date_echeance: date
    montant: Decimal


def conditions_simples(delai: Delai) -> Conditions:
    """The whole total at one term."""
    return Conditions((Tranche(delai),))


def echeances(
    conditions: Conditions, date_emission: date, total: Decimal, reception: date | None = None
) -> tuple[EcheancePrevue, ...]:
    """The instalments of an invoice of ``total``, by due date.

    ``reception``: when the goods, the service or the invoice came, if known; only terms "on receipt" look at it.
    ConditionsErreur when the total is negative or has a fraction of a cent, when the fixed amounts do not fit it, when
    a fixed date comes before issue, or when a date falls beyond the calendar.
    """
    montants = _montants(conditions.tranches, total)
    try:
        dates = [tranche.delai.date_echeance(date_emission, reception) for tranche in conditions.tranches]
    except OverflowError:
        raise ConditionsErreur("date_hors_limites", emission=date_emission) from None
    prevues = [EcheancePrevue(le, montant) for le, montant in zip(dates, montants, strict=True)]
    return tuple(sorted(prevues, key=lambda prevue: prevue.date_echeance))


def vers_dict(conditions: Conditions) -> dict[str, object]:
    """The terms as a dict fit for JSON; ``depuis_dict`` reads it back to equal terms."""
    return {"tranches": [_tranche_vers_dict(tranche) for tranche in conditions.tranches]}


def depuis_dict(donnees: object) -> Conditions:
    """Read terms back. ConditionsErreur ``dict_invalide`` names the path at fault; else the error of the terms."""
    lues = lire_champs(donnees, "", {"tranches": list})["tranches"]
    return Conditions(tuple(_tranche_depuis_dict(lue, f"tranches[{i}]") for i, lue in enumerate(lues)))


def _tranche_vers_dict(tranche: Tranche) -> dict[str, object]:
    donnees: dict[str, object] = {"delai": delai_vers_dict(tranche.delai)}
    if tranche.pourcentage is not None:
        donnees["pourcentage"] = f"{tranche.pourcentage:f}"
    if tranche.montant is not None:
        donnees["montant"] = f"{tranche.montant:f}"
    return donnees


def _tranche_depuis_dict(donnees: object, chemin: str) -> Tranche:
    champs = lire_champs(donnees, chemin, {"delai": dict}, {"pourcentage": str, "montant": str})
    delai = delai_depuis_dict(champs["delai"], f"{chemin}.delai")
    nombres = {cle: _nombre(champs[cle], f"{chemin}.{cle}") for cle in ("pourcentage", "montant") if cle in champs}
    return Tranche(delai, nombres.get("pourcentage"), nombres.get("montant"))


def _montants(tranches: Sequence[Tranche], total: Decimal) -> list[Decimal]:
    """The amount of each instalment. What the percentages leave is shared by the fixed amounts, then by the rest."""
    if not _est_montant(total):
        raise ConditionsErreur("total_invalide", total=total)
    poids = [_poids(tranche) for tranche in tranches]
    *parts, reste = repartir(total, [*poids, _CENT - sum(poids, Decimal(0))])
    reste -= sum((tranche.montant for tranche in tranches if tranche.montant is not None), ZERO)
    if reste < 0 or (reste > 0 and not tranches[-1].est_reste):
        raise ConditionsErreur("montants_differents_du_total", total=total, ecart=reste)
    montants = [
        part if tranche.montant is None else tranche.montant for tranche, part in zip(tranches, parts, strict=True)
    ]
    if tranches[-1].est_reste:
        montants[-1] = reste
    return montants


def _poids(tranche: Tranche) -> Decimal:
    return Decimal(0) if tranche.pourcentage is None else tranche.pourcentage


def _est_pourcentage(valeur: Decimal) -> bool:
    return valeur.is_finite() and 0 < valeur <= _CENT and valeur == valeur.quantize(_FINESSE)


def _est_montant(valeur: Decimal) -> bool:
    """Whether it is an amount in cents, zero or more."""
    try:
        return en_centimes(valeur) >= 0
    except ValueError:
        return False


def _nombre(texte: str, chemin: str) -> Decimal:
    try:
        return Decimal(texte)
    except InvalidOperation:
        raise ConditionsErreur("dict_invalide", chemin=chemin) from None
