"""How people get in: sign-up is closed, accounts are made by `creer_entreprise` and by invitation."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adaptateur(DefaultAccountAdapter):
    """allauth's door, with the sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
