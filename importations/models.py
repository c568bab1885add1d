"""What comes from outside: a file read, shown, confirmed, then taken in whole (R16)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from entreprises.modeles import LigneEntreprise
from entreprises.models import Document


class Importation(LigneEntreprise):
    """A file on its way in. A row, so that a long one goes on after a crash and shows where it is."""

    class Statut(models.TextChoices):
        A_CONFIRMER = "a_confirmer", _("À confirmer")
        EN_ATTENTE = "en_attente", _("En attente")
        EN_COURS = "en_cours", _("En cours")
        TERMINEE = "terminee", _("Terminée")
        ECHEC = "echec", _("Échec")

    class Genre(models.TextChoices):
        FACTURES = "factures", _("Factures et règlements")
        CLIENTS = "clients", _("Clients")
        BALANCE = "balance", _("Balance ouverte")

    genre = models.CharField(max_length=10, choices=Genre, default=Genre.FACTURES)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    nom_fichier = models.CharField(max_length=150)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    statut = models.CharField(max_length=12, choices=Statut, default=Statut.A_CONFIRMER)
    lecture = models.JSONField(default=dict)  # encoding, delimiter, sheet, date order, decimal sign, columns
    lues = models.PositiveIntegerField(default=0)
    traitees = models.PositiveIntegerField(default=0)
    bilan = models.JSONField(default=dict)
    propositions = models.JSONField(default=list)  # what a balance or a list of clients would change, ticked or not
    erreur = models.CharField(max_length=300, blank=True)
    battement = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.nom_fichier


class CorrespondanceColonnes(LigneEntreprise):
    """The column mapping a person confirmed for files with these headers, offered again next time."""

    genre = models.CharField(max_length=10, choices=Importation.Genre, default=Importation.Genre.FACTURES)
    empreinte_entetes = models.CharField(max_length=64)
    lecture = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entreprise", "genre", "empreinte_entetes"], name="correspondance_unique")
        ]

    def __str__(self) -> str:
        return self.empreinte_entetes[:12]
