"""The form of a company's own mail server. The password is written, never shown: empty, the one kept stays."""

import ipaddress
import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entreprises.forms import FormulaireVersionne
from entreprises.fournisseurs import FOURNISSEURS, PAR_CODE
from entreprises.models import ServeurCourriel
from entreprises.secrets import chiffrer
from relances.blocs import nettoyer

PORTS = (25, 465, 587, 2525)
NOM_DE_SERVEUR = re.compile(r"(?=.{4,200}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
SUFFIXES_LOCAUX = (".local", ".localhost", ".localdomain", ".internal", ".intranet", ".lan", ".home", ".home.arpa")
REPRIS = ("hote", "port", "securite")  # what a provider's ready-made settings fill in
ENVOI = ("hote", "port", "securite", "identifiant", "expediteur_courriel")  # a change of these wants another trial


def choix_fournisseurs() -> list[Any]:
    """Mailboxes first, then the services that send for programs."""
    boites = [(f.code, f.nom) for f in FOURNISSEURS if not f.est_routeur]
    routeurs = [(f.code, f.nom) for f in FOURNISSEURS if f.est_routeur]
    return [("", _("Autre, je saisis les réglages")), (_("Messageries"), boites), (_("Services d’envoi"), routeurs)]


class FormulaireCourriel(FormulaireVersionne):
    """Where the company's messages leave from. `action=reprendre` fills in the provider's settings and writes
    nothing."""

    fournisseur = forms.ChoiceField(label=_("Fournisseur"), choices=choix_fournisseurs, required=False)
    secret = forms.CharField(
        label=_("Mot de passe"),
        max_length=500,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    effacer_secret = forms.BooleanField(label=_("Effacer le mot de passe enregistré"), required=False)

    class Meta:
        model = ServeurCourriel
        fields = [
            "fournisseur", "hote", "port", "securite", "identifiant",
            "expediteur_nom", "expediteur_courriel", "repondre_a", "plafond_jour",
        ]  # fmt: skip
        help_texts = {
            "expediteur_courriel": _("Celle que vos clients voient. Elle doit appartenir à ce compte."),
            "repondre_a": _("Vide : le courriel de l’entreprise."),
            "plafond_jour": _("Vide : sans limite. Au-delà, la suite attend le prochain jour d’envoi."),
        }
        widgets = {
            "hote": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
            "port": forms.NumberInput(attrs={"min": 1, "max": 65535}),
            "identifiant": forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
            "plafond_jour": forms.NumberInput(attrs={"min": 1}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["securite"].label = _("Sécurité de la connexion")
        if self.instance.secret_chiffre:
            self.fields["secret"].help_text = _("Enregistré. Laissez vide pour le garder.")
        else:
            del self.fields["effacer_secret"]

    @classmethod
    def repris(cls, donnees: Any, instance: ServeurCourriel) -> "FormulaireCourriel":
        """What was typed, with the settings of the provider that was chosen; nothing is checked yet."""
        saisies = {nom: donnees[nom] for nom in donnees if nom not in {"secret", "csrfmiddlewaretoken"}}
        fournisseur = PAR_CODE.get(donnees.get("fournisseur", ""))
        if fournisseur is not None:
            saisies |= {nom: getattr(fournisseur, nom) for nom in REPRIS}
            saisies["identifiant"] = fournisseur.identifiant or saisies.get("identifiant", "")
        form = cls(instance=instance, initial=saisies)
        form.fields["version"].initial = saisies.get("version") or instance.version
        return form

    def clean_hote(self) -> str:
        hote = self.cleaned_data["hote"].strip().rstrip(".").lower()
        if settings.SMTP_LOCAL_AUTORISE:
            return hote
        if _est_une_adresse_ip(hote):
            raise ValidationError(gettext("Donnez le nom du serveur, comme smtp.exemple.fr, pas son adresse IP."))
        if hote == "localhost" or hote.endswith(SUFFIXES_LOCAUX):
            raise ValidationError(gettext("Ce nom est celui d’un réseau privé : donnez le nom public du serveur."))
        if not NOM_DE_SERVEUR.fullmatch(hote):
            raise ValidationError(gettext("Ce n’est pas le nom d’un serveur. Exemple : smtp.exemple.fr"))
        return hote

    def clean_port(self) -> int:
        port: int = self.cleaned_data["port"]
        permis = 1 <= port <= 65535 if settings.SMTP_LOCAL_AUTORISE else port in PORTS
        if not permis:
            raise ValidationError(gettext("Les ports d’envoi sont 587, 465, 2525 et 25."))
        return port

    def clean_expediteur_nom(self) -> str:
        return nettoyer(self.cleaned_data["expediteur_nom"])

    def clean_plafond_jour(self) -> int | None:
        plafond: int | None = self.cleaned_data["plafond_jour"]
        if plafond == 0:
            raise ValidationError(gettext("Avec zéro, rien ne partirait jamais. Videz le champ, ou mettez au moins 1."))
        return plafond

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        identifiant, secret = valeurs.get("identifiant", ""), valeurs.get("secret", "")
        aura_un_secret = bool(secret) or (bool(self.instance.secret_chiffre) and not valeurs.get("effacer_secret"))
        if identifiant and not aura_un_secret and "secret" not in self.errors:
            self.add_error("secret", gettext("Un identifiant va avec un mot de passe."))
        if secret and not identifiant:
            self.add_error("identifiant", gettext("Un mot de passe va avec un identifiant."))
        est_en_clair = valeurs.get("securite") == ServeurCourriel.Securite.AUCUNE
        if est_en_clair and identifiant and not settings.SMTP_LOCAL_AUTORISE:
            self.add_error("securite", gettext("Sans sécurité, votre mot de passe voyagerait en clair."))
        if self._quitte_son_serveur(valeurs) and not secret and aura_un_secret:
            # The password kept must not be handed to another server than the one that it was typed for.
            self.add_error("secret", gettext("Le serveur a changé : saisissez de nouveau le mot de passe."))
        return valeurs

    def _quitte_son_serveur(self, valeurs: dict[str, Any]) -> bool:
        return bool(self.instance.pk) and valeurs.get("hote", "") != self.initial.get("hote", "")

    def a_ecrire(self) -> dict[str, Any]:
        """With the password encrypted; what failed before says nothing of the new settings."""
        valeurs = {**super().a_ecrire(), "derniere_erreur": ""}
        secret = self.cleaned_data["secret"]
        if secret:
            valeurs["secret_chiffre"] = chiffrer(secret)
        elif self.cleaned_data.get("effacer_secret"):
            valeurs["secret_chiffre"] = ""
        if "secret_chiffre" in valeurs or any(nom in self.changed_data for nom in ENVOI):
            valeurs["verifie_le"] = None
        return valeurs


def _est_une_adresse_ip(hote: str) -> bool:
    try:
        ipaddress.ip_address(hote.strip("[]"))
    except ValueError:
        # « 0x7f.1 » and « 2130706433 » are read as addresses by the system's resolver.
        return bool(re.fullmatch(r"(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+))*", hote))
    return True
