"""The invoice's form with the deposit already received, and the form that cancels an invoice."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from encaissements.facturation import AcompteRecu, NouveauClient
from encaissements.models import Reglement
from entreprises.forms import ChampDate, ChampMontant
from entreprises.models import Entreprise
from factures.forms import FactureForm

ACOMPTE = ("acompte_montant", "acompte_date", "acompte_reference")


class SaisieFactureForm(FactureForm):
    acompte_montant = ChampMontant(
        label=_("Acompte reçu"),
        required=False,
        help_text=_("S’il est déjà saisi comme règlement, laissez vide et imputez-le depuis la fiche du client."),
    )
    acompte_date = ChampDate(label=_("Reçu le"), required=False)
    acompte_moyen = forms.ChoiceField(label=_("Moyen"), choices=Reglement.Moyen, required=False)
    acompte_reference = forms.CharField(label=_("Référence (facultatif)"), max_length=140, required=False)

    def __init__(self, *args: Any, entreprise: Entreprise, aujourd_hui: date, **kwargs: Any) -> None:
        super().__init__(*args, entreprise=entreprise, **kwargs)
        self.aujourd_hui = aujourd_hui

    @property
    def a_un_acompte(self) -> bool:
        return self.est_ouvert(*ACOMPTE)

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean()
        montant, jour = valeurs.get("acompte_montant"), valeurs.get("acompte_date")
        if montant and not jour and "acompte_date" not in self.errors:
            self.add_error("acompte_date", gettext("Donnez le jour où il a été reçu."))
        if jour and not montant and "acompte_montant" not in self.errors:
            self.add_error("acompte_montant", gettext("Donnez le montant de l’acompte."))
        if jour and jour > self.aujourd_hui:
            self.add_error("acompte_date", gettext("Un acompte reçu ne se date pas dans le futur."))
        if montant and self.apercu.totaux:
            if montant > self.apercu.totaux.total:
                self.add_error("acompte_montant", gettext("L’acompte dépasse le total de la facture."))
            else:
                self.apercu.acompte = montant
        return valeurs

    def client_voulu(self) -> Any:
        """The client, or what is known of the new one."""
        client = self.cleaned_data["client"]
        if not isinstance(client, str):
            return client
        genre = self.cleaned_data.get("nouveau_genre") or Client.Genre.PROFESSIONNEL
        return NouveauClient(client, self.cleaned_data.get("nouveau_courriel", ""), genre)

    def acompte(self) -> AcompteRecu | None:
        lues = self.cleaned_data
        if not lues.get("acompte_montant"):
            return None
        moyen = lues.get("acompte_moyen") or Reglement.Moyen.VIREMENT
        return AcompteRecu(lues["acompte_montant"], lues["acompte_date"], moyen, lues.get("acompte_reference", ""))


class AnnulerForm(forms.Form):
    """By a credit note when the client may have the invoice; without one when it never left."""

    AVEC, SANS = "avec", "sans"
    maniere = forms.ChoiceField(
        label=_("Comment l’annuler"),
        widget=forms.RadioSelect,
        choices=[
            (AVEC, _("Par un avoir : elle a été émise, le client peut l’avoir reçue")),
            (SANS, _("Sans avoir : saisie par erreur, elle n’est jamais partie")),
        ],
    )
    motif = forms.CharField(
        label=_("Pourquoi l’annuler"), max_length=200, help_text=_("Elle garde son numéro et reste lisible.")
    )
    numero = forms.CharField(label=_("Numéro de l’avoir"), max_length=60, required=False)
    date_emission = ChampDate(label=_("Date de l’avoir"), required=False)
    rendre = forms.BooleanField(label=_("Rendre au client, en crédit, ce qu’il a réglé"), required=False)

    def __init__(self, *args: Any, a_rendre: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not a_rendre:
            del self.fields["rendre"]

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        if valeurs.get("maniere") == self.AVEC:
            for nom in ("numero", "date_emission"):
                if not valeurs.get(nom) and nom not in self.errors:
                    self.add_error(nom, ValidationError(self.fields[nom].error_messages["required"], "required"))
        return valeurs
