"""The ladder: what is the next rung for a debt, and which acts leave this night.

Conventions
* ``aujourd_hui`` is an argument (R14). Dates are the company's local dates.
* A suspension runs over ``[du, au]``, both ends inclusive; ``au`` None means "until someone lifts it".
* An offset counts calendar days from its anchor, or working days when ``jours_ouvres``; the result is then moved to the
  next working day of the company's calendar when it falls on a day off.
* Rungs are ordered by (anchor's date + offset, rang). A rung is *before the due date* when its day falls before it.
* The words of a motif are the app's; here it is a code and its parameters.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Canal(StrEnum):
    COURRIEL = "courriel"
    APPEL = "appel"
    COURRIER = "courrier"
    RECOMMANDE = "recommande"


class Ancre(StrEnum):
    """What a rung counts from."""

    ECHEANCE = "echeance"
    ESCOMPTE = "escompte"  # last day of the cash discount; offset before it, in working days
    FIN_DELAI = "fin_delai"  # last day given by the formal demand


class Verdict(StrEnum):
    RELANCER = "relancer"
    ATTENDRE = "attendre"
    TERMINER = "terminer"


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


@dataclass(frozen=True, slots=True)
class Motif:
    """A reason: a code, and what the app needs to word it (dates, amounts, names)."""

    code: str
    parametres: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Echelon:
    """One rung. ``decalage`` is in days from the anchor, negative before it. ``est_reprise``: the gentle rung that replaces
    the ones up to its offset for a debt that was already late when it became known."""

    cle: int
    nom: str
    rang: int
    canal: Canal
    decalage: int
    ancre: Ancre = Ancre.ECHEANCE
    jours_ouvres: bool = False
    est_formel: bool = False
    est_reprise: bool = False


@dataclass(frozen=True, slots=True)
class Echelle:
    """A ladder and its rhythm. Days are calendar days unless said otherwise."""

    echelons: tuple[Echelon, ...]
    intervalle_minimum: int = 5
    delai_apres_envoi: int = 7
    delai_apres_mise_en_demeure: int = 5  # working days after the deadline before the ladder is over
    grace_promesse: int = 3  # working days
    plafond_bienveillance: int | None = None  # days that pauses and promises may delay a rung, in all


@dataclass(frozen=True, slots=True)
class Suspension:
    """A stretch of time over which nothing leaves for a debt. A broken promise is a suspension whose ``rompue`` is true:
    it makes the next rung due the day after ``au``."""

    obstacle: Obstacle
    du: date
    au: date | None = None
    rompue: bool = False
    parametres: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Acte:
    """A rung already acted for this debt in its current cycle. ``contact``: it reached the client (email or letter that
    left, call that was answered). ``fin_delai``: last day given, for a formal demand."""

    echelon: int
    le: date
    decalage: int
    ancre: Ancre = Ancre.ECHEANCE
    contact: bool = True
    est_formel: bool = False
    fin_delai: date | None = None


@dataclass(frozen=True, slots=True)
class Creance:
    """One open instalment, as the ladder sees it on ``aujourd_hui``."""

    cle: int
    client: int
    devise: str
    solde: Decimal
    date_echeance: date
    connue_le: date  # when it entered our books: late on that day means "reprise"
    envoyee_le: date | None = None  # when the invoice is known to have been sent
    limite_escompte: date | None = None
    est_annulee: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one debt. ``depuis`` for an act, ``jusqu_au`` for a wait (None: until something happens)."""

    creance: Creance
    verdict: Verdict
    motif: Motif
    echelon: Echelon | None = None
    depuis: date | None = None
    jusqu_au: date | None = None
    avant_echeance: bool = False


@dataclass(frozen=True, slots=True)
class ActeAFaire:
    """One act toward one client in one currency (R5). ``lignes`` carry and consume their own rung; ``pour_information`` are
    the other overdue debts, listed and consuming nothing."""

    client: int
    devise: str
    echelon: Echelon
    canal: Canal
    lignes: tuple[Decision, ...]
    pour_information: tuple[Decision, ...] = ()


type_jour_ouvre = Callable[[date], bool]
