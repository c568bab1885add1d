"""Charts drawn by the server as SVG attributes: no script, no inline style."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext

from entreprises.templatetags.formats import ecrire_montant

register = template.Library()

ECART = Decimal("0.35")  # between two segments, in percent of the width


@register.inclusion_tag("composants/barre_age.html")
def barre_age(ages: Sequence[Decimal], devise: str, sujet: str) -> dict[str, Any]:
    """What is owed by age, from not overdue to beyond 90 days: a bar, and its legend; empty ages are left out."""
    noms = [
        gettext("Non échu"),
        gettext("1 à 30 jours"),
        gettext("31 à 60 jours"),
        gettext("61 à 90 jours"),
        gettext("Plus de 90 jours"),
    ]
    total = sum(ages) or Decimal(1)
    presents = [(i, somme) for i, somme in enumerate(ages) if somme]
    utile = 100 - ECART * max(len(presents) - 1, 0)
    segments, x = [], Decimal(0)
    for i, somme in presents:
        largeur = somme * utile / total
        segments.append({"classe": f"a{i}", "x": f"{x:.2f}%", "largeur": f"{largeur:.2f}%"})
        x += largeur + ECART
    legende = [{"classe": f"a{i}", "nom": noms[i], "somme": somme} for i, somme in presents]
    texte = ", ".join(f"{nom} {ecrire_montant(somme, devise)}" for nom, somme in zip(noms, ages, strict=True))
    return {"segments": segments, "legende": legende, "devise": devise, "texte": f"{sujet}{gettext(' : ')}{texte}"}
