"""Reading an open act again at sending (R4, R7): do its lines, its rungs and its amounts still hold?"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from noyau.echelle import Decision, Verdict


@dataclass(frozen=True, slots=True)
class LignePrevue:
    """A line of an act that is still open: the debt, the rung it consumes, and the balance it told."""

    creance: int
    echelon: int
    solde: Decimal


@dataclass(frozen=True, slots=True)
class Relecture:
    """An open act read again. ``dues``: its lines that are due for the same rung; ``retirees``: those that no longer
    are, each decision saying why; ``montants``: of the first, those whose balance has changed."""

    dues: tuple[Decision, ...]
    retirees: tuple[Decision, ...]
    montants: tuple[Decision, ...]

    @property
    def est_identique(self) -> bool:
        return not self.retirees and not self.montants

    @property
    def est_vide(self) -> bool:
        """Nothing is due any more: the act is cancelled."""
        return not self.dues


def relire(lignes: Iterable[LignePrevue], decisions: Iterable[Decision]) -> Relecture:
    """Compare an open act with today's decisions about its client (see ``decider_client`` for how to take them).

    A line holds when its debt is due today for the very rung that the line carries. A debt that is no longer among
    ``decisions`` would go unnoticed: KeyError.
    """
    par_creance = {d.creance.cle: d for d in decisions}
    dues, retirees, montants = [], [], []
    for ligne in lignes:
        decision = par_creance[ligne.creance]
        echelon = decision.echelon if decision.verdict is Verdict.RELANCER else None
        if echelon is None or echelon.cle != ligne.echelon:
            retirees.append(decision)
            continue
        dues.append(decision)
        if decision.creance.solde != ligne.solde:
            montants.append(decision)
    return Relecture(tuple(dues), tuple(retirees), tuple(montants))
