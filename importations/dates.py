"""Dates as files write them.

An order is `jma` (day, month, year), `mja` or `amj`. It is inferred from a whole column, never from one cell: the order
under which every date exists. A year of four digits in front, a month in words, or a cell that Excel holds as a date,
leave no doubt. Two-digit years are 1970 to 2069. `deviner_ordre` answers None when two orders remain that would give
different days: a person must say.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _

from entreprises.champs import sans_accents
from importations.refus import ValeurIllisible
from importations.tableau import Cellule

ORDRES = ("jma", "mja", "amj")
PREMIERE_ANNEE, DERNIERE_ANNEE = 1980, 2100
_HEURE = r"(?:[T\s]+\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?"
_ANNEE_DEVANT = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})" + _HEURE, re.ASCII)
_COMPACTE = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})", re.ASCII)
_TROIS_NOMBRES = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})" + _HEURE, re.ASCII)
_SERIE_EXCEL = re.compile(r"([2-7]\d{4})(?:[.,]\d+)?", re.ASCII)
_JOUR_MOIS = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th)?[-\s./]*([a-z]+)\.?[-\s./,]*(\d{4}|\d{2})", re.ASCII)
_MOIS_JOUR = re.compile(r"([a-z]+)\.?[-\s./]*(\d{1,2})(?:st|nd|rd|th)?[-\s./,]+(\d{4})", re.ASCII)
_JOUR_DE_SEMAINE = re.compile(r"^(?:lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+(?=\d|[a-z])")
_DANS_UN_NOM = re.compile(
    r"(?<!\d)(?:(20\d{2})[-_. ]?(\d{2})[-_. ]?(\d{2})|(\d{2})[-_. ]?(\d{2})[-_. ]?(20\d{2}))(?!\d)", re.ASCII
)
_MOIS = {
    nom: rang
    for rang, noms in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev feb february",
            "mars mar march",
            "avril avr apr april",
            "mai may",
            "juin jun june",
            "juillet juil jul july",
            "aout aou aug august",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for nom in noms.split()
}


def lire_date(cellule: Cellule, ordre: str) -> date:
    """The date of a cell, under this order. ValeurIllisible when it is none."""
    if isinstance(cellule, datetime):
        return _borner(cellule.date())
    if isinstance(cellule, date):
        return _borner(cellule)
    possibles = lectures(str(cellule).strip())
    if ordre in possibles:
        return _borner(possibles[ordre])
    raise ValeurIllisible(_("« %(valeur)s » n’est pas une date") % {"valeur": str(cellule)[:40]})


@lru_cache(maxsize=20_000)
def lectures(texte: str) -> dict[str, date]:
    """Every order under which `texte` is a date, with that date. A text without any doubt has all three orders."""
    certaine = _sans_doute(texte)
    if certaine is not None:
        return dict.fromkeys(ORDRES, certaine)
    trouve = _TROIS_NOMBRES.fullmatch(texte)
    if not trouve:
        return {}
    a, b, c = trouve.groups()
    essais = {"jma": (c, b, a), "mja": (c, a, b)}
    if len(c) == 2 and len(a) == 2 and "-" in texte:  # nobody writes 20/02/27 for 27 February 2020
        essais["amj"] = (a, b, c)
    dates = {ordre: _date_ou_rien(*parties) for ordre, parties in essais.items()}
    return {ordre: jour for ordre, jour in dates.items() if jour is not None}


def deviner_ordre(cellules: Iterable[Cellule], secours: str | None = None) -> str | None:
    """The one order that reads the column, or None when it cannot be told.

    `secours`: the order of another column of the file, taken if this one is in doubt and can be read so. A few stray
    cells (under 5 % of those that tell) do not blur a clear column: they will be refused one by one.
    """
    votes = {ordre: 0 for ordre in ORDRES}
    parlantes = 0
    for cellule in cellules:
        possibles = lectures(cellule.strip()) if isinstance(cellule, str) else {}
        if len(set(possibles.values())) > 1 or 0 < len(possibles) < len(ORDRES):
            parlantes += 1
            for ordre in possibles:
                votes[ordre] += 1
    if not parlantes:
        return secours or "amj"
    lisibles = [ordre for ordre in ORDRES if votes[ordre] == max(votes.values())]
    if max(votes.values()) < 0.95 * parlantes:
        return None
    if len(lisibles) == 1:
        return lisibles[0]
    if secours in lisibles:
        return secours
    return lisibles[0] if _donnent_les_memes_jours(cellules, lisibles) else None


def _donnent_les_memes_jours(cellules: Iterable[Cellule], ordres: list[str]) -> bool:
    """01/01 and 05/05 are the same day whichever way they are read."""
    textes = (cellule.strip() for cellule in cellules if isinstance(cellule, str))
    return all(len({lectures(texte).get(ordre) for ordre in ordres}) <= 1 for texte in textes)


def date_du_nom(nom: str, aujourd_hui: date) -> date | None:
    """The date that a file's name tells ("balance-2026-06-12.csv", "balance 12.06.2026.xlsx"), within the last year."""
    trouve = _DANS_UN_NOM.search(nom)
    if trouve is None:
        return None
    annee, mois, jour = trouve.group(1, 2, 3) if trouve.group(1) else trouve.group(6, 5, 4)
    lue = _date_ou_rien(annee, mois, jour)
    return lue if lue and timedelta(0) <= aujourd_hui - lue <= timedelta(days=366) else None


def _sans_doute(texte: str) -> date | None:
    trouve = _ANNEE_DEVANT.fullmatch(texte) or _COMPACTE.fullmatch(texte)
    if trouve:
        return _date_ou_rien(*trouve.groups())
    serie = _SERIE_EXCEL.fullmatch(texte)
    if serie:
        return date(1899, 12, 30) + timedelta(days=int(serie.group(1)))
    if not any(c.isalpha() for c in texte):
        return None
    mots = sans_accents(texte)
    return _en_lettres(mots) or _en_lettres(_JOUR_DE_SEMAINE.sub("", mots))


def _en_lettres(mots: str) -> date | None:
    trouve = _JOUR_MOIS.fullmatch(mots)
    if trouve:
        jour, mois, annee = trouve.groups()
    else:
        trouve = _MOIS_JOUR.fullmatch(mots)
        if not trouve:
            return None
        mois, jour, annee = trouve.groups()
    return _date_ou_rien(annee, str(_MOIS.get(mois, 0)), jour)


def _date_ou_rien(annee: str, mois: str, jour: str) -> date | None:
    valeur = int(annee)
    if len(annee) == 2:
        valeur += 2000 if valeur < 70 else 1900
    try:
        return date(valeur, int(mois), int(jour))
    except ValueError:
        return None


def _borner(jour: date) -> date:
    if not PREMIERE_ANNEE <= jour.year <= DERNIERE_ANNEE:
        raise ValeurIllisible(_("l’année %(annee)s n’est pas vraisemblable") % {"annee": jour.year})
    return jour
