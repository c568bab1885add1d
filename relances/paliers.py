"""The balances of an invoice's instalments over time, from its allocations (R10): pure, on rows already read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from encaissements.models import Imputation
from factures.models import Echeance
from noyau.imputation import Dette, MontantImpute, SurImputation, repartir_sur_echeances
from noyau.montants import ZERO


@dataclass(frozen=True, slots=True)
class Palier:
    """From the end of the day `le`, the balance of each instalment."""

    le: date
    soldes: dict[int, Decimal]


def paliers(echeances: Sequence[Echeance], mouvements: Sequence[Imputation]) -> list[Palier]:
    """The steps, in order, starting with the full amounts. `mouvements` in the order of their dates."""
    dettes = [Dette(e.pk, e.montant, e.date_echeance) for e in echeances]
    marches = [Palier(date.min, {e.pk: e.montant for e in echeances})]
    imputes: list[MontantImpute] = []
    for jour, groupe in groupby(mouvements, key=lambda m: m.date_valeur):
        imputes += [MontantImpute(m.montant, m.echeance_id) for m in groupe]
        marches.append(Palier(jour, _soldes(dettes, imputes)))
    return marches


def solde_au(marches: Sequence[Palier], echeance: int, au: date) -> Decimal:
    return next(p.soldes[echeance] for p in reversed(marches) if p.le <= au)


def _soldes(dettes: Sequence[Dette], imputes: Sequence[MontantImpute]) -> dict[int, Decimal]:
    """Movements entered later than their dates may overlap on some past day (paid again before the rejection was
    known): the invoice was then paid, and never more than paid."""
    try:
        return repartir_sur_echeances(dettes, imputes)
    except SurImputation:
        total = sum((dette.solde for dette in dettes), ZERO)
        impute = min(max(sum((i.montant for i in imputes), ZERO), ZERO), total)
        return repartir_sur_echeances(dettes, [MontantImpute(impute)])
