"""The nights that decide the acts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from entreprises.modeles import LigneEntreprise


class Nuit(LigneEntreprise):
    """A night of a company: what was decided for its date. A row, so that any worker resumes it."""

    class Statut(models.TextChoices):
        EN_COURS = "en_cours", _("En cours")
        TERMINEE = "terminee", _("Terminée")

    date_nuit = models.DateField()
    statut = models.CharField(max_length=10, choices=Statut, default=Statut.EN_COURS)
    examinees = models.PositiveIntegerField(default=0)
    actes = models.PositiveIntegerField(default=0)
    curseur = models.BigIntegerField(default=0)  # last client done
    ecartes = models.JSONField(default=list)  # clients set aside, each with its reason
    battement = models.DateTimeField(null=True, blank=True)
    avis_envoye_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entreprise", "date_nuit"], name="nuit_unique_par_date")]

    def __str__(self) -> str:
        return f"{self.date_nuit}"
