"""The proof: dated lines about a client, only ever added, each one chained to the one before (R15).

The line holds who, when and what kind, and the hash of its content; the content and its salt live in a sibling row,
which an erasure may empty without breaking the chain. The database itself refuses UPDATE and DELETE on the line.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from entreprises.modeles import LigneEntrepriseQuerySet

SYSTEME = "systeme"


class Genre(models.TextChoices):
    """What happened. The words shown are here; the facts are in the content."""

    CLIENT_CREE = "client_cree", _("Client créé")
    CLIENT_MODIFIE = "client_modifie", _("Fiche client modifiée")
    FACTURE_CREEE = "facture_creee", _("Facture enregistrée")
    FACTURE_ANNULEE = "facture_annulee", _("Facture annulée")
    AVOIR = "avoir", _("Avoir")
    ACOMPTE = "acompte", _("Acompte")
    REGLEMENT = "reglement", _("Règlement reçu")
    REGLEMENT_REJETE = "reglement_rejete", _("Règlement rejeté")
    REGLEMENTS_A_JOUR = "reglements_a_jour", _("Règlements déclarés à jour")
    LITIGE_OUVERT = "litige_ouvert", _("Litige ouvert")
    LITIGE_CLOS = "litige_clos", _("Litige clos")
    PROMESSE = "promesse", _("Promesse de règlement")
    PROMESSE_ROMPUE = "promesse_rompue", _("Promesse non tenue")
    PAUSE = "pause", _("Relances en pause")
    PAUSE_LEVEE = "pause_levee", _("Pause levée")
    APPEL = "appel", _("Appel")
    RELANCE_PREPAREE = "relance_preparee", _("Relance préparée")
    RELANCE_APPROUVEE = "relance_approuvee", _("Relance approuvée")
    RELANCE_RETENUE = "relance_retenue", _("Relance retenue")
    RELANCE_ANNULEE = "relance_annulee", _("Relance annulée")
    RELANCE_ENVOYEE = "relance_envoyee", _("Relance envoyée")
    RELANCE_ECHEC = "relance_echec", _("Envoi refusé")
    RELANCE_DOUTEUSE = "relance_douteuse", _("Envoi à vérifier")
    LETTRE_POSTEE = "lettre_postee", _("Lettre postée")
    LETTRE_SUIVIE = "lettre_suivie", _("Suivi postal")
    ECHELLE = "echelle", _("Échelle modifiée")
    NOTE = "note", _("Note")
    TACHE = "tache", _("Tâche")
    TACHE_FAITE = "tache_faite", _("Tâche faite")
    FUSION = "fusion", _("Clients réunis")
    FUSION_DEFAITE = "fusion_defaite", _("Réunion défaite")
    REGLEMENT_ANNULE = "reglement_annule", _("Saisie annulée")
    FACTURE_TRANSMISE = "facture_transmise", _("Facture transmise")
    FACTURE_MODIFIEE = "facture_modifiee", _("Facture modifiée")


class Evenement(models.Model):
    """One line. `empreinte` = SHA-256 of (previous, rank, author, instant, kind, salted hash of the content)."""

    entreprise = models.ForeignKey("entreprises.Entreprise", on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="evenements")
    rang = models.PositiveIntegerField()
    genre = models.CharField(max_length=20, choices=Genre)
    instant = models.DateTimeField()
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    auteur_nom = models.CharField(max_length=150, default=SYSTEME)
    precedente = models.CharField(max_length=64)
    empreinte_contenu = models.CharField(max_length=64)
    empreinte = models.CharField(max_length=64)

    objects = LigneEntrepriseQuerySet.as_manager()

    class Meta:
        ordering = ["client", "-rang"]
        constraints = [models.UniqueConstraint(fields=["client", "rang"], name="evenement_rang_unique")]

    def __str__(self) -> str:
        return f"{self.client_id}/{self.rang} {self.genre}"


class ContenuEvenement(models.Model):
    """The facts of a line, and the salt of their hash. May be emptied by an erasure."""

    evenement = models.OneToOneField(Evenement, on_delete=models.PROTECT, primary_key=True, related_name="contenu")
    sel = models.CharField(max_length=32)
    faits = models.JSONField()

    def __str__(self) -> str:
        return f"{self.evenement_id}"
