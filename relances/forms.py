"""What people type about acts: a call's result, a posting, its follow-up, the settings.

Every form about an act carries the `version` that the person saw, and `suivant`, the act to open afterwards.
"""

from datetime import date, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entreprises.forms import ChampDate, ChampJours, ChampMontant, FormulaireVersionne
from relances.appels import CompteRendu
from relances.models import Reglages
from suivi.models import Appel

PREUVES = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
DERNIERE_HEURE = time(22)  # the half-hour after the digest must fit in the day
TAILLE_PREUVE = 10 * 1024 * 1024


class ChampSeuil(ChampMontant):
    """An amount that may be zero."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": Decimal(0), **kwargs})
        self.error_messages["min_value"] = _("Un seuil n’est pas négatif.")


class FormulaireActe(forms.Form):
    """What every act's form carries, unseen. One page may show several of them: their ids differ."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    suivant = forms.IntegerField(widget=forms.HiddenInput, required=False)


class FormulaireAppel(FormulaireActe):
    """What came of a call. Amount and date are for a promise, the day to call again for « à rappeler »."""

    resultat = forms.ChoiceField(
        label=_("Ce que l’appel a donné"), choices=Appel.Resultat, widget=forms.RadioSelect, required=False
    )
    promesse_montant = ChampMontant(label=_("Montant promis"), required=False)
    promesse_date = ChampDate(label=_("Promis pour le"), required=False)
    rappel_le = ChampDate(
        label=_("À rappeler le"),
        required=False,
        help_text=_("Pour le résultat « À rappeler » : une tâche vous le rappelle."),
    )
    interlocuteur = forms.CharField(label=_("Avec qui"), max_length=120, required=False)
    notes = forms.CharField(
        label=_("Ce qui a été dit"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Des faits, que le client pourrait lire. Rien sur la santé, rien sur d’autres personnes."),
    )

    def compte_rendu(self) -> CompteRendu:
        return CompteRendu(
            resultat=self.cleaned_data["resultat"],
            interlocuteur=self.cleaned_data["interlocuteur"],
            notes=self.cleaned_data["notes"],
            promesse_montant=self.cleaned_data["promesse_montant"],
            promesse_date=self.cleaned_data["promesse_date"],
            rappel_le=self.cleaned_data["rappel_le"],
        )


class FormulairePoste(FormulaireActe):
    """A letter was posted."""

    postee_le = ChampDate(label=_("Postée le"))
    numero = forms.CharField(label=_("Numéro de suivi"), max_length=30, required=False)
    preuve = forms.FileField(
        label=_("Preuve de dépôt"),
        required=False,
        help_text=_("PDF ou photo du bordereau, si vous l’avez."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def clean_preuve(self) -> Any:
        """Its kind is told by its first bytes, never by what the browser says."""
        preuve = self.cleaned_data["preuve"]
        if not preuve:
            return None
        if preuve.size > TAILLE_PREUVE:
            raise ValidationError(gettext("Ce fichier dépasse 10 Mo."))
        contenu = preuve.read()
        genre = next((genre for debut, genre in PREUVES.items() if contenu.startswith(debut)), None)
        if genre is None:
            raise ValidationError(gettext("La preuve est un PDF ou une image."))
        return contenu, genre, preuve.name

    def preuve_lue(self) -> tuple[bytes, str, str] | None:
        preuve: tuple[bytes, str, str] | None = self.cleaned_data["preuve"]
        return preuve


class FormulaireSuivi(FormulaireActe):
    """What the post says of a registered letter."""

    suivi = forms.ChoiceField(
        label=_("La poste dit"),
        choices=[
            ("presentee", _("présentée")),
            ("recue", _("reçue, accusé de réception signé")),
            ("non_reclamee", _("non réclamée, revenue")),
        ],
    )
    le = ChampDate(label=_("Le"))


class FormulaireRecommencement(forms.Form):
    """Why a ladder is restarted."""

    motif = forms.CharField(
        label=_("Motif"), max_length=200, help_text=_("Par exemple : nouvel interlocuteur, adresse corrigée.")
    )


class FormulaireAJour(forms.Form):
    """« Règlements à jour au … » (R17)."""

    jour = ChampDate(label=_("Règlements à jour au"))

    def __init__(self, *args: Any, au: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"jour": au}, **kwargs})
        self.au = au

    def clean_jour(self) -> date:
        jour: date = self.cleaned_data["jour"]
        if jour > self.au:
            raise ValidationError(gettext("Cette date est dans le futur."))
        return jour


class FormulaireReglages(FormulaireVersionne):
    """When acts leave, and which of them wait for a person."""

    jours_envoi = ChampJours(label=_("Jours d’envoi"))
    seuil = ChampSeuil(label=_("Ne pas relancer en dessous de"))
    seuil_appel = ChampSeuil(label=_("Pas d’appel en dessous de"))
    seuil_recommande = ChampSeuil(label=_("Pas de recommandé en dessous de"))
    plafond_approbation = ChampSeuil(label=_("Au-dessus, le gérant approuve toujours"), required=False)
    approbation_jusqu_au = ChampDate(label=_("Chaque relance attend mon accord jusqu’au"), required=False)

    class Meta:
        model = Reglages
        fields = [
            "envoi_automatique", "approbation_jusqu_au", "plafond_approbation",
            "heure_avis", "heure_envoi", "jours_envoi",
            "seuil", "seuil_appel", "seuil_recommande",
            "delai_apres_envoi", "grace_promesse", "plafond_bienveillance", "fraicheur_reglements",
        ]  # fmt: skip
        labels = {
            "envoi_automatique": _("Envoyer sans moi ce qui ne demande pas d’accord"),
            "heure_avis": _("Avis du matin à"),
            "heure_envoi": _("Envoi à"),
            "delai_apres_envoi": _("Rien avant, après l’envoi d’une facture"),
            "grace_promesse": _("Délai de grâce d’une promesse"),
            "plafond_bienveillance": _("Retard maximal dû aux promesses et aux pauses"),
            "fraicheur_reglements": _("Règlements tenus pour à jour pendant"),
        }
        widgets = {
            "heure_avis": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "heure_envoi": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def clean_jours_envoi(self) -> list[int]:
        """On a day that the company never works nothing leaves: with those alone nothing ever would."""
        jours: list[int] = self.cleaned_data["jours_envoi"]
        if not self.instance.entreprise.calendrier().jours_ouvres & set(jours):
            raise ValidationError(gettext("Choisissez au moins un jour ouvré : rien ne partirait jamais."))
        return jours

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        avis, envoi = valeurs.get("heure_avis"), valeurs.get("heure_envoi")
        if avis and avis < self.instance.heure_planification:
            preparation = f"{self.instance.heure_planification:%H:%M}"
            self.add_error("heure_avis", gettext("Les relances se préparent à %(heure)s.") % {"heure": preparation})
        if envoi and envoi > DERNIERE_HEURE:
            self.add_error("heure_envoi", gettext("Envoyez avant 22 h : il faut le temps de retenir."))
        if avis and envoi and avis >= envoi:
            self.add_error("heure_avis", gettext("L’avis part avant l’envoi, pour laisser le temps de retenir."))
        return valeurs
