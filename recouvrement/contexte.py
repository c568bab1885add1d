"""What every page needs of its frame: the company it is about, and those that its user may go to."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from entreprises.models import Entreprise


def cadre(request: HttpRequest) -> dict[str, Any]:
    """The company, the membership and the company's date, where the page has one; the user's companies, if asked."""
    return {
        "entreprise": getattr(request, "entreprise", None),
        "adhesion": getattr(request, "adhesion", None),
        "aujourd_hui": getattr(request, "aujourd_hui", None),
        "mes_entreprises": SimpleLazyObject(lambda: siennes(request)),
        "sans_serveur_de_courriel": not settings.EMAIL_URL,
    }


def siennes(request: HttpRequest) -> list[Entreprise]:
    utilisateur = getattr(request, "user", None)
    if utilisateur is None or not utilisateur.is_authenticated:
        return []
    return list(Entreprise.objects.accessibles(utilisateur).only("slug", "nom").order_by("nom"))
