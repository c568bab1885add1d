"""What was said, as it is typed: promise, dispute, pause."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from entreprises.forms import ChampDate, ChampMontant
from entreprises.templatetags.formats import ecrire_montant
from factures.models import Facture


class FactureDuClient(forms.ModelChoiceField):
    """One of the client's open invoices, by its number; none means all that is due."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.numero} ({ecrire_montant(obj.solde, obj.devise)})"


class FormulaireClient(forms.Form):
    """A form about a client, or about one of its open invoices."""

    facture = FactureDuClient(queryset=Facture.objects.none(), required=False, label=_("Facture"))

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ouvertes = Facture.objects.filter(entreprise=client.entreprise_id, client=client).ouvertes()
        champ: Any = self.fields["facture"]
        champ.queryset = ouvertes.order_by("date_emission", "pk")
        champ.empty_label = _("Toutes ses factures")


class PromesseForm(FormulaireClient):
    montant = ChampMontant(label=_("Montant promis"))
    date_promise = ChampDate(label=_("Promis pour le"))
    devise = forms.ChoiceField(label=_("Devise"))
    par = forms.CharField(label=_("Promis par (facultatif)"), max_length=120, required=False)
    field_order = ["facture", "montant", "devise", "date_promise", "par"]

    def __init__(self, *args: Any, devises: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["devise"]
        champ.choices = [(d, d) for d in devises]
        if len(devises) == 1:
            champ.widget = forms.HiddenInput()


class PauseForm(FormulaireClient):
    du = ChampDate(label=_("Du"))
    au = ChampDate(label=_("Au (compris)"), required=False, help_text=_("Vide : jusqu’à ce que vous la leviez."))
    motif = forms.CharField(label=_("Motif"), max_length=200)


class CongesForm(forms.Form):
    """A pause of the whole company."""

    du = ChampDate(label=_("Du"))
    au = ChampDate(label=_("Au (compris)"))
    motif = forms.CharField(label=_("Motif"), max_length=200, initial=_("Congés"))


class OuvrirLitigeForm(forms.Form):
    ouvert_le = ChampDate(label=_("Ouvert le"))
    motif = forms.CharField(
        label=_("Ce que le client conteste"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Ses mots, des faits datés. Rien sur la santé ni sur d’autres personnes : il peut demander à le lire."
        ),
    )
    reponse_avant = ChampDate(label=_("Notre réponse, promise avant le (facultatif)"), required=False)


class CloreLitigeForm(forms.Form):
    clos_le = ChampDate(label=_("Clos le"))
    issue = forms.CharField(
        label=_("Ce qui a été convenu"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Un litige infondé reçoit d’abord une réponse écrite ; une erreur est d’abord corrigée."),
    )
