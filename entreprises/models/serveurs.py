"""The company's own mail server."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from entreprises.modeles import LigneEntreprise
from entreprises.models.entreprises import Entreprise


class ServeurCourriel(LigneEntreprise):
    """Where the company's messages leave from, in its own name. The secret is stored encrypted only."""

    class Securite(models.TextChoices):
        STARTTLS = "starttls", _("STARTTLS")
        TLS = "tls", _("TLS")
        AUCUNE = "aucune", _("Aucune")

    entreprise = models.OneToOneField(Entreprise, on_delete=models.PROTECT, related_name="serveur_courriel")
    fournisseur = models.CharField(_("fournisseur"), max_length=20, blank=True)  # the ready-made settings it came from
    hote = models.CharField(_("serveur"), max_length=200)
    port = models.PositiveIntegerField(_("port"), default=587)
    securite = models.CharField(_("sécurité"), max_length=8, choices=Securite, default=Securite.STARTTLS)
    identifiant = models.CharField(_("identifiant"), max_length=200, blank=True)
    secret_chiffre = models.TextField(blank=True, editable=False)
    expediteur_nom = models.CharField(_("nom de l’expéditeur"), max_length=100, blank=True)
    expediteur_courriel = models.EmailField(_("adresse de l’expéditeur"))
    repondre_a = models.EmailField(_("répondre à"), blank=True)
    plafond_jour = models.PositiveIntegerField(_("messages par jour, au plus"), null=True, blank=True)
    verifie_le = models.DateTimeField(null=True, blank=True)  # last message of trial that was accepted
    derniere_erreur = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.hote
