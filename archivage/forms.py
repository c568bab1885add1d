"""What is typed to close a company."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ClotureForm(forms.Form):
    """The company's name, so that nobody closes one by a slip."""

    nom = forms.CharField(
        label=_("Nom de l’entreprise"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
