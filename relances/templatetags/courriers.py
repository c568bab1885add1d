"""What pages say of a letter's envelope."""

from django import template

from relances.fenetre import hors_fenetre
from relances.models import Relance

register = template.Library()


@register.filter
def cachees(relance: Relance) -> list[str]:
    """The parts of the client's address that the window does not show whole."""
    return hors_fenetre(relance.client, relance.entreprise)
