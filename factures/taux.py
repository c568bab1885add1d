"""VAT rates by country, as one chooses them at an invoice. Each choice is one tax or several on the same base.

Sources: FR: CGI art. 278, 279, 278-0 bis, 281 quater; BE: arrêté royal n° 20; LU: loi TVA art. 39, rates since 2024;
CH: LTVA art. 25, rates since 2024; Québec: federal GST 5 %, QST 9.975 %, both on the price before tax. Changed here
when the law changes: an invoice keeps the rate it was entered with.
"""

from dataclasses import dataclass
from decimal import Decimal

from noyau.montants import arrondir

SUR_LA_MEME_BASE = frozenset({"TVQ"})
"""Taxes on a base that another tax of the invoice holds already: it counts once."""


@dataclass(frozen=True, slots=True)
class Taxe:
    """One rate of the VAT split. `taux` in percent."""

    taux: Decimal
    base: Decimal
    montant: Decimal
    libelle: str = "TVA"


Choix = tuple[tuple[str, Decimal], ...]

_TVA = {
    "FR": ("20", "10", "5.5", "2.1", "0"),
    "BE": ("21", "12", "6", "0"),
    "LU": ("17", "14", "8", "3", "0"),
    "CH": ("8.1", "3.8", "2.6", "0"),
}
_QUEBEC: dict[str, Choix] = {
    "tps-tvq": (("TPS", Decimal("5")), ("TVQ", Decimal("9.975"))),
    "tps": (("TPS", Decimal("5")),),
    "0": (("TPS", Decimal("0")),),
}


def choix_de(pays: str) -> dict[str, Choix]:
    """The choices of a country by code, the usual one first."""
    if pays == "CA":
        return _QUEBEC
    return {code: (("TVA", Decimal(code)),) for code in _TVA[pays]}


def taxer(base: Decimal, choix: Choix) -> list[Taxe]:
    """The taxes on this base, each one rounded to the cent by itself."""
    return [Taxe(taux, base, arrondir(base * taux / 100), libelle) for libelle, taux in choix]


def hors_taxes(taxes: tuple[Taxe, ...] | list[Taxe]) -> Decimal:
    """What the split says the invoice is worth before tax."""
    return sum((t.base for t in taxes if t.libelle not in SUR_LA_MEME_BASE), Decimal("0.00"))
