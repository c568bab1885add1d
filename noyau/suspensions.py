"""What holds a debt back (R4): the obstacles, how long each one holds, and how far kindness may go.

Conventions
* A suspension runs over ``[du, au]``, both ends inclusive; ``au`` None means "until someone lifts it".
* ``au`` of a promise is the promised date itself: the grace, in working days, is added here and nowhere else.
* Kindness is a promise or a pause given to a client or an invoice. The company's own closure is not a kindness: a cap
  that sent reminders while nobody is there to answer would help nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

UN_JOUR = timedelta(days=1)


class JoursOuvres(Protocol):
    """The company's working days, as far as the ladder needs them."""

    def prochain_ouvre(self, jour: date) -> date:
        """The day itself when it is a working day, else the first one after it."""

    def ajouter_ouvres(self, jour: date, nombre: int) -> date:
        """The ``nombre``-th working day after ``jour`` (before it when negative); ``jour`` itself for 0."""


class Obstacle(StrEnum):
    """Why nothing may leave (R4). The order is the order in which the reason is told when several hold."""

    SOLDEE = "soldee"
    ANNULEE = "annulee"
    REMISE = "remise"  # handed over to an agency, a lawyer, a court
    INSOLVABLE = "insolvable"
    LITIGE = "litige"
    PLAN = "plan"
    PROMESSE = "promesse"
    NE_PAS_RELANCER = "ne_pas_relancer"
    PAUSE_FACTURE = "pause_facture"
    PAUSE_CLIENT = "pause_client"
    PAUSE_ENTREPRISE = "pause_entreprise"
    PRELEVEMENT = "prelevement"


TERMINAUX = frozenset({Obstacle.SOLDEE, Obstacle.ANNULEE, Obstacle.REMISE})
"""They end the ladder instead of suspending it."""

BIENVEILLANTS = frozenset({Obstacle.PROMESSE, Obstacle.PAUSE_FACTURE, Obstacle.PAUSE_CLIENT})
"""Those that ``plafond_bienveillance`` may override."""

_ORDRE = {obstacle: rang for rang, obstacle in enumerate(Obstacle)}


@dataclass(frozen=True, slots=True)
class Suspension:
    """A stretch of time over which nothing leaves for a debt. A broken promise is a suspension whose ``rompue`` is
    true: it makes the next rung due the day after its grace. Whether it was broken is the caller's to say (a promise
    partly kept is not)."""

    obstacle: Obstacle
    du: date
    au: date | None = None
    rompue: bool = False
    parametres: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Periode:
    """A suspension and the last day on which it holds, grace included (None: without end)."""

    suspension: Suspension
    fin: date | None

    @property
    def obstacle(self) -> Obstacle:
        return self.suspension.obstacle

    @property
    def est_bienveillante(self) -> bool:
        return self.obstacle in BIENVEILLANTS

    @property
    def lendemain(self) -> date | None:
        """First day on which it holds no more."""
        return None if self.fin is None else self.fin + UN_JOUR

    @property
    def priorite(self) -> tuple[int, date]:
        """Order of telling: the obstacle's own; of two alike, the one that holds longer comes last."""
        return -_ORDRE[self.obstacle], self.fin or date.max

    def couvre(self, jour: date) -> bool:
        return self.suspension.du <= jour and (self.fin is None or jour <= self.fin)

    def parametres(self) -> dict[str, object]:
        """What the app needs to word it: what the caller gave, ``depuis``, ``jusqu_au`` and the grace of a promise."""
        dates: dict[str, object] = {"depuis": self.suspension.du, "jusqu_au": self.suspension.au}
        if self.obstacle is Obstacle.PROMESSE:
            dates["fin_de_grace"] = self.fin
        return {**self.suspension.parametres, **dates}


def periodes(suspensions: Iterable[Suspension], jours: JoursOuvres, grace: int) -> tuple[Periode, ...]:
    """Each suspension with its real end; ``grace`` in working days, for promises only."""
    return tuple(
        Periode(s, jours.ajouter_ouvres(s.au, grace) if s.au and s.obstacle is Obstacle.PROMESSE else s.au)
        for s in suspensions
    )


def limite_bienveillance(depart: date, plafond: int, toutes: Sequence[Periode]) -> date | None:
    """First day on which kindness holds a rung no more: ``plafond`` days after ``depart``, its natural date.

    Days on which another obstacle held anyway (dispute, plan, closure…) are not kindness and do not use up the cap, so
    that a promise made after a long dispute is honoured. None when such an obstacle has no end.
    """
    limite, curseur = depart + timedelta(days=plafond), depart
    fermes = (p for p in toutes if not p.est_bienveillante)
    for periode in sorted(fermes, key=lambda p: p.suspension.du):
        debut = max(periode.suspension.du, curseur)
        if debut >= limite:
            break
        if periode.lendemain is None:
            return None
        if periode.lendemain > debut:
            limite += periode.lendemain - debut
            curseur = periode.lendemain
    return limite
