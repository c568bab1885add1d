"""The names of the calendar's regions, and the time zones that are proposed, by country."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from noyau.calendrier import REGIONS

_NOMS: dict[str, dict[str, Any]] = {
    "FR": {
        "": _("France métropolitaine"),
        "alsace-moselle": _("Alsace et Moselle"),
        "971": _("Guadeloupe"),
        "972": _("Martinique"),
        "973": _("Guyane"),
        "974": _("La Réunion"),
        "976": _("Mayotte"),
    },
    "CA": {
        "": _("Canada, fériés fédéraux seulement"),
        "AB": _("Alberta"),
        "BC": _("Colombie-Britannique"),
        "MB": _("Manitoba"),
        "NB": _("Nouveau-Brunswick"),
        "NL": _("Terre-Neuve-et-Labrador"),
        "NS": _("Nouvelle-Écosse"),
        "NT": _("Territoires du Nord-Ouest"),
        "NU": _("Nunavut"),
        "ON": _("Ontario"),
        "PE": _("Île-du-Prince-Édouard"),
        "QC": _("Québec"),
        "SK": _("Saskatchewan"),
        "YT": _("Yukon"),
    },
    "CH": {
        "": _("Suisse, fériés communs seulement"),
        "AG": _("Argovie"),
        "AI": _("Appenzell Rhodes-Intérieures"),
        "AR": _("Appenzell Rhodes-Extérieures"),
        "BE": _("Berne"),
        "BL": _("Bâle-Campagne"),
        "BS": _("Bâle-Ville"),
        "FR": _("Fribourg"),
        "GE": _("Genève"),
        "GL": _("Glaris"),
        "GR": _("Grisons"),
        "JU": _("Jura"),
        "LU": _("Lucerne"),
        "NE": _("Neuchâtel"),
        "NW": _("Nidwald"),
        "OW": _("Obwald"),
        "SG": _("Saint-Gall"),
        "SH": _("Schaffhouse"),
        "SO": _("Soleure"),
        "SZ": _("Schwytz"),
        "TG": _("Thurgovie"),
        "TI": _("Tessin"),
        "UR": _("Uri"),
        "VD": _("Vaud"),
        "VS": _("Valais"),
        "ZG": _("Zoug"),
        "ZH": _("Zurich"),
    },
}

_FUSEAUX = {
    "FR": (
        "Europe/Paris", "America/Guadeloupe", "America/Martinique", "America/Cayenne", "Indian/Reunion",
        "Indian/Mayotte", "America/Miquelon", "Pacific/Noumea", "Pacific/Tahiti",
    ),
    "BE": ("Europe/Brussels",),
    "LU": ("Europe/Luxembourg",),
    "CH": ("Europe/Zurich",),
    "CA": (
        "America/Toronto", "America/St_Johns", "America/Halifax", "America/Moncton", "America/Winnipeg",
        "America/Regina", "America/Edmonton", "America/Vancouver", "America/Whitehorse",
    ),
}  # fmt: skip
_TOUT_LE_PAYS = _("Tout le pays")


def nom_de_region(pays: str, region: str) -> str:
    """The name of this region of the calendar."""
    return str(_NOMS.get(pays, {}).get(region, region or _TOUT_LE_PAYS))


def choix_de_region(pays: str) -> list[tuple[str, str]]:
    """The regions whose holidays are known, the whole country first."""
    return [(code, nom_de_region(pays, code)) for code in REGIONS[pays]]


def choix_de_fuseau(pays: str, actuel: str) -> list[tuple[str, str]]:
    """The time zones of the country, and the one in use wherever it is. « Amérique/Saint-Jean » reads as its city."""
    codes = dict.fromkeys([*_FUSEAUX[pays], actuel])
    return [(code, f"{code.rpartition('/')[2].replace('_', ' ')} ({code})") for code in codes]
