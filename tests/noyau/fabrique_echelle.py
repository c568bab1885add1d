"""What the tests of the ladder build with: a calendar, the default ladder, one debt, and a clock that plays the days.

Reference: 2026-03-02 is a Monday.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from noyau.echelle import (
    Acte,
    Ancre,
    Canal,
    Creance,
    Decision,
    Echelle,
    Echelon,
    Suspension,
    Verdict,
    a_examiner_le,
    decider,
)

LUNDI = date(2026, 3, 2)


@dataclass(frozen=True)
class Semaine:
    """Monday to Friday, less some days off."""

    chomes: frozenset[date] = frozenset()

    def est_ouvre(self, jour: date) -> bool:
        return jour.weekday() < 5 and jour not in self.chomes

    def prochain_ouvre(self, jour: date) -> date:
        while not self.est_ouvre(jour):
            jour += timedelta(days=1)
        return jour

    def ajouter_ouvres(self, jour: date, nombre: int) -> date:
        pas = timedelta(days=1 if nombre > 0 else -1)
        restants = abs(nombre)
        while restants:
            jour += pas
            restants -= self.est_ouvre(jour)
        return jour


SEMAINE = Semaine()

AVANT = Echelon(1, "rappel avant échéance", 1, Canal.COURRIEL, -7)
APPEL = Echelon(2, "appel", 2, Canal.APPEL, 1, jours_ouvres=True)
PREMIERE = Echelon(3, "première relance", 3, Canal.COURRIEL, 7)
SECONDE = Echelon(4, "deuxième relance", 4, Canal.COURRIEL, 15)
FORMELLE = Echelon(5, "mise en demeure", 5, Canal.RECOMMANDE, 30, est_formel=True)
REPRISE = Echelon(6, "reprise", 6, Canal.COURRIEL, 7, est_reprise=True)
ESCOMPTE = Echelon(7, "escompte", 7, Canal.COURRIEL, -3, Ancre.ESCOMPTE, jours_ouvres=True)
APRES_DELAI = Echelon(8, "dernier appel", 8, Canal.APPEL, 2, Ancre.FIN_DELAI, jours_ouvres=True)

B2B = Echelle((AVANT, APPEL, PREMIERE, SECONDE, FORMELLE))
DELAI_FORMEL = 8


def jour(decalage: int) -> date:
    """The day that many days after the reference Monday, which is the due date of most tests."""
    return LUNDI + timedelta(days=decalage)


def creance(cle: int = 1, solde: str = "1200.00", echeance: int = 0, connue: int = -30, **autres: object) -> Creance:
    champs = {"client": 1, "devise": "EUR", **autres}
    return Creance(cle, solde=Decimal(solde), date_echeance=jour(echeance), connue_le=jour(connue), **champs)


def acte(echelon: Echelon, le: date, *, contact: bool = True, delai: int | None = DELAI_FORMEL) -> Acte:
    fin = le + timedelta(days=delai) if echelon.est_formel and delai is not None else None
    return Acte(
        echelon.cle, le, echelon.decalage, echelon.ancre, contact, echelon.est_formel, fin, echelon.jours_ouvres
    )


def toujours(_echelon: Echelon) -> bool:
    return True


@dataclass
class Partie:
    """One debt played day after day: every "relancer" is acted at once."""

    creance: Creance
    echelle: Echelle
    suspensions: Sequence[Suspension] = ()
    jours: Semaine = SEMAINE
    reussit: Callable[[Echelon], bool] = toujours

    def __post_init__(self) -> None:
        self.actes: list[Acte] = []

    def decider(self, le: date) -> Decision:
        return decider(self.creance, self.echelle, self.actes, self.suspensions, le, self.jours)

    def agir(self, decision: Decision, le: date) -> None:
        if decision.verdict is Verdict.RELANCER:
            assert decision.echelon is not None
            self.actes.append(acte(decision.echelon, le, contact=self.reussit(decision.echelon)))

    def jouer(self, jours: Iterable[date]) -> list[tuple[date, int]]:
        for le in jours:
            self.agir(self.decider(le), le)
        return self.dates

    def sauter(self, du: date, au: date) -> list[tuple[date, int]]:
        """Look only on the days that the decisions themselves ask for."""
        le: date | None = du
        while le is not None and le <= au:
            decision = self.decider(le)
            self.agir(decision, le)
            suite = a_examiner_le(decision, le)
            assert suite is None or suite > le
            le = suite
        return self.dates

    @property
    def dates(self) -> list[tuple[date, int]]:
        return [(a.le, a.echelon) for a in self.actes]


def chaque_jour(du: date, au: date) -> Iterator[date]:
    for n in range((au - du).days + 1):
        yield du + timedelta(days=n)
