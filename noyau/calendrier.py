"""Working days and public holidays of the countries the product serves.

Conventions
* A working day is a weekday of ``jours_ouvres`` (0 Monday .. 6 Sunday) that is neither a public holiday nor one of the
  company's own days off (``jours_chomes``).
* ``ajouter_ouvres`` never counts the day it starts from, and leaves it alone when asked for 0.
* Ranges of ``nombre_ouvres`` are ]du, au], so that ``nombre_ouvres(d, ajouter_ouvres(d, n)) == n`` for n > 0, and
  [au, du[ counted negatively when ``au`` comes first, so that the same holds for n < 0.
* A holiday that the law or the custom moves when it falls on a weekend counts on both days (Québec: the 1st of July,
  Loi sur les normes du travail, art. 60; the 24th of June, Loi sur la fête nationale). French ones are never moved.

Sources: Code du travail L3133-1, L3134-13 (Alsace-Moselle) and L3422-2 (overseas); Loi sur les normes du travail,
art. 60 (Québec); arrêté royal of 18 April 1974 (Belgium); Code du travail L. 232-2 (Luxembourg); cantonal laws. The
tables come from the ``holidays`` library and stop in 2100: afterwards only weekdays and ``jours_chomes`` are known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

# fmt: off
_CANTONS = ("AG", "AI", "AR", "BE", "BL", "BS", "FR", "GE", "GL", "GR", "JU", "LU", "NE", "NW", "OW", "SG", "SH",
            "SO", "SZ", "TG", "TI", "UR", "VD", "VS", "ZG", "ZH")
# fmt: on

REGIONS: Mapping[str, tuple[str, ...]] = {
    "FR": ("", "alsace-moselle", "971", "972", "973", "974", "976"),
    "BE": ("",),
    "LU": ("",),
    "CH": ("", *_CANTONS),
    "CA": ("", "AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"),
}
"""The countries (ISO 3166) and the regions of each; "" keeps to the holidays common to the whole country."""

# Alsace and Moselle share one local law, and the library knows each by its own code.
_CODES = {"alsace-moselle": "57"}
_UN_JOUR = timedelta(days=1)


@lru_cache(maxsize=1024)
def _feries(pays: str, region: str, annee: int) -> frozenset[date]:
    """The public holidays of one year. The night asks millions of times: one set per place and year."""
    code = _CODES.get(region, region) or None
    return frozenset(country_holidays(pays, subdiv=code, years=annee, observed=True))


@dataclass(frozen=True, slots=True)
class Calendrier:
    """The working days of one company.

    ValueError names the country or the region that is not known, or the weekdays that make no week.
    """

    pays: str
    region: str = ""
    jours_ouvres: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    jours_chomes: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if self.pays not in REGIONS:
            raise ValueError(f"unknown country {self.pays!r}")
        if self.region not in REGIONS[self.pays]:
            raise ValueError(f"unknown region {self.region!r} of {self.pays}")
        # Without a single working weekday the search for the next one would never end.
        if not self.jours_ouvres or not self.jours_ouvres <= frozenset(range(7)):
            raise ValueError(f"weekdays must be among 0..6, at least one: {sorted(self.jours_ouvres)}")

    def est_ferie(self, jour: date) -> bool:
        """Whether the day is a public holiday of the country or the region."""
        return jour in _feries(self.pays, self.region, jour.year)

    def est_ouvre(self, jour: date) -> bool:
        """Whether the company works that day."""
        return jour.weekday() in self.jours_ouvres and jour not in self.jours_chomes and not self.est_ferie(jour)

    def prochain_ouvre(self, jour: date) -> date:
        """The day itself when it is a working day, else the first one after it."""
        while not self.est_ouvre(jour):
            jour += _UN_JOUR
        return jour

    def precedent_ouvre(self, jour: date) -> date:
        """The day itself when it is a working day, else the last one before it."""
        while not self.est_ouvre(jour):
            jour -= _UN_JOUR
        return jour

    def ajouter_ouvres(self, jour: date, nombre: int) -> date:
        """The ``nombre``-th working day after ``jour`` (before it when negative); ``jour`` itself, even off, for 0."""
        pas = _UN_JOUR if nombre > 0 else -_UN_JOUR
        restants = abs(nombre)
        while restants:
            jour += pas
            restants -= self.est_ouvre(jour)
        return jour

    def nombre_ouvres(self, du: date, au: date) -> int:
        """Working days in ]du, au]; minus those in [au, du[ when ``au`` comes first."""
        if au < du:
            return -sum(self.est_ouvre(au + timedelta(days=i)) for i in range((du - au).days))
        return sum(self.est_ouvre(au - timedelta(days=i)) for i in range((au - du).days))
