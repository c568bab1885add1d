"""Fields and forms shared by every room's pages, and the company's own forms.

A form that changes a row carries its `version`: when someone else changed the row first, nothing is written and both
values are shown. `action` says which button was pressed where a page has several.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum import bic, iban
from stdnum.exceptions import ValidationError as NumeroInvalide

from entreprises.identites import NOMS, verifier_numeros
from entreprises.modeles import Perimee, ecrire_si_a_jour
from entreprises.models import Entreprise, MoyenPaiement
from entreprises.templatetags.formats import ecrire_nombre

ESPACES = re.compile(r"[\s\u00a0\u202f']|€|\$|CHF", re.IGNORECASE)
CHAMPS_ADRESSE = ["adresse_ligne1", "adresse_ligne2", "code_postal", "ville"]


class ChampMontant(forms.DecimalField):
    """An amount as people type it: spaces, comma or point. « 1 234,56 » and « 1.234,56 » are the same."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "saisie-montant", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 14, "decimal_places": 2, "min_value": Decimal("0.01"), **kwargs})
        self.error_messages["min_value"] = _("Le montant doit être supérieur à zéro.")
        self.error_messages["max_decimal_places"] = _("Au centime près : deux chiffres après la virgule.")
        self.error_messages["invalid"] = _("Ce n’est pas un montant. Exemple : 1 234,56")

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = ESPACES.sub("", value)
            if "," in value:
                # The last sign is the decimal one; the other one groups thousands.
                groupe = "," if value.rfind(".") > value.rfind(",") else "."
                value = value.replace(groupe, "").replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return ecrire_nombre(value) if isinstance(value, Decimal) else value


class ChampDate(forms.DateField):
    """A date, in the browser's own picker; without one, typed as 2026-11-24 or 24/11/2026."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**{"widget": widget, "input_formats": ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"], **kwargs})
        self.error_messages["invalid"] = _("Ce n’est pas une date. Exemple : 24/11/2026")

    def clean(self, value: Any) -> Any:
        lue = super().clean(value)
        if isinstance(lue, date) and not 1990 <= lue.year <= 2100:
            raise ValidationError(gettext("Cette année est invraisemblable : vérifiez la date."))
        return lue


JOURS = [
    (0, _("lundi")),
    (1, _("mardi")),
    (2, _("mercredi")),
    (3, _("jeudi")),
    (4, _("vendredi")),
    (5, _("samedi")),
    (6, _("dimanche")),
]


class ChampJours(forms.TypedMultipleChoiceField):
    """Days of the week, at least one; 0 is Monday."""

    def __init__(self, **kwargs: Any) -> None:
        erreurs = {"required": _("Choisissez au moins un jour.")}
        super().__init__(
            **{
                "choices": JOURS,
                "coerce": int,
                "widget": forms.CheckboxSelectMultiple,
                "error_messages": erreurs,
                **kwargs,
            }
        )


class FormulaireVersionne(forms.ModelForm):
    """Changes a row only if it is still the one that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version

    def a_ecrire(self) -> dict[str, Any]:
        """The columns that the form changes."""
        return {nom: self.cleaned_data[nom] for nom in self._meta.fields or [] if nom in self.fields}

    def enregistrer(self) -> bool:
        """Write the changed row. False, with both values shown, when another change came first."""
        valeurs = self.a_ecrire()
        ligne = type(self.instance)._default_manager.get(pk=self.instance.pk)
        try:
            ecrire_si_a_jour(ligne, self.cleaned_data.get("version") or 0, **valeurs)
        except Perimee:
            self._montrer_les_deux(valeurs)
            return False
        return True

    def _montrer_les_deux(self, valeurs: dict[str, Any]) -> None:
        actuelle = type(self.instance)._default_manager.get(pk=self.instance.pk)
        self.add_error(
            None,
            gettext(
                "Cette fiche a été modifiée entre-temps. Rien n’est écrit : comparez, puis enregistrez de nouveau."
            ),
        )
        for nom, voulue in valeurs.items():
            existante = getattr(actuelle, nom)
            if existante != voulue and nom in self.fields:
                self.add_error(nom, gettext("Valeur actuelle : « %(valeur)s ».") % {"valeur": existante})
        self.data = {**self.data.dict(), self.add_prefix("version"): str(actuelle.version)}  # type: ignore[attr-defined]


