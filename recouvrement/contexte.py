"""What every page needs of its frame: the company it is about."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def cadre(request: HttpRequest) -> dict[str, Any]:
    """The company, the membership and the company's date, where the page has one."""
    return {
        "entreprise": getattr(request, "entreprise", None),
        "adhesion": getattr(request, "adhesion", None),
        "aujourd_hui": getattr(request, "aujourd_hui", None),
        "sans_serveur_de_courriel": not settings.EMAIL_URL,
    }
