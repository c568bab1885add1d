"""The settings of a company's ladder."""

from datetime import time
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from entreprises.champs import MontantField
from entreprises.modeles import LigneEntreprise
from entreprises.models import Entreprise
from noyau.montants import ZERO


def jours_ouvrables() -> list[int]:
    return [0, 1, 2, 3, 4]


class Reglages(LigneEntreprise):
    """A company's settings of the ladder. Off until the owner says go: without `envoi_automatique` every act waits."""

    entreprise = models.OneToOneField(Entreprise, on_delete=models.PROTECT, related_name="reglages")
    envoi_automatique = models.BooleanField(_("envoi automatique"), default=False)
    approbation_jusqu_au = models.DateField(null=True, blank=True)  # every act is approved by hand until then
    heure_planification = models.TimeField(default=time(4, 0))
    heure_avis = models.TimeField(default=time(7, 30))
    heure_envoi = models.TimeField(default=time(9, 30))
    jours_envoi = models.JSONField(default=jours_ouvrables)  # 0 is Monday
    seuil = MontantField(_("seuil de relance"), default=ZERO)
    seuil_appel = MontantField(_("pas d’appel en dessous de"), default=Decimal("150.00"))
    seuil_recommande = MontantField(_("pas de recommandé en dessous de"), default=Decimal("50.00"))
    plafond_approbation = MontantField(_("au-dessus, toujours le gérant"), null=True, blank=True)
    delai_apres_envoi = models.PositiveSmallIntegerField(default=7)
    grace_promesse = models.PositiveSmallIntegerField(default=3)
    plafond_bienveillance = models.PositiveSmallIntegerField(null=True, blank=True)
    fraicheur_reglements = models.PositiveSmallIntegerField(default=4)  # working days
    reglements_a_jour_au = models.DateField(null=True, blank=True)
    resume_envoye_le = models.DateField(null=True, blank=True)  # the last weekly summary
    fraicheur_outrepassee_le = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "réglages"

    def __str__(self) -> str:
        return f"{self.entreprise_id}"
