"""Forms about people: inviting, changing a role, coming in by an invitation, one's own preferences."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entreprises.comptes import nommer
from entreprises.forms import FormulaireVersionne, reporter
from entreprises.forms_comptes import AIDE_MOT_DE_PASSE
from entreprises.membres import changer_role
from entreprises.modeles import Perimee
from entreprises.models import Adhesion, Utilisateur

ROLES = [
    (Adhesion.Role.GERANT, _("Gérant : tout, y compris la fiche de l’entreprise, les réglages et les membres")),
    (Adhesion.Role.COMPTABLE, _("Comptable : le travail de tous les jours, factures, règlements, relances")),
    (Adhesion.Role.LECTURE, _("Lecture seule : regarde tout, ne change rien")),
]
AIDE_DELEGATION = _("Utile à un comptable. Le gérant le peut toujours ; en lecture seule, personne.")
LONGUEUR_NOM = 100


class InvitationForm(forms.Form):
    """Who is asked to join, and as what."""

    courriel = forms.EmailField(
        label=_("Son adresse de courriel"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Le lien de l’invitation y est envoyé. Il vaut 7 jours."),
    )
    role = forms.ChoiceField(
        label=_("Son rôle"), choices=ROLES, widget=forms.RadioSelect, initial=Adhesion.Role.COMPTABLE
    )
    approuve_mises_en_demeure = forms.BooleanField(
        label=_("Peut approuver les mises en demeure"), required=False, help_text=AIDE_DELEGATION
    )


class MembreForm(FormulaireVersionne):
    """What a member may do."""

    role = forms.ChoiceField(label=_("Rôle"), choices=ROLES, widget=forms.RadioSelect)
    approuve_mises_en_demeure = forms.BooleanField(
        label=_("Peut approuver les mises en demeure"), required=False, help_text=AIDE_DELEGATION
    )

    class Meta:
        model = Adhesion
        fields = ["role", "approuve_mises_en_demeure"]

    def enregistrer(self) -> bool:
        """Write the change. False, with the reason in the form, when it can't be."""
        valeurs = self.a_ecrire()
        adhesion = Adhesion.objects.select_related("entreprise", "utilisateur").get(pk=self.instance.pk)
        try:
            changer_role(adhesion, self.cleaned_data.get("version") or 0, instant=timezone.now(), **valeurs)
        except Perimee:
            self._montrer_les_deux(valeurs)
        except ValidationError as erreur:
            reporter(self, erreur)
        return not self.errors


class EntreeForm(forms.Form):
    """The account of someone invited who has none yet."""

    prenom = forms.CharField(
        label=_("Votre prénom"), max_length=LONGUEUR_NOM, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    nom = forms.CharField(
        label=_("Votre nom"), max_length=LONGUEUR_NOM, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    mot_de_passe = forms.CharField(
        label=_("Choisissez un mot de passe"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=AIDE_MOT_DE_PASSE,
    )
    confirmation = forms.CharField(
        label=_("Le même, encore une fois"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, courriel: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.courriel = courriel

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        mot_de_passe, confirmation = valeurs.get("mot_de_passe"), valeurs.get("confirmation")
        if mot_de_passe and confirmation and mot_de_passe != confirmation:
            self.add_error("confirmation", gettext("Les deux mots de passe sont différents."))
        if mot_de_passe:
            futur = Utilisateur(
                email=self.courriel, first_name=valeurs.get("prenom", ""), last_name=valeurs.get("nom", "")
            )
            try:
                validate_password(mot_de_passe, futur)
            except ValidationError as erreur:
                self.add_error("mot_de_passe", erreur)
        return valeurs


class PreferencesForm(FormulaireVersionne):
    """One's own name, and which messages one wants from this company.

    A box left as it was keeps following the role; one that was ticked or cleared is a choice of its own.
    """

    prenom = forms.CharField(label=_("Votre prénom"), max_length=LONGUEUR_NOM, required=False)
    nom = forms.CharField(label=_("Votre nom"), max_length=LONGUEUR_NOM, required=False)
    avis_matin = forms.BooleanField(
        label=_("L’avis du matin"),
        required=False,
        help_text=_("Les jours d’envoi, ce qui part aujourd’hui, avant que cela parte."),
    )
    resume_hebdomadaire = forms.BooleanField(
        label=_("Le résumé de la semaine"),
        required=False,
        help_text=_("Une fois par semaine, ce qui est rentré et ce qui reste en retard."),
    )

    class Meta:
        model = Adhesion
        fields = ["avis_matin", "resume_hebdomadaire"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        utilisateur = self.instance.utilisateur
        self.actuels = {
            "avis_matin": (self.instance.veut_avis_matin, self.instance.avis_matin),
            "resume_hebdomadaire": (self.instance.veut_resume, self.instance.resume_hebdomadaire),
        }
        self.initial.update({nom: voulu for nom, (voulu, _choix) in self.actuels.items()})
        self.initial.update({"prenom": utilisateur.first_name, "nom": utilisateur.last_name})

    def a_ecrire(self) -> dict[str, Any]:
        coches = super().a_ecrire()
        return {nom: self.actuels[nom][1] if coche is self.actuels[nom][0] else coche for nom, coche in coches.items()}

    def enregistrer(self) -> bool:
        if not super().enregistrer():
            return False
        nommer(self.instance.utilisateur, self.cleaned_data["prenom"], self.cleaned_data["nom"])
        return True
