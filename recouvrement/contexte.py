"""What every page needs of its frame: the company it is about, and those that its user may go to."""

from typing import Any

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from entreprises.models import Adhesion, Entreprise
from relances.serveur import Voie, voie_de


def cadre(request: HttpRequest) -> dict[str, Any]:
    """The company, the membership and the company's date, where the page has one; the user's companies, if asked."""
    mes_entreprises: Any = SimpleLazyObject(lambda: siennes(request))
    return {
        "entreprise": getattr(request, "entreprise", None),
        "adhesion": getattr(request, "adhesion", None),
        "aujourd_hui": getattr(request, "aujourd_hui", None),
        "mes_entreprises": mes_entreprises,
        "peut_creer_entreprise": SimpleLazyObject(lambda: est_createur(mes_entreprises)),
        "inscription_ouverte": settings.INSCRIPTION,
        "sans_serveur_de_courriel": SimpleLazyObject(lambda: sans_serveur_de_courriel(request)),
    }


def sans_serveur_de_courriel(request: HttpRequest) -> bool:
    """Do the messages of this page's company stay on this machine? Without a company: the installation's own."""
    entreprise = getattr(request, "entreprise", None)
    return voie_de(entreprise) is Voie.GARDEE if entreprise else not settings.EMAIL_URL


def siennes(request: HttpRequest) -> list[Entreprise]:
    utilisateur = getattr(request, "user", None)
    if utilisateur is None or not utilisateur.is_authenticated:
        return []
    siennes = Entreprise.objects.accessibles(utilisateur).annotate(mon_role=F("adhesions__role"))
    return list(siennes.only("slug", "nom").order_by("nom"))


def est_createur(siennes: list[Any]) -> bool:
    """May this user make another company? As `entreprises.comptes`, from what was read for the menu."""
    return bool(settings.INSCRIPTION) or any(sienne.mon_role == Adhesion.Role.GERANT for sienne in siennes)
