"""One payment term: from the issue of an invoice to a due date.

Conventions
* The day a term starts from is not counted: 15 April + 60 days is 14 June.
* "N days end of month" has two lawful readings (C. com. art. L441-10 I; the law does not choose): ``FIN_PUIS_JOURS``
  goes to the end of the month of issue, then adds N days; ``JOURS_PUIS_FIN`` adds N days, then goes to the end of that
  month. The parties agree on one beforehand: it is stored, never guessed.
* No due date is moved because it falls on a weekend or a holiday: no text moves one between private persons.
* Every kind answers ``date_echeance(date_emission, reception)``; OverflowError beyond the year 9999.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar

JOURS_MAXIMUM = 3650
_T = TypeVar("_T")


class ConditionsErreur(ValueError):
    """Terms that make no sense, or none for this invoice. ``code`` is stable; the app words it with ``parametres``."""

    def __init__(self, code: str, **parametres: object) -> None:
        super().__init__(f"{code} {parametres}" if parametres else code)
        self.code = code
        self.parametres = parametres


class Methode(StrEnum):
    """How "N days end of month" is read."""

    FIN_PUIS_JOURS = "fin_puis_jours"
    JOURS_PUIS_FIN = "jours_puis_fin"


@dataclass(frozen=True, slots=True)
class DelaiNet:
    """So many calendar days after the issue date."""

    jours: int

    def __post_init__(self) -> None:
        _verifier_jours(self.jours)

    def date_echeance(self, date_emission: date, reception: date | None = None) -> date:
        return date_emission + timedelta(days=self.jours)


@dataclass(frozen=True, slots=True)
class AReception:
    """So many calendar days after the goods, the service or the invoice came; after issue when that day is not
    known."""

    jours: int = 0

    def __post_init__(self) -> None:
        _verifier_jours(self.jours)

    def date_echeance(self, date_emission: date, reception: date | None = None) -> date:
        return (reception or date_emission) + timedelta(days=self.jours)


@dataclass(frozen=True, slots=True)
class FinDeMois:
    """End of month: alone, or with a number of days and the reading agreed on.

    ``le``: due on that day of the month that follows ("30 days end of month, the 10th"), or on its last day when that
    month is shorter.
    """

    jours: int = 0
    methode: Methode | None = None
    le: int | None = None

    def __post_init__(self) -> None:
        _verifier_jours(self.jours)
        if self.jours and self.methode is None:
            raise ConditionsErreur("methode_manquante", jours=self.jours)
        if self.le is not None and not 1 <= self.le <= 31:
            raise ConditionsErreur("jour_du_mois_invalide", le=self.le)
        # Days added after the end of a month already land inside the next one: "then the 10th" has no agreed meaning.
        if self.le is not None and self.jours and self.methode is Methode.FIN_PUIS_JOURS:
            raise ConditionsErreur("jour_du_mois_ambigu", le=self.le)

    def date_echeance(self, date_emission: date, reception: date | None = None) -> date:
        delai = timedelta(days=self.jours)
        if self.methode is Methode.FIN_PUIS_JOURS and self.le is None:
            return _fin_de_mois(date_emission) + delai
        fin = _fin_de_mois(date_emission + delai)
        if self.le is None:
            return fin
        dernier = _fin_de_mois(fin + timedelta(days=1))
        return dernier.replace(day=min(self.le, dernier.day))


@dataclass(frozen=True, slots=True)
class DateFixe:
    """A day written in the contract. ConditionsErreur when the invoice is issued after it."""

    jour: date

    def date_echeance(self, date_emission: date, reception: date | None = None) -> date:
        if self.jour < date_emission:
            raise ConditionsErreur("date_avant_emission", date=self.jour, emission=date_emission)
        return self.jour


Delai = DelaiNet | AReception | FinDeMois | DateFixe


def delai_vers_dict(delai: Delai) -> dict[str, str | int]:
    """The term as a small dict fit for JSON; ``delai_depuis_dict`` reads it back."""
    if isinstance(delai, DelaiNet):
        return {"genre": "net", "jours": delai.jours}
    if isinstance(delai, AReception):
        return {"genre": "reception", "jours": delai.jours}
    if isinstance(delai, DateFixe):
        return {"genre": "date_fixe", "date": delai.jour.isoformat()}
    methode = {} if delai.methode is None else {"methode": delai.methode.value}
    le = {} if delai.le is None else {"le": delai.le}
    return {"genre": "fin_de_mois", "jours": delai.jours, **methode, **le}


def delai_depuis_dict(donnees: object, chemin: str = "delai") -> Delai:
    """Read a term back. ConditionsErreur ``dict_invalide`` names the path of what is missing, unknown or of a wrong
    type."""
    genre = donnees.get("genre") if isinstance(donnees, dict) else None
    if genre == "net":
        return DelaiNet(lire_champs(donnees, chemin, {"genre": str, "jours": int})["jours"])
    if genre == "reception":
        return AReception(lire_champs(donnees, chemin, {"genre": str, "jours": int})["jours"])
    if genre == "date_fixe":
        texte = lire_champs(donnees, chemin, {"genre": str, "date": str})["date"]
        return DateFixe(_lire(date.fromisoformat, texte, f"{chemin}.date"))
    if genre == "fin_de_mois":
        champs = lire_champs(donnees, chemin, {"genre": str, "jours": int}, {"methode": str, "le": int})
        methode = _lire(Methode, champs["methode"], f"{chemin}.methode") if "methode" in champs else None
        return FinDeMois(champs["jours"], methode, champs.get("le"))
    raise ConditionsErreur("dict_invalide", chemin=f"{chemin}.genre")


def lire_champs(
    donnees: object, chemin: str, obligatoires: Mapping[str, type], facultatifs: Mapping[str, type] | None = None
) -> dict[str, Any]:
    """The entries of a dict read from JSON: all of ``obligatoires``, some of ``facultatifs``, each of its exact type (a
    boolean is no integer), and nothing else. ConditionsErreur ``dict_invalide`` names the path at fault."""
    if not isinstance(donnees, dict):
        raise ConditionsErreur("dict_invalide", chemin=chemin)
    permis = {**obligatoires, **(facultatifs or {})}
    for cle in [*obligatoires, *donnees]:
        if cle not in permis or type(donnees.get(cle)) is not permis[cle]:
            raise ConditionsErreur("dict_invalide", chemin=f"{chemin}.{cle}" if chemin else str(cle))
    return donnees


def _lire(lecture: Callable[[str], _T], texte: str, chemin: str) -> _T:
    try:
        return lecture(texte)
    except ValueError:
        raise ConditionsErreur("dict_invalide", chemin=chemin) from None


def _fin_de_mois(jour: date) -> date:
    return jour.replace(day=monthrange(jour.year, jour.month)[1])


def _verifier_jours(jours: int) -> None:
    if not 0 <= jours <= JOURS_MAXIMUM:
        raise ConditionsErreur("jours_hors_limites", jours=jours, maximum=JOURS_MAXIMUM)
