"""The archives made of a company's data."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entreprises.modeles import LigneEntreprise


class Export(LigneEntreprise):
    """An archive of everything, on its way or ready. A row, so that a worker that dies is replaced by the next tick.

    Its file is `settings.DONNEES/exports/<fichier>`, kept for a week.
    """

    class Statut(models.TextChoices):
        EN_ATTENTE = "en_attente", _("En attente")
        EN_COURS = "en_cours", _("En préparation")
        PRET = "pret", _("Prêt")
        ECHEC = "echec", _("Échec")
        EXPIRE = "expire", _("Expiré")

    EN_MARCHE = ("en_attente", "en_cours")

    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    statut = models.CharField(max_length=10, choices=Statut, default=Statut.EN_ATTENTE)
    faits = models.PositiveIntegerField(default=0)  # files written so far
    total = models.PositiveIntegerField(default=0)  # files to write
    jeton = models.CharField(max_length=32, blank=True, editable=False)  # of the worker that holds it
    battement = models.DateTimeField(null=True, blank=True)
    fichier = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    taille = models.BigIntegerField(default=0)
    termine_le = models.DateTimeField(null=True, blank=True)
    expire_le = models.DateTimeField(null=True, blank=True)
    erreur = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entreprise"],
                condition=Q(statut__in=["en_attente", "en_cours"]),
                name="export_un_seul_en_marche",
            )
        ]

    def __str__(self) -> str:
        return self.fichier or f"{self.entreprise_id}"

    @property
    def est_en_marche(self) -> bool:
        return self.statut in self.EN_MARCHE
