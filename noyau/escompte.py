"""Cash discount: a smaller amount when the money comes early.

Conventions: ``taux`` is in percent; ``jours`` are calendar days from the issue date, that day excluded, and the last
one is still in time; the day that counts is the one the money reaches the creditor. The base is the caller's choice:
with tax when the tax is reduced as well (CGI art. 267 II-1°), without it for a discount "net de taxe" or in Belgium
(Code de la TVA, art. 28 1°), where the tax is computed on the discounted base from the start.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from noyau.montants import ZERO, arrondir


@dataclass(frozen=True, slots=True)
class Escompte:
    """The offer printed on the invoice. ValueError for a rate outside ]0, 100[ or a negative number of days."""

    taux: Decimal
    jours: int

    def __post_init__(self) -> None:
        if not self.taux.is_finite() or not 0 < self.taux < 100:
            raise ValueError(f"a discount rate lies between 0 and 100 percent: {self.taux}")
        if self.jours < 0:
            raise ValueError(f"a discount runs over 0 days or more: {self.jours}")

    def limite(self, date_emission: date) -> date:
        """The last day on which the money is in time."""
        return date_emission + timedelta(days=self.jours)

    def montant(self, base: Decimal) -> Decimal:
        """What is taken off, rounded to the cent."""
        return arrondir(base * self.taux / 100)

    def net(self, total: Decimal, base: Decimal | None = None) -> Decimal:
        """What is to be paid in time: ``total`` less the discount on ``base`` (``total`` itself by default)."""
        return total - self.montant(total if base is None else base)

    def est_acquis(
        self, *, date_emission: date, date_reglement: date, montant_recu: Decimal, solde: Decimal, base: Decimal
    ) -> bool:
        """Whether a payment earns the discount: money in time, that leaves no more than the discount to be paid.

        ``solde`` is the balance just before the payment; ``base`` is what the discount is computed on.
        """
        est_a_temps = date_reglement <= self.limite(date_emission)
        return est_a_temps and montant_recu > 0 and solde > 0 and montant_recu >= solde - self.montant(base)

    def a_accorder(
        self, *, date_emission: date, date_reglement: date, montant_recu: Decimal, solde: Decimal, base: Decimal
    ) -> Decimal:
        """The discount to record with a payment: what it left unpaid when it earned the discount, else zero.

        A client who pays in full gave the discount up: nothing is recorded, and nothing becomes a credit.
        """
        est_acquis = self.est_acquis(
            date_emission=date_emission,
            date_reglement=date_reglement,
            montant_recu=montant_recu,
            solde=solde,
            base=base,
        )
        return max(solde - montant_recu, ZERO) if est_acquis else ZERO
