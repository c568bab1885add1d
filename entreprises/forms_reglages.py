"""The company's settings beside its card: logo, terms and conditions, calendar."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entreprises.documents import TAILLE_MAXIMALE, conserver
from entreprises.forms import ChampDate, ChampJours, FormulaireVersionne
from entreprises.logos import preparer_logo
from entreprises.models import Entreprise
from entreprises.regions import choix_de_fuseau, choix_de_region


class LogoForm(FormulaireVersionne):
    """A picture, or its removal (`retirer`)."""

    fichier = forms.FileField(
        label=_("Image"),
        required=False,
        help_text=_("PNG ou JPEG, 5 Mo au plus. Sur fond blanc ou transparent, de préférence en largeur."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    retirer = forms.BooleanField(label=_("Retirer le logo"), required=False)

    class Meta:
        model = Entreprise
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.image = b""
        if self.instance.logo_id is None:
            del self.fields["retirer"]

    def clean_fichier(self) -> UploadedFile | None:
        fichier: UploadedFile | None = self.cleaned_data["fichier"]
        if fichier:
            self.image = preparer_logo(fichier.read())
        return fichier

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        if not valeurs.get("retirer") and not valeurs.get("fichier") and "fichier" not in self.errors:
            self.add_error("fichier", gettext("Choisissez une image."))
        return valeurs

    def a_ecrire(self) -> dict[str, Any]:
        if self.cleaned_data.get("retirer") and not self.image:
            return {"logo": None}
        return {"logo": conserver(self.instance, self.image, "image/png", "logo.png")}


class ConditionsGeneralesForm(FormulaireVersionne):
    """The terms and conditions of sale: their PDF and the date of this version."""

    fichier = forms.FileField(
        label=_("Document PDF"),
        required=False,
        help_text=_("10 Mo au plus."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )
    conditions_generales_du = ChampDate(label=_("Version du"), required=False)
    retirer = forms.BooleanField(label=_("Retirer ces conditions"), required=False)

    class Meta:
        model = Entreprise
        fields = ["conditions_generales_du"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contenu = b""
        if self.instance.conditions_generales_id is None:
            del self.fields["retirer"]

    def clean_fichier(self) -> UploadedFile | None:
        """Its kind is told by its first bytes, never by what the browser says."""
        fichier: UploadedFile | None = self.cleaned_data["fichier"]
        if not fichier:
            return None
        if (fichier.size or 0) > TAILLE_MAXIMALE:
            raise ValidationError(gettext("Ce fichier dépasse 10 Mo."))
        self.contenu = fichier.read()
        if not self.contenu.startswith(b"%PDF-"):
            raise ValidationError(gettext("Ce fichier n’est pas un PDF."))
        return fichier

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        if valeurs.get("retirer"):
            return valeurs
        if not self.contenu and self.instance.conditions_generales_id is None and "fichier" not in self.errors:
            self.add_error("fichier", gettext("Choisissez un document."))
        if not valeurs.get("conditions_generales_du") and "conditions_generales_du" not in self.errors:
            self.add_error("conditions_generales_du", gettext("Dites de quand date cette version."))
        return valeurs

    def a_ecrire(self) -> dict[str, Any]:
        if self.cleaned_data.get("retirer") and not self.contenu:
            return {"conditions_generales": None, "conditions_generales_du": None}
        valeurs = super().a_ecrire()
        if self.contenu:
            nom = f"conditions-generales-{valeurs['conditions_generales_du']:%Y-%m-%d}.pdf"
            document = conserver(self.instance, self.contenu, "application/pdf", nom)
            valeurs["conditions_generales"] = document
        return valeurs


class CalendrierForm(FormulaireVersionne):
    """The days that the company works, the holidays that it keeps, the time that it lives in."""

    jours_ouvres = ChampJours(label=_("Jours travaillés"))
    region = forms.ChoiceField(label=_("Jours fériés"), required=False)
    fuseau = forms.ChoiceField(
        label=_("Fuseau horaire"), help_text=_("Les heures d’envoi et les dates sont celles de ce fuseau.")
    )

    class Meta:
        model = Entreprise
        fields = ["jours_ouvres", "region", "fuseau"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pays, region, fuseau = self.instance.pays, self.fields["region"], self.fields["fuseau"]
        region.choices = choix_de_region(pays)  # type: ignore[attr-defined]
        fuseau.choices = choix_de_fuseau(pays, self.instance.fuseau)  # type: ignore[attr-defined]
        if len(region.choices) == 1:  # type: ignore[attr-defined]
            del self.fields["region"]
        if len(fuseau.choices) == 1:  # type: ignore[attr-defined]
            del self.fields["fuseau"]
