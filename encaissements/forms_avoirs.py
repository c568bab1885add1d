"""A credit note as it is typed, and undone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from entreprises.forms import ChampDate, ChampMontant
from entreprises.templatetags.formats import ecrire_montant
from factures.models import Facture


class FactureOuverte(forms.ModelChoiceField):
    """One of the client's open invoices, with what is left to pay."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.numero} ({ecrire_montant(obj.solde, obj.devise)})"


class AvoirForm(forms.Form):
    """For an invoice up to its balance, what exceeds it stays a credit; or for nothing in particular."""

    numero = forms.CharField(label=_("Numéro de l’avoir"), max_length=60)
    date_emission = ChampDate(label=_("Date"))
    montant = ChampMontant(label=_("Montant TTC"))
    facture = FactureOuverte(
        label=_("Sur la facture"),
        queryset=Facture.objects.none(),
        required=False,
        help_text=_("Ce qui dépasse son solde reste un crédit du client."),
    )
    devise = forms.ChoiceField(label=_("Devise"))
    motif = forms.CharField(
        label=_("Motif (facultatif)"), max_length=200, required=False, help_text=_("Par exemple : retour, remise.")
    )

    def __init__(self, *args: Any, client: Client, devises: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ouvertes = Facture.objects.filter(entreprise=client.entreprise_id, client=client).ouvertes()
        facture: Any = self.fields["facture"]
        facture.queryset = ouvertes.order_by("date_emission", "pk")
        facture.empty_label = _("Aucune : il reste en crédit")
        devise: Any = self.fields["devise"]
        devise.choices = [(d, d) for d in devises]
        if len(devises) == 1:
            devise.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """The invoice's currency, when there is an invoice."""
        valeurs = super().clean() or {}
        if facture := valeurs.get("facture"):
            valeurs["devise"] = facture.devise
        return valeurs


class AnnulerAvoirForm(forms.Form):
    motif = forms.CharField(
        label=_("Pourquoi"),
        max_length=200,
        help_text=_("Ce qu’il avait soldé redevient dû. Son numéro redevient libre."),
    )
