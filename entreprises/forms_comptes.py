"""allauth's forms where one chooses a password, with one sentence of help instead of a list of rules."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm, SignupForm
from django.utils.translation import gettext_lazy as _

AIDE_MOT_DE_PASSE = _("Au moins 10 caractères. Une phrase se retient mieux qu’un mot compliqué.")


class InscriptionForm(SignupForm):
    """An address and a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = AIDE_MOT_DE_PASSE


class NouveauMotDePasseForm(ResetPasswordKeyForm):
    """The password chosen from the link of a message."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = AIDE_MOT_DE_PASSE


class ChangementForm(ChangePasswordForm):
    """The password changed by someone who is signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = AIDE_MOT_DE_PASSE