def reporter(form: forms.BaseForm, erreur: ValidationError) -> None:
    """Put what a workflow refused into the form: at its field when the form has it, else at the top."""
    if not hasattr(erreur, "error_dict"):
        form.add_error(None, erreur)
        return
    for champ, erreurs in erreur.error_dict.items():
        form.add_error(champ if champ in form.fields else None, erreurs)


class NumerosLegaux(forms.ModelForm):
    """Checks the legal numbers that the form has, and that they are of one company."""

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        connus = {nom: valeurs[nom] for nom in NOMS if nom in self.fields and nom in valeurs}
        try:
            valeurs.update({n: v for n, v in verifier_numeros(connus).items() if n in self.fields})
        except ValidationError as erreur:
            reporter(self, erreur)
        return valeurs


NUMEROS_PAR_PAYS = {
    "FR": ["siren", "siret", "rcs", "tva"],
    "BE": ["bce", "tva"],
    "LU": ["rcs", "tva"],
    "CH": ["ide", "tva"],
    "CA": ["neq", "tps", "tvq"],
}


class EntrepriseForm(FormulaireVersionne, NumerosLegaux):
    """What is printed on every letter: identity, address, numbers of the country, signatory."""

    class Meta:
        model = Entreprise
        fields = [
            "nom", "forme_juridique", "capital", *CHAMPS_ADRESSE,
            "siren", "siret", "rcs", "tva", "bce", "ide", "neq", "tps", "tvq",
            "telephone", "courriel", "site", "signataire_nom", "signataire_qualite", "mediateur",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gardes = NUMEROS_PAR_PAYS[self.instance.pays]
        for nom in {nom for noms in NUMEROS_PAR_PAYS.values() for nom in noms} - set(gardes):
            del self.fields[nom]
        self.fields["courriel"].help_text = _("Les réponses de vos clients y arrivent.")

    def clean_nom(self) -> str:
        """On one line: it stands in the subject of messages."""
        return " ".join(self.cleaned_data["nom"].split())


class MoyenForm(FormulaireVersionne):
    """One way to pay the company. Which fields count depends on its kind."""

    EXIGES = {
        "virement": ["iban"],
        "interac": ["courriel"],
        "depot": ["coordonnees"],
        "cheque": ["titulaire"],
        "lien": ["url"],
    }

    url = forms.URLField(label=_("Lien de paiement"), required=False, assume_scheme="https")

    class Meta:
        model = MoyenPaiement
        fields = ["genre", "titulaire", "iban", "bic", "courriel", "coordonnees", "url"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["genre"].label = _("Genre")
        self.fields["titulaire"].label = _("Titulaire du compte, ou ordre du chèque")
        self.fields["coordonnees"].label = _("Coordonnées du dépôt direct")

    def clean_iban(self) -> str:
        return self._verifier(iban, "iban", gettext("Cet IBAN est faux : sa clé de contrôle ne correspond pas."))

    def clean_bic(self) -> str:
        return self._verifier(bic, "bic", gettext("Ce BIC n’est pas valable : 8 ou 11 signes, comme PSSTFRPPXXX."))

    def _verifier(self, module: Any, nom: str, message: str) -> str:
        valeur = self.cleaned_data[nom].strip()
        try:
            return str(module.validate(valeur)) if valeur else ""
        except NumeroInvalide as erreur:
            raise ValidationError(message) from erreur

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        for nom in self.EXIGES.get(valeurs.get("genre", ""), []):
            if not valeurs.get(nom) and nom not in self.errors:
                self.add_error(nom, gettext("Nécessaire pour ce moyen de paiement."))
        return valeurs
