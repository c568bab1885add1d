"""How people get an account: by themselves when sign-up is open, else by an invitation or by `creer_entreprise`."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from entreprises.models import Adhesion, Utilisateur


class Adaptateur(DefaultAccountAdapter):
    """allauth's door, open or shut by the setting `INSCRIPTION`."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.INSCRIPTION)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Straight to the company: an account without any is of no use."""
        return reverse("ouvrir_entreprise")

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.langue = langue_courante()
        return super().save_user(request, user, form, commit)

    def format_email_subject(self, subject: str) -> str:
        """As it is written: the name of the machine before it would say nothing to whoever reads it."""
        return subject


def langue_courante() -> str:
    """The language of the page, one of those the app is written in."""
    langue = (get_language() or "fr")[:2]
    return langue if langue in dict(settings.LANGUAGES) else "fr"


def peut_creer_entreprise(utilisateur: Any) -> bool:
    """Anyone when sign-up is open; else whoever is already the owner of a company."""
    siennes = Adhesion.objects.gerants().filter(utilisateur=utilisateur, entreprise__effacee_le=None)
    return bool(settings.INSCRIPTION) or siennes.exists()


def compte_de(courriel: str) -> Utilisateur | None:
    """The account of this address, whatever its case."""
    return Utilisateur.objects.filter(email__iexact=courriel.strip()).first()


def nommer(utilisateur: Utilisateur, prenom: str, nom: str) -> None:
    """Give the account its name, on one line: it stands in messages and in the journal."""
    utilisateur.first_name, utilisateur.last_name = " ".join(prenom.split()), " ".join(nom.split())
    utilisateur.save(update_fields=["first_name", "last_name"])
