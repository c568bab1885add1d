"""The short form by which a company comes in: enough to open its pages, the rest is filled in later."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entreprises.identites import verifier_numero
from entreprises.models import Pays
from entreprises.regions import choix_de_region

# What a company gives first to be known by, in each country: its column, and what it is called there.
NUMEROS = {
    "FR": ("siren", _("SIREN ou SIRET")),
    "BE": ("bce", _("N° BCE")),
    "LU": ("rcs", _("N° RCS")),
    "CH": ("ide", _("N° IDE")),
    "CA": ("neq", _("NEQ")),
}
PAYS_A_REGIONS = ("FR", "CH")  # holidays differ inside; a Canadian company starts with those of Québec


def calendriers() -> list[Any]:
    """The regions by country; the code of the country stands before that of the region."""
    groupes = [
        (Pays(pays).label, [(f"{pays}:{code}", nom) for code, nom in choix_de_region(pays) if code])
        for pays in PAYS_A_REGIONS
    ]
    return [("", gettext("Calendrier national")), *groupes]


class CreationForm(forms.Form):
    """Name, country, legal number, calendar, signatory. `identite` gives them under the names of their columns."""

    nom = forms.CharField(
        label=_("Nom de l’entreprise"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text=_("Tel qu’il figure sur vos factures."),
    )
    pays = forms.ChoiceField(label=_("Pays"), choices=Pays, initial=Pays.FRANCE)
    numero = forms.CharField(
        label=_("Numéro légal"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "France : SIREN ou SIRET. Belgique : n° BCE. Luxembourg : n° RCS. Suisse : n° IDE. Québec : NEQ. "
            "Il est vérifié. Vous pouvez le donner plus tard."
        ),
    )
    region = forms.ChoiceField(
        label=_("Jours fériés"),
        required=False,
        choices=calendriers,
        help_text=_("Rien ne part un jour férié. À préciser en Alsace-Moselle, outre-mer et en Suisse."),
    )
    signataire_nom = forms.CharField(
        label=_("Qui signe les relances"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("Prénom et nom, au bas de chaque message."),
    )

    def clean_nom(self) -> str:
        return " ".join(self.cleaned_data["nom"].split())

    def clean_signataire_nom(self) -> str:
        return " ".join(self.cleaned_data["signataire_nom"].split())

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        pays, numero, region = valeurs.get("pays"), valeurs.get("numero", ""), valeurs.get("region", "")
        if pays and region and not region.startswith(f"{pays}:"):
            self.add_error("region", gettext("Ce calendrier n’est pas celui du pays choisi."))
        if pays and numero and "numero" not in self.errors:
            champ = champ_du_numero(pays, numero)
            try:
                valeurs["numero"] = verifier_numero(champ, numero) if champ != "rcs" else " ".join(numero.split())
            except ValidationError as erreur:
                self.add_error("numero", erreur)
        return valeurs

    def identite(self) -> dict[str, str]:
        """The columns of the company, once the form is valid."""
        valeurs = self.cleaned_data
        identite = {nom: valeurs[nom] for nom in ("nom", "pays", "signataire_nom")}
        if valeurs["numero"]:
            identite[champ_du_numero(valeurs["pays"], valeurs["numero"])] = valeurs["numero"]
        if valeurs["region"]:
            identite["region"] = valeurs["region"].split(":")[1]
        return identite


def champ_du_numero(pays: str, numero: str) -> str:
    """The column of a legal number: in France its length tells a SIRET from a SIREN."""
    champ = NUMEROS[pays][0]
    chiffres = sum(signe.isdigit() for signe in numero)
    return "siret" if champ == "siren" and chiffres > 9 else champ
