"""An invoice typed by hand, with what an empty company needs first; and its cancellation."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.creation import trouver_client
from clients.models import Client
from entreprises.documents import TAILLE_MAXIMALE
from entreprises.forms import ChampDate, ChampMontant
from entreprises.models import Entreprise
from factures.models import ConditionsPaiement, Facture

CLIENTS_PROPOSES = 300


class FactureForm(forms.Form):
    """Due on a date, or by the company's terms. What the workflow refuses comes back at its field."""

    client = forms.CharField(
        label=_("Client"),
        max_length=200,
        help_text=_("Son nom ou son code."),
        widget=forms.TextInput(attrs={"list": "clients", "autocomplete": "off"}),
    )
    numero = forms.CharField(label=_("Numéro"), max_length=60)
    date_emission = ChampDate(label=_("Date d’émission"))
    total = ChampMontant(label=_("Total TTC"))
    objet = forms.CharField(
        label=_("Objet (facultatif)"),
        max_length=200,
        required=False,
        help_text=_("Repris dans les messages au client."),
    )
    reference_commande = forms.CharField(label=_("Référence de commande (facultatif)"), max_length=60, required=False)
    echeance = ChampDate(label=_("Échéance"), required=False, help_text=_("Vide : celle que donnent les conditions."))
    conditions = forms.ModelChoiceField(
        label=_("Conditions de règlement"), queryset=ConditionsPaiement.objects.none(), required=False
    )
    mode_reglement = forms.ChoiceField(label=_("Mode de règlement"), choices=Facture.ModeReglement)
    escompte_taux = forms.DecimalField(
        label=_("Escompte, en %"), max_digits=5, decimal_places=2, required=False, localize=True
    )
    escompte_jours = forms.IntegerField(
        label=_("Délai de l’escompte, en jours"), required=False, min_value=0, max_value=365
    )
    transmise_le = ChampDate(label=_("Envoyée au client le"), required=False)
    pdf = forms.FileField(label=_("Facture en PDF (facultatif)"), required=False, help_text=_("Jointe aux relances."))

    def __init__(self, *args: Any, entreprise: Entreprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entreprise = entreprise
        conditions: Any = self.fields["conditions"]
        conditions.queryset = ConditionsPaiement.objects.filter(entreprise=entreprise).order_by("-est_defaut", "nom")
        conditions.empty_label = _("Date donnée")
        conditions.initial = conditions.queryset.filter(est_defaut=True).first()
        if not conditions.queryset.exists():
            del self.fields["conditions"]
            self.fields["echeance"].required, self.fields["echeance"].help_text = True, ""
        self.fields["pdf"].widget.attrs["accept"] = "application/pdf"

    def noms_proposes(self) -> list[str]:
        """For the browser's own completion."""
        return list(
            Client.objects.de(self.entreprise).actifs().order_by("tri")[:CLIENTS_PROPOSES].values_list("nom", flat=True)
        )

    def clean_client(self) -> Client:
        texte = self.cleaned_data["client"].strip()
        par_code = Client.objects.de(self.entreprise).filter(code=texte).first()
        trouve = par_code or trouver_client(self.entreprise, nom=texte)
        if trouve is None:
            raise ValidationError(gettext("Aucun client de ce nom ni de ce code. Ajoutez-le d’abord."), "inconnu")
        return trouve

    def clean_pdf(self) -> UploadedFile | None:
        fichier: UploadedFile | None = self.cleaned_data["pdf"]
        if fichier is None:
            return None
        if fichier.size and fichier.size > TAILLE_MAXIMALE:
            raise ValidationError(gettext("Ce fichier dépasse 10 Mo."))
        if fichier.read(5) != b"%PDF-":
            raise ValidationError(gettext("Ce fichier n’est pas un PDF."))
        fichier.seek(0)
        return fichier

    @property
    def client_est_inconnu(self) -> bool:
        return any(e.code == "inconnu" for e in self.errors.as_data().get("client", []))


class AnnulerForm(forms.Form):
    motif = forms.CharField(
        label=_("Pourquoi l’annuler"), max_length=200, help_text=_("Elle garde son numéro et reste lisible.")
    )


def date_proposee(aujourd_hui: date) -> dict[str, Any]:
    """What an empty form starts with."""
    return {"date_emission": aujourd_hui, "mode_reglement": Facture.ModeReglement.VIREMENT}
