"""Texts, identifiers and yes or no, as files write them."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from entreprises.champs import sans_accents
from importations.refus import ValeurIllisible
from importations.tableau import Cellule

_FLOTTANT = re.compile(r"(\d+)\.0+", re.ASCII)
_FORMULE_TEXTE = re.compile(r'="([^"]*)"')
_EXPOSANT = re.compile(r"\d+(?:[.,]\d+)?E\+\d{2}", re.ASCII)
_ERREURS_EXCEL = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#VALEUR!", "#NAME?", "#NOM?", "#NUM!", "#NULL!"})
OUI = frozenset({"oui", "o", "yes", "y", "true", "vrai", "t", "1", "x", "disputed", "litige", "en litige", "conteste"})
NON = frozenset({"", "non", "n", "no", "false", "faux", "f", "0", "-", "aucun", "none"})


def propre(cellule: Cellule) -> str:
    """The cell as one line of text: no control character, single spaces, Excel's tricks to keep a text undone."""
    if cellule is None:
        return ""
    texte = _nombre_en_texte(cellule) if not isinstance(cellule, str) else cellule
    trouve = _FORMULE_TEXTE.fullmatch(texte.strip())
    texte = trouve.group(1) if trouve else texte
    texte = "".join(
        " " if c in "\t\r\n\v\f" else c for c in texte if c in "\t\r\n\v\f" or unicodedata.category(c) != "Cc"
    )
    return " ".join(texte.replace("\ufeff", "").split())


def lire_texte(cellule: Cellule, longueur: int) -> str:
    """A text of at most `longueur` characters. ValeurIllisible for a longer one, or for an Excel error."""
    texte = propre(cellule)
    if texte in _ERREURS_EXCEL:
        raise ValeurIllisible(_("la cellule contient l’erreur Excel %(valeur)s") % {"valeur": texte})
    if len(texte) > longueur:
        raise ValeurIllisible(_("plus de %(n)s caractères") % {"n": longueur})
    return texte


def lire_identifiant(cellule: Cellule, longueur: int) -> str:
    """A number or a code, kept as text with its leading zeros.

    1930581131.0, as programs that take every number for a float write it, is 1930581131. ValeurIllisible for
    1,93E+09: Excel has lost digits that nobody can give back.
    """
    texte = lire_texte(cellule, longueur)
    if texte.startswith("'") and texte[1:].isdigit():
        texte = texte[1:]
    if _EXPOSANT.fullmatch(texte.upper()):
        raise ValeurIllisible(
            _("« %(valeur)s » a été abrégé par Excel : mettez la colonne au format Texte") % {"valeur": texte}
        )
    trouve = _FLOTTANT.fullmatch(texte)
    return trouve.group(1) if trouve else texte


def lire_oui_non(cellule: Cellule) -> bool:
    """ValeurIllisible for what is neither yes nor no."""
    texte = sans_accents(propre(cellule))
    if texte in OUI:
        return True
    if texte in NON:
        return False
    raise ValeurIllisible(_("« %(valeur)s » n’est ni oui ni non") % {"valeur": texte[:40]})


def _nombre_en_texte(cellule: int | float | Decimal | bool | date | datetime) -> str:
    if isinstance(cellule, bool):
        return "oui" if cellule else "non"
    if isinstance(cellule, float) and cellule.is_integer() and abs(cellule) < 1e15:
        return str(int(cellule))
    if isinstance(cellule, datetime) and not (cellule.hour or cellule.minute or cellule.second):
        return cellule.date().isoformat()
    return str(cellule)
