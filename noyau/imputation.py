"""Allocation of what came in to what is owed (rules R9 and R10).

Conventions: amounts in cents' precision; oldest due first, ties by key; a debt never receives more than its balance;
the parts and the rest sum to the amount exactly. A debtor who owes several debts may say which one he pays (C. civ.
art. 1342-10); what he pays beyond them goes to the oldest others. Interest-first allocation (C. civ. art. 1343-1)
belongs to the legal statement, not here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from noyau.montants import ZERO, en_centimes


class SurImputation(ValueError):
    """More, or less, was allocated than a debt can bear: its balance would leave [0, total]."""


@dataclass(frozen=True, slots=True)
class Dette:
    """What is still owed at one due date. ValueError for a negative balance or a fraction of a cent."""

    cle: int
    solde: Decimal
    date_echeance: date

    def __post_init__(self) -> None:
        if en_centimes(self.solde) < 0:
            raise ValueError(f"debt {self.cle} has a negative balance: {self.solde}")


@dataclass(frozen=True, slots=True)
class Part:
    """What one debt receives, never zero."""

    cle: int
    montant: Decimal


@dataclass(frozen=True, slots=True)
class MontantImpute:
    """An amount already allocated to an invoice: to the instalment ``cle``, or to none in particular. Negative for the
    row that reverses a rejected payment; it must be directed as the row it reverses."""

    montant: Decimal
    cle: int | None = None


def imputer(montant: Decimal, dettes: Iterable[Dette], d_abord: Sequence[int] = ()) -> tuple[list[Part], Decimal]:
    """Allocate ``montant``: to the debts ``d_abord`` in that order, then to the others, oldest due first.

    Returns the parts and the rest, which is a credit of the client. ValueError when the amount is not positive or has a
    fraction of a cent, when two debts share a key, or when a key of ``d_abord`` is no debt.
    """
    if en_centimes(montant) <= 0:
        raise ValueError(f"an amount to allocate is positive: {montant}")
    parts: list[Part] = []
    reste = montant
    for dette in _dans_l_ordre(dettes, d_abord):
        prise = min(dette.solde, reste)
        if prise > 0:
            parts.append(Part(dette.cle, prise))
            reste -= prise
    return parts, reste


def solde(total: Decimal, imputations: Iterable[Decimal]) -> Decimal:
    """What is left of ``total`` once every allocation (payments, deposits, credit notes, discount) is taken off.

    SurImputation when the allocations exceed the total, or when reversals exceed what they reverse: the caller kept no
    room or lost a row, and a figure clamped to zero would hide it.
    """
    impute = sum(imputations, ZERO)
    if not 0 <= impute <= total:
        raise SurImputation(f"{impute} allocated to a total of {total}")
    return total - impute


def repartir_sur_echeances(echeances: Iterable[Dette], imputes: Iterable[MontantImpute]) -> dict[int, Decimal]:
    """The balance of each instalment of one invoice, in the order of their due dates.

    Each ``Dette`` carries the full amount of its instalment. A directed amount fills its own instalment; what overflows
    joins the undirected ones, which fill the others oldest first. The answer does not depend on the order of the
    amounts. ValueError for two instalments with one key or an amount directed to none of them; SurImputation as in
    ``solde``.
    """
    ordre = _dans_l_ordre(echeances, ())
    recus = {echeance.cle: ZERO for echeance in ordre}
    libre = ZERO
    for impute in imputes:
        if impute.cle is None:
            libre += impute.montant
        elif impute.cle in recus:
            recus[impute.cle] += impute.montant
        else:
            raise ValueError(f"{impute.cle} is no instalment of the invoice")
    if libre < 0:
        raise SurImputation(f"{libre} of undirected allocations")
    soldes: dict[int, Decimal] = {}
    for echeance in ordre:
        dirige = min(recus[echeance.cle], echeance.solde)
        libre += recus[echeance.cle] - dirige
        soldes[echeance.cle] = solde(echeance.solde, [dirige])
    return _remplir(soldes, libre)


def _remplir(soldes: dict[int, Decimal], libre: Decimal) -> dict[int, Decimal]:
    """Take ``libre`` off the balances, in their order."""
    restants: dict[int, Decimal] = {}
    for cle, du in soldes.items():
        prise = min(du, libre)
        restants[cle] = du - prise
        libre -= prise
    if libre > 0:
        raise SurImputation(f"{libre} allocated beyond the total of the instalments")
    return restants


def _dans_l_ordre(dettes: Iterable[Dette], d_abord: Sequence[int]) -> list[Dette]:
    """The debts of ``d_abord`` first, then oldest due first, ties by key."""
    par_cle: dict[int, Dette] = {}
    for dette in dettes:
        if dette.cle in par_cle:
            raise ValueError(f"two debts have the key {dette.cle}")
        par_cle[dette.cle] = dette
    inconnues = [cle for cle in d_abord if cle not in par_cle]
    if inconnues:
        raise ValueError(f"no debt has the key {inconnues[0]}")
    choisies = [par_cle.pop(cle) for cle in dict.fromkeys(d_abord)]
    return choisies + sorted(par_cle.values(), key=lambda dette: (dette.date_echeance, dette.cle))
