"""Ladders: their rungs, the texts of each rung, and which ladder applies to whom."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from entreprises.modeles import LigneEntreprise, LigneEntrepriseQuerySet
from factures.models import Facture


class Canal(models.TextChoices):
    COURRIEL = "courriel", _("Courriel")
    APPEL = "appel", _("Appel")
    COURRIER = "courrier", _("Courrier simple")
    RECOMMANDE = "recommande", _("Lettre recommandée")


class Ancre(models.TextChoices):
    ECHEANCE = "echeance", _("Échéance")
    ESCOMPTE = "escompte", _("Limite de l’escompte")
    FIN_DELAI = "fin_delai", _("Fin du délai de mise en demeure")


class Scenario(LigneEntreprise):
    """A ladder: its rungs in order, and the rhythm of contacts."""

    nom = models.CharField(_("nom"), max_length=100)
    modele = models.CharField(max_length=40, blank=True)  # the default ladder it was copied from
    genre_client = models.CharField(max_length=15, choices=Client.Genre, default=Client.Genre.PROFESSIONNEL)
    intervalle_minimum = models.PositiveSmallIntegerField(_("jours entre deux contacts"), default=5)
    retire_le = models.DateField(null=True, blank=True)
    # Who changed the ladder or its rungs last; when is `modifie_le`. Empty: nobody since it was copied.
    modifie_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entreprise", "nom"], name="scenario_nom_unique")]

    def __str__(self) -> str:
        return self.nom


class EtapeQuerySet(LigneEntrepriseQuerySet):
    def en_vigueur(self) -> Self:
        return self.filter(retiree_le=None)


class Etape(LigneEntreprise):
    """A rung. Retired, never deleted. A formal one always waits for a person (R7).

    `lignee` is what stays when a rung that was acted is replaced by another: the key of the default rung that it was
    copied from, or one made when it was added. An act of a rung counts for the one that took its place.
    """

    class Accessoires(models.TextChoices):
        AUCUN = "aucun", _("Aucun")
        PRINCIPE = "principe", _("Le principe")
        DECOMPTE = "decompte", _("Le décompte")

    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="etapes")
    nom = models.CharField(_("nom"), max_length=80)
    lignee = models.CharField(max_length=40, blank=True)
    rang = models.PositiveSmallIntegerField()
    ancre = models.CharField(max_length=10, choices=Ancre, default=Ancre.ECHEANCE)
    decalage = models.SmallIntegerField(_("jours"))
    en_jours_ouvres = models.BooleanField(default=False)
    canal = models.CharField(max_length=10, choices=Canal)
    accessoires = models.CharField(max_length=10, choices=Accessoires, default=Accessoires.AUCUN)
    delai_jours = models.PositiveSmallIntegerField(_("délai donné, en jours"), default=7)
    est_formelle = models.BooleanField(default=False)
    est_reprise = models.BooleanField(default=False)
    demande_approbation = models.BooleanField(default=False)
    retiree_le = models.DateField(null=True, blank=True)

    objects = EtapeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["scenario", "rang"]
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "rang"], condition=Q(retiree_le=None), name="etape_rang_unique"
            ),
            models.UniqueConstraint(
                fields=["scenario", "lignee"],
                condition=Q(retiree_le=None) & ~Q(lignee=""),
                name="etape_une_par_lignee",
            ),
            models.CheckConstraint(
                condition=Q(est_formelle=False) | Q(demande_approbation=True), name="etape_formelle_demande_approbation"
            ),
            models.CheckConstraint(
                condition=~Q(canal="recommande") | Q(est_formelle=True), name="etape_recommandee_est_formelle"
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class TexteEtape(LigneEntreprise):
    """The words of a rung in a language. An edit adds a version; an act points to the one it used."""

    etape = models.ForeignKey(Etape, on_delete=models.PROTECT, related_name="textes")
    langue = models.CharField(max_length=2, default="fr")
    numero_version = models.PositiveSmallIntegerField(default=1)
    objet = models.CharField(max_length=200)
    corps = models.TextField()
    # Who wrote this version. Empty: it came with the ladder.
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["etape", "langue", "numero_version"], name="texte_version_unique")
        ]

    def __str__(self) -> str:
        return self.objet


class Affectation(LigneEntreprise):
    """Which ladder applies: to an invoice, else to a client, else to a kind of client."""

    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="affectations")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    facture = models.ForeignKey(Facture, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    genre_client = models.CharField(max_length=15, choices=Client.Genre, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(client__isnull=False, facture=None), name="affectation_une_par_client"
            ),
            models.UniqueConstraint(
                fields=["facture"], condition=Q(facture__isnull=False), name="affectation_une_par_facture"
            ),
            models.UniqueConstraint(
                fields=["entreprise", "genre_client"],
                condition=Q(client=None, facture=None),
                name="affectation_une_par_genre",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scenario_id}"
