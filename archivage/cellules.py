"""How a value is written in a cell. Nothing that a client typed may be run by a spreadsheet.

In CSV a text that a spreadsheet would take for a formula begins with an apostrophe; in XLSX it is typed as a string.
Amounts keep two decimals, with a comma in CSV, as a French spreadsheet reads them. Dates are ISO 8601, instants in the
company's time zone.
"""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

DANGEREUX = ("=", "+", "-", "@", "\t", "\r")
LONGUEUR_XLSX = 32_000  # a cell takes 32 767 characters


def en_csv(valeur: Any, fuseau: ZoneInfo) -> str:
    """The value as a CSV cell holds it."""
    if isinstance(valeur, Decimal):
        return f"{valeur:f}".replace(".", ",")
    if isinstance(valeur, int) and not isinstance(valeur, bool):
        return str(valeur)
    return sans_formule(en_texte(valeur, fuseau))


def sans_formule(texte: str) -> str:
    """With an apostrophe before what a spreadsheet would run, spaces in front of it notwithstanding."""
    return f"'{texte}" if texte.lstrip(" \n\u00a0").startswith(DANGEREUX) or texte.startswith(DANGEREUX) else texte


def en_texte(valeur: Any, fuseau: ZoneInfo) -> str:
    """The value in plain text."""
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, datetime):
        return valeur.astimezone(fuseau).isoformat(timespec="seconds")
    if isinstance(valeur, date):
        return valeur.isoformat()
    if isinstance(valeur, dict | list):
        return json.dumps(valeur, ensure_ascii=False)
    return str(valeur)


def en_xlsx(valeur: Any, fuseau: ZoneInfo, feuille: Any) -> Any:
    """The value as a cell of a write-only sheet: numbers and dates as such, the rest as a string that nothing runs."""
    if valeur is None or (isinstance(valeur, int) and not isinstance(valeur, bool)):
        return valeur
    if isinstance(valeur, Decimal):
        cellule = WriteOnlyCell(feuille, value=valeur)
        cellule.number_format = "#,##0.00" if valeur.as_tuple().exponent == -2 else "General"
        return cellule
    if isinstance(valeur, date) and not isinstance(valeur, datetime) and valeur.year >= 1900:
        cellule = WriteOnlyCell(feuille, value=valeur)
        cellule.number_format = "yyyy-mm-dd"
        return cellule
    cellule = WriteOnlyCell(feuille, value=ILLEGAL_CHARACTERS_RE.sub("", en_texte(valeur, fuseau))[:LONGUEUR_XLSX])
    cellule.data_type = "s"
    return cellule
