"""A payment as it is typed, and how it is spread over the open instalments."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from encaissements.models import Reglement
from entreprises.forms import ChampDate, ChampMontant


class ReglementForm(forms.Form):
    """What came in. `cle` makes a double click harmless."""

    cle = forms.CharField(widget=forms.HiddenInput, max_length=80)
    montant = ChampMontant(label=_("Montant reçu"))
    date_reglement = ChampDate(label=_("Reçu le"))
    devise = forms.ChoiceField(label=_("Devise"))
    moyen = forms.ChoiceField(label=_("Moyen"), choices=Reglement.Moyen)
    reference = forms.CharField(
        label=_("Référence (facultatif)"),
        max_length=140,
        required=False,
        help_text=_("Libellé du virement, n° de chèque."),
    )
    accorder_escompte = forms.BooleanField(
        label=_("Accorder l’escompte prévu si le règlement est arrivé à temps"), required=False, initial=True
    )

    def __init__(self, *args: Any, devises: list[str], aujourd_hui: date, a_escompte: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aujourd_hui = aujourd_hui
        self.fields["devise"].choices = [(d, d) for d in devises]  # type: ignore[attr-defined]
        if len(devises) == 1:
            self.fields["devise"].widget = forms.HiddenInput()
        if not a_escompte:
            del self.fields["accorder_escompte"]

    def clean_date_reglement(self) -> date:
        jour: date = self.cleaned_data["date_reglement"]
        if jour > self.aujourd_hui:
            raise ValidationError(
                gettext("Un règlement ne se date pas dans le futur : notez plutôt une promesse de règlement."), "futur"
            )
        return jour

    @property
    def est_future(self) -> bool:
        """Refused because of its date: a promise is the right thing to record."""
        return any(e.code == "futur" for e in self.errors.as_data().get("date_reglement", []))


class RejetForm(forms.Form):
    """A payment that bounced."""

    rejete_le = ChampDate(label=_("Rejeté le"))
    motif = forms.CharField(label=_("Motif"), max_length=200, help_text=_("Par exemple : chèque sans provision."))
