"""Terms of payment as files write them, where they give no due date."""

import re

from django.utils.translation import gettext as _

from entreprises.champs import sans_accents
from importations.refus import ValeurIllisible
from importations.tableau import Cellule
from importations.textes import propre
from noyau.delais import AReception, Delai, DelaiNet, FinDeMois

_JOURS = re.compile(
    r"(?:net(?:\s*a)?\s*)?(\d{1,4})\s*(?:j|jrs?|jours?|d|days?)?(?:\s+(?:nets?|date de facture|calendaires))?"
)
_FIN_DE_MOIS = re.compile(r"fin de mois|fin du mois|\bfdm\b|end of month|\beom\b")
_COMPTANT = re.compile(
    r"(?:a|des|due on|on|upon)?\s*(?:la )?(?:reception|receipt|comptant|immediat)(?: de (?:la )?facture)?"
)


def lire_delai(cellule: Cellule) -> Delai:
    """Terms of payment. ValeurIllisible for terms that cannot be told, or that have two lawful readings."""
    texte = sans_accents(propre(cellule)).removesuffix(".0")
    jours = _JOURS.fullmatch(texte)
    if jours and int(jours.group(1)) <= 365:
        return DelaiNet(int(jours.group(1)))
    if _COMPTANT.fullmatch(texte):
        return AReception()
    if _FIN_DE_MOIS.search(texte):
        if not re.search(r"[1-9]", texte):
            return FinDeMois()
        raise ValeurIllisible(
            _("« %(valeur)s » a deux lectures légales : donnez la date d’échéance") % {"valeur": propre(cellule)[:40]}
        )
    raise ValeurIllisible(_("« %(valeur)s » n’est pas un délai en jours") % {"valeur": propre(cellule)[:40]})
