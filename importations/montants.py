"""Amounts as files write them.

The decimal sign is inferred from all the amounts of the file. Groups of thousands are of three digits exactly, so that
1,23 is never taken for 123. Three digits after a lone sign are thousands: no currency here has a thousandth.
Negative forms: a minus in front or behind, parentheses. A sign that tells the currency (€, £, CHF, EUR…) is returned;
a lone $ tells nothing, since it may be Canadian. Text is never rounded; a number that Excel computed is rounded to the
cent, as Excel shows it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from importations.refus import ValeurIllisible
from importations.tableau import Cellule
from importations.textes import propre
from noyau.montants import CENTIME, arrondir, en_centimes

MAXIMUM = Decimal("999999999999.99")
_ESPACES = re.compile(r"[\s\u00a0\u202f\u2009\u2007]+")
_APOSTROPHES = re.compile(r"['’ʼ`]")
_MOINS = re.compile(r"[−–‐‑]")
_DEVISES = {"€": "EUR", "£": "GBP", "CA$": "CAD", "$CA": "CAD", "C$": "CAD", "US$": "USD", "$US": "USD", "FR.": "CHF"}
_DEVISES |= {"SFR.": "CHF", "EUROS": "EUR"}
_FORME = re.compile(r"(?P<avant>[A-Z$€£.]*?)(?P<nombre>\d[\d.,]*|[.,]\d+)(?P<apres>[A-Z$€£.]*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class MontantLu:
    """An amount, and the currency written beside it ("" when none is)."""

    valeur: Decimal
    devise: str = ""


def lire_montant(cellule: Cellule, decimale: str) -> MontantLu:
    """The amount of a cell whose decimal sign is `decimale` (a comma or a point). ValeurIllisible when it is none."""
    if isinstance(cellule, int | float | Decimal) and not isinstance(cellule, bool):
        valeur = Decimal(repr(cellule) if isinstance(cellule, float) else cellule)
        if not valeur.is_finite() or abs(valeur) > MAXIMUM:
            raise _illisible(cellule)
        return MontantLu(arrondir(valeur))
    if not isinstance(cellule, str):
        raise _illisible(cellule)
    nombre, devise, negatif = _decouper(cellule)
    valeur = _valeur(nombre, decimale, cellule)
    return MontantLu(-valeur if negatif else valeur, devise)


def lire_devise(cellule: Cellule) -> str:
    """A currency code of three letters. "" for a lone $, which the company's own currency explains."""
    texte = propre(cellule).upper().strip(".")
    connue = {"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "£": "GBP", "FR": "CHF", "$": ""}.get(texte, texte)
    if connue and not re.fullmatch(r"[A-Z]{3}", connue):
        raise ValeurIllisible(_("« %(valeur)s » n’est pas une devise") % {"valeur": texte[:20]})
    return connue


def deviner_decimale(cellules: Iterable[Cellule]) -> str | None:
    """The decimal sign of these amounts; None when they contradict each other by more than a few stray cells.

    1,234 alone says little: it counts only where no cell says more.
    """
    certains, faibles = {",": 0, ".": 0}, {",": 0, ".": 0}
    for cellule in cellules:
        signe, est_certain = _signe_decimal(cellule)
        if signe:
            (certains if est_certain else faibles)[signe] += 1
    votes = certains if any(certains.values()) else faibles
    gagnant = max(votes, key=lambda signe: votes[signe])
    if votes[gagnant] < 0.95 * sum(votes.values()):
        return None
    return gagnant if votes[gagnant] else "."


def _signe_decimal(cellule: Cellule) -> tuple[str, bool]:
    """What this cell says of the decimal sign ("": nothing), and whether it leaves no doubt."""
    if not isinstance(cellule, str):
        return "", False
    try:
        nombre = _decouper(cellule)[0]
    except ValeurIllisible:
        return "", False
    return _signe_du_nombre(nombre)


def _signe_du_nombre(nombre: str) -> tuple[str, bool]:
    signes = [c for c in nombre if c in ",."]
    if not signes:
        return "", False
    autre = "," if signes[0] == "." else "."
    if len(signes) > 1:
        return (signes[-1] if autre in signes else autre), True
    avant, _signe, apres = nombre.partition(signes[0])
    if len(apres) == 3 and avant.strip("0"):
        return autre, False
    return signes[0], True


def _decouper(texte: str) -> tuple[str, str, bool]:
    """(digits and signs, currency, is it negative)."""
    brut = _MOINS.sub("-", _APOSTROPHES.sub("", _ESPACES.sub("", texte))).upper()
    negatif = False
    if brut.startswith("(") and brut.endswith(")"):
        negatif, brut = True, brut[1:-1]
    # A sign may stand before or after the currency, or behind it all: at most one of them.
    if brut.count("-") + brut.count("+") > 1 or (negatif and "-" in brut):
        raise _illisible(texte)
    if "-" in brut or "+" in brut:
        negatif = negatif or "-" in brut
        if not re.fullmatch(r"[A-Z$€£.]*[-+][^-+]*|[^-+]*[-+][A-Z$€£.]*", brut):
            raise _illisible(texte)
        brut = brut.replace("-", "").replace("+", "")
    trouve = _FORME.fullmatch(brut)
    if not trouve:
        raise _illisible(texte)
    return trouve["nombre"], _devise(trouve["avant"] or trouve["apres"], texte), negatif


def _devise(marque: str, texte: str) -> str:
    if marque in {"", "$"}:
        return ""
    if marque in _DEVISES:
        return _DEVISES[marque]
    if re.fullmatch(r"[A-Z]{3}", marque):
        return marque
    raise _illisible(texte)


def _valeur(nombre: str, decimale: str, texte: str) -> Decimal:
    milliers = "," if decimale == "." else "."
    entier, _signe, fraction = nombre.partition(decimale)
    groupes = entier.split(milliers)
    mal_groupe = len(groupes) > 1 and (len(groupes[0]) not in {1, 2, 3} or any(len(g) != 3 for g in groupes[1:]))
    chiffres = "".join(groupes)
    if mal_groupe or not (chiffres + fraction).isdigit():
        raise _illisible(texte)
    valeur = Decimal(f"{chiffres or 0}.{fraction or 0}")
    if valeur > MAXIMUM:
        raise ValeurIllisible(_("« %(valeur)s » dépasse le plus grand montant admis") % {"valeur": texte[:40]})
    try:
        en_centimes(valeur)
    except ValueError as erreur:
        raise ValeurIllisible(_("« %(valeur)s » a plus de deux décimales") % {"valeur": texte[:40]}) from erreur
    return valeur.quantize(CENTIME)


def _illisible(cellule: object) -> ValeurIllisible:
    return ValeurIllisible(_("« %(valeur)s » n’est pas un montant") % {"valeur": str(cellule)[:40]})
