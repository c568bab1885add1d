"""What people type about ladders: names, rungs, words, and which ladder is whose."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entreprises.forms import FormulaireVersionne
from entreprises.modeles import Perimee
from relances.echelons import CHAMPS, ajouter_echelon, canal_permis, modifier_echelon
from relances.edition import modifier_echelle
from relances.fautes import fautes
from relances.models import Etape, Scenario, TexteEtape
from relances.redaction import normaliser
from relances.ton import relire

AVANT, APRES, ESCOMPTE, FIN_DELAI = "avant", "apres", "escompte", "fin_delai"
REPERES = [
    (AVANT, _("avant l’échéance")),
    (APRES, _("après l’échéance")),
    (ESCOMPTE, _("avant la limite de l’escompte")),
    (FIN_DELAI, _("après la fin du délai de la mise en demeure")),
]
CORPS_MAXIMUM = 20_000


def repere_de(etape: Etape) -> str:
    """Its anchor and side, as one chooses them."""
    if etape.ancre == "echeance":
        return AVANT if etape.decalage < 0 else APRES
    return etape.ancre


class FormulaireEchelle(FormulaireVersionne):
    """A ladder's name and rhythm."""

    intervalle_minimum = forms.IntegerField(
        label=_("Jours entre deux contacts, au moins"),
        min_value=1,
        max_value=60,
        help_text=_("Compte tout ce qui a atteint le client : courriel, lettre, appel abouti."),
    )

    class Meta:
        model = Scenario
        fields = ["nom", "intervalle_minimum"]

    def __init__(self, *args: Any, auteur: Any, aujourd_hui: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auteur, self.aujourd_hui = auteur, aujourd_hui

    def clean_nom(self) -> str:
        return nom_libre(self.cleaned_data["nom"], self.instance)

    def enregistrer(self) -> bool:
        """Write, sign and wake. False, with both values shown, when another change came first."""
        valeurs, version = self.a_ecrire(), self.cleaned_data.get("version") or 0
        ligne = Scenario.objects.get(pk=self.instance.pk)
        try:
            modifier_echelle(ligne, version, **valeurs, auteur=self.auteur, aujourd_hui=self.aujourd_hui)
        except Perimee:
            self._montrer_les_deux(valeurs)
            return False
        return True


class FormulaireCopie(forms.Form):
    """The name of a copy."""

    nom = forms.CharField(label=_("Nom de la copie"), max_length=100)

    def __init__(self, *args: Any, scenario: Scenario, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scenario = scenario

    def clean_nom(self) -> str:
        return nom_libre(self.cleaned_data["nom"], Scenario(entreprise=self.scenario.entreprise))


def nom_libre(nom: str, scenario: Scenario) -> str:
    """On one line, and no other ladder of the company has it, whatever the capitals."""
    propre = " ".join(nom.split())
    autres = Scenario.objects.de(scenario.entreprise).filter(nom__iexact=propre).exclude(pk=scenario.pk)
    if autres.exists():
        raise ValidationError(gettext("Une échelle porte déjà ce nom."))
    return propre


class FormulaireEchelon(FormulaireVersionne):
    """A rung: when, how, with what deadline, and who agrees. `cle` is the line of a new one: two clicks add one."""

    repere = forms.ChoiceField(label=_("Quand"), choices=REPERES)
    jours = forms.IntegerField(label=_("Nombre de jours"), min_value=0, max_value=365)
    delai_jours = forms.IntegerField(
        label=_("Délai donné au client, en jours"),
        min_value=1,
        max_value=90,
        help_text=_("Le message en fait une date, reportée au jour ouvré suivant."),
    )
    cle = forms.SlugField(widget=forms.HiddenInput, max_length=40, required=False)

    class Meta:
        model = Etape
        fields = [
            "nom", "en_jours_ouvres", "canal", "est_formelle", "delai_jours", "accessoires", "demande_approbation",
        ]  # fmt: skip
        labels = {
            "en_jours_ouvres": _("Compter en jours ouvrés"),
            "canal": _("Par quel moyen"),
            "est_formelle": _("C’est une mise en demeure"),
            "accessoires": _("Pénalités et indemnité"),
            "demande_approbation": _("Attendre mon accord à chaque fois"),
        }
        help_texts = {
            "est_formelle": _("Elle attend toujours l’accord d’une personne et part à la main."),
            "accessoires": _("Ce que le message en dit : rien, le principe, ou le décompte."),
        }

    field_order = ["nom", "repere", "jours"]

    def __init__(self, *args: Any, auteur: Any, aujourd_hui: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auteur, self.aujourd_hui = auteur, aujourd_hui
        self.fields["canal"].choices = Etape._meta.get_field("canal").choices  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["repere"].initial = repere_de(self.instance)
            self.fields["jours"].initial = abs(self.instance.decalage)
        else:
            self.fields["cle"].initial = uuid4().hex

    def clean_nom(self) -> str:
        nom = " ".join(self.cleaned_data["nom"].split())
        autres = self.instance.scenario.etapes.en_vigueur().exclude(pk=self.instance.pk)
        if any(autre.casefold() == nom.casefold() for autre in autres.values_list("nom", flat=True)):
            raise ValidationError(gettext("Un autre échelon de cette échelle porte déjà ce nom."))
        return nom

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        if "repere" in valeurs and "jours" in valeurs:
            self._situer(valeurs)
        self._verifier_le_canal(valeurs)
        self._verifier_le_moment(valeurs)
        valeurs["demande_approbation"] = bool(valeurs.get("demande_approbation") or valeurs.get("est_formelle"))
        return valeurs

    def _situer(self, valeurs: dict[str, Any]) -> None:
        """The anchor and the offset behind what was chosen. The discount's days are working days, before its limit."""
        repere, jours = valeurs["repere"], valeurs["jours"]
        if repere in {AVANT, ESCOMPTE} and jours == 0:
            self.add_error("jours", gettext("Avant, c’est au moins un jour."))
        valeurs["ancre"] = "echeance" if repere in {AVANT, APRES} else repere
        valeurs["decalage"] = -jours if repere in {AVANT, ESCOMPTE} else jours
        if repere == ESCOMPTE:
            valeurs["en_jours_ouvres"] = True

    def _verifier_le_canal(self, valeurs: dict[str, Any]) -> None:
        canal, est_formelle = valeurs.get("canal"), bool(valeurs.get("est_formelle"))
        if canal and not canal_permis(canal, est_formelle):
            message = (
                gettext("Une mise en demeure s’écrit : choisissez une lettre ou un courriel.")
                if est_formelle
                else gettext("La lettre recommandée est réservée à la mise en demeure.")
            )
            self.add_error("canal", message)

    def _verifier_le_moment(self, valeurs: dict[str, Any]) -> None:
        repere, est_formelle = valeurs.get("repere"), bool(valeurs.get("est_formelle"))
        if repere in {AVANT, ESCOMPTE}:
            if est_formelle:
                self.add_error("est_formelle", gettext("Rien n’est dû avant l’échéance : pas de mise en demeure."))
            if valeurs.get("accessoires") not in {None, Etape.Accessoires.AUCUN}:
                self.add_error("accessoires", gettext("Avant l’échéance, il n’y a ni pénalités ni indemnité."))
        if self.instance.est_reprise and (repere != APRES or est_formelle):
            self.add_error("repere", gettext("La reprise du compte vient après l’échéance, et reste un simple rappel."))
        formelles = self.instance.scenario.etapes.en_vigueur().filter(est_formelle=True).exclude(pk=self.instance.pk)
        if repere == FIN_DELAI and not formelles.exists():
            self.add_error("repere", gettext("Il faut une autre mise en demeure, dont le délai finit."))

    def a_ecrire(self) -> dict[str, Any]:
        return {champ: self.cleaned_data[champ] for champ in CHAMPS}

    def enregistrer(self) -> bool:
        """Write in the rung, or in the one that takes its place. False, with both values shown, when another change
        came first."""
        etape = Etape.objects.select_related("scenario__entreprise").get(pk=self.instance.pk)
        signe = {"auteur": self.auteur, "aujourd_hui": self.aujourd_hui}
        try:
            modifier_echelon(etape, self.cleaned_data.get("version") or 0, self.a_ecrire(), **signe)
        except Perimee:
            self._montrer_les_deux(self.a_ecrire())
            return False
        return True

    def ajouter(self) -> Etape:
        """The new rung."""
        lignee = self.cleaned_data["cle"] or uuid4().hex
        signe = {"auteur": self.auteur, "aujourd_hui": self.aujourd_hui}
        return ajouter_echelon(self.instance.scenario, lignee, self.a_ecrire(), **signe)


class FormulaireTexte(forms.Form):
    """The words of a rung. `base`: the version that was shown."""

    objet = forms.CharField(
        label=_("Objet"),
        max_length=200,
        widget=forms.TextInput(attrs={"data-insere": "objet", "autocomplete": "off", "spellcheck": "true"}),
    )
    corps = forms.CharField(
        label=_("Texte"),
        max_length=CORPS_MAXIMUM,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "data-insere": "corps", "spellcheck": "true"}),
    )
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, etape: Etape, langue: str, reste_un_echelon: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.etape, self.langue, self.reste_un_echelon = etape, langue, reste_un_echelon
        self.fields["objet"].widget.attrs["lang"] = self.fields["corps"].widget.attrs["lang"] = langue

    def clean_objet(self) -> str:
        """On one line."""
        return " ".join(str(self.cleaned_data["objet"]).splitlines()).strip()

    def clean_corps(self) -> str:
        corps = normaliser(self.cleaned_data["corps"])
        if not corps.strip():
            raise ValidationError(self.fields["corps"].error_messages["required"], code="required")
        return corps

    def clean(self) -> dict[str, Any]:
        """A text that cannot be filled, or that the law refuses, is not kept."""
        valeurs = super().clean() or {}
        objet, corps = valeurs.get("objet", ""), valeurs.get("corps", "")
        for faute in fautes(objet, corps):
            self.add_error(faute.champ, faute.texte)
        if objet and corps:
            texte = TexteEtape(objet=objet, corps=corps)
            for remarque in relire(texte, self.langue, self.etape, reste_un_echelon=self.reste_un_echelon):
                if remarque.est_bloquante:
                    self.add_error(remarque.champ, remarque.conseil)
        return valeurs


class FormulaireAffectation(forms.Form):
    """Whose ladder. Empty: the one that applies without any choice."""

    scenario = forms.ModelChoiceField(label=_("Échelle"), queryset=Scenario.objects.none(), required=False)

    def __init__(self, *args: Any, entreprise: Any, par_defaut: str, actuelle: Scenario | None, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"scenario": actuelle}, **kwargs})
        champ = self.fields["scenario"]
        assert isinstance(champ, forms.ModelChoiceField)
        champ.queryset = Scenario.objects.de(entreprise).filter(retire_le=None).order_by("nom")
        champ.empty_label = par_defaut
        champ.error_messages["invalid_choice"] = _("Cette échelle n’existe plus : choisissez-en une autre.")


class FormulaireGenres(forms.Form):
    """The ladder of each kind of client: a field per kind."""

    def __init__(
        self, *args: Any, entreprise: Any, genres: dict[str, Any], actuelles: dict[str, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        echelles = Scenario.objects.de(entreprise).filter(retire_le=None).order_by("nom")
        for genre, libelle in genres.items():
            self.fields[genre] = forms.ModelChoiceField(
                label=libelle, queryset=echelles, initial=actuelles.get(genre), empty_label=None
            )
