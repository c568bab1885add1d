"""A payment as it is typed, one or many at once; what bounced, what is undone; what the list of payments shows."""

import re
import uuid
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from encaissements.models import Reglement
from entreprises.forms import ChampDate, ChampMontant


def refuser_le_futur(jour: date, aujourd_hui: date) -> date:
    """The day of a payment, which is not in the future."""
    if jour > aujourd_hui:
        message = gettext("Un règlement ne se date pas dans le futur : notez plutôt une promesse de règlement.")
        raise ValidationError(message, "futur")
    return jour


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
        return refuser_le_futur(self.cleaned_data["date_reglement"], self.aujourd_hui)

    @property
    def est_future(self) -> bool:
        """Refused because of its date: a promise is the right thing to record."""
        return any(e.code == "futur" for e in self.errors.as_data().get("date_reglement", []))


class RejetForm(forms.Form):
    """A payment that bounced."""

    rejete_le = ChampDate(label=_("Rejeté le"))
    motif = forms.CharField(label=_("Motif"), max_length=200, help_text=_("Par exemple : chèque sans provision."))


class LotForm(forms.Form):
    """What the payments of one batch have in common. `cle` makes a double click harmless."""

    cle = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    date_reglement = ChampDate(label=_("Reçus le"))
    moyen = forms.ChoiceField(label=_("Moyen"), choices=Reglement.Moyen)
    par_client = forms.BooleanField(label=_("Un seul règlement par client"), required=False)

    def __init__(self, *args: Any, aujourd_hui: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aujourd_hui = aujourd_hui

    def clean_cle(self) -> str:
        """The key of the page; a new one when it lost its own."""
        cle = self.cleaned_data["cle"]
        return cle if re.fullmatch(r"[0-9a-f]{32}", cle) else uuid.uuid4().hex

    def clean_date_reglement(self) -> date:
        return refuser_le_futur(self.cleaned_data["date_reglement"], self.aujourd_hui)

    @property
    def est_par_client(self) -> bool:
        return self.is_bound and bool(self.data.get("par_client"))

    def renouveler(self) -> None:
        """Another key: the one of the page has served."""
        self.data = {**self.data.dict(), "cle": uuid.uuid4().hex}  # type: ignore[attr-defined]


class AnnulationForm(forms.Form):
    """Why a payment is undone."""

    motif = forms.CharField(
        label=_("Motif"), max_length=200, help_text=_("Par exemple : saisi deux fois, mauvais client.")
    )


class FiltreReglements(forms.Form):
    """What the list of payments shows. `etat` is a choice of views."""

    ETATS = [
        ("", _("Reçus")),
        ("credit", _("Avec un crédit")),
        ("rejetes", _("Rejetés")),
        ("annules", _("Annulés")),
    ]

    q = forms.CharField(label=_("Client, référence ou montant"), required=False, max_length=200)
    du = ChampDate(label=_("Reçu du"), required=False)
    au = ChampDate(label=_("au"), required=False)
    moyen = forms.ChoiceField(label=_("Moyen"), required=False)
    etat = forms.ChoiceField(label=_("État"), required=False, choices=ETATS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moyens: Any = self.fields["moyen"]
        moyens.choices = [("", gettext("Tous les moyens")), *Reglement.Moyen.choices]
