"""Why an act was cancelled, in words."""

from django import template

from noyau.echelle import Motif
from relances.motifs import LIBELLES, libelle

register = template.Library()


@register.filter
def annulation(code: str) -> str:
    """The short words of the reason; empty for a code that has none."""
    return libelle(Motif(code)) if code in LIBELLES else ""
