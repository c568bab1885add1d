"""Above the queue and the outbox: why emails that are ready do not leave."""

from typing import Any

from django import template
from django.template import Context

from relances import pannes, serveur

register = template.Library()


@register.inclusion_tag("relances/_courriel_retenu.html", takes_context=True)
def courriel_retenu(context: Context) -> dict[str, Any]:
    """Nothing when messages leave as they should. Two queries."""
    entreprise = context["entreprise"]
    propre = serveur.serveur_de(entreprise)
    return {
        "entreprise": entreprise,
        "adhesion": context.get("adhesion"),
        "est_absent": serveur.voie_de(entreprise) is serveur.Voie.ABSENTE,
        "panne": pannes.relire(propre.derniere_erreur, propre.fournisseur) if propre else None,
        "retenues": serveur.retenues(entreprise),
    }
