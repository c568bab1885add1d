"""Amounts of money: exact, in Decimal, two decimals, one rounding.

Conventions: an amount is a ``Decimal`` in the major unit of its currency (euros, dollars), never a float;
``arrondir`` is the only rounding of the product (half up, to the cent: what a debtor re-adding a statement expects);
parts of a whole are made by ``repartir``, so that they sum to it (rule R9).
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENTIME = Decimal("0.01")
ZERO = Decimal("0.00")


def arrondir(montant: Decimal) -> Decimal:
    """Round to the cent, halves away from zero."""
    return montant.quantize(CENTIME, rounding=ROUND_HALF_UP)


def en_centimes(montant: Decimal) -> int:
    """The amount as a whole number of cents. ValueError when it has a fraction of a cent, or is no number."""
    if not montant.is_finite():
        raise ValueError(f"{montant} is no amount")
    centimes = montant.scaleb(2)
    if centimes != centimes.to_integral_value():
        raise ValueError(f"{montant} has a fraction of a cent")
    return int(centimes)


def depuis_centimes(centimes: int) -> Decimal:
    """The amount of a whole number of cents, with two decimals."""
    return Decimal(centimes).scaleb(-2).quantize(CENTIME)


def repartir(total: Decimal, poids: Sequence[Decimal]) -> list[Decimal]:
    """Split ``total`` in proportion to ``poids``, each part in cents, the parts summing to ``total`` exactly.

    The remainder goes, cent by cent, to the parts that rounding down cut the most (largest remainder), the
    first ones winning a tie. ValueError when there is no weight, or the weights are negative or sum to zero.
    """
    # Fractions: rounded quotients could add up to more than the whole.
    parts_voulues = [Fraction(p) for p in poids]
    somme = sum(parts_voulues)
    if not poids or somme <= 0 or min(parts_voulues) < 0:
        raise ValueError("weights must be positive and not all zero")
    centimes = en_centimes(abs(total))
    exacts = [centimes * p / somme for p in parts_voulues]
    parts = [int(e) for e in exacts]
    ordre = sorted(range(len(poids)), key=lambda i: (parts[i] - exacts[i], i))
    for i in ordre[: centimes - sum(parts)]:
        parts[i] += 1
    signe = -1 if total < 0 else 1
    return [depuis_centimes(signe * p) for p in parts]
