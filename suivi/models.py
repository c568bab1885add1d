"""What was said: disputes, promises, pauses and calls, in their simplest true form."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from entreprises.champs import MontantField
from entreprises.modeles import LigneEntreprise, LigneEntrepriseQuerySet
from factures.models import Facture


class LitigeQuerySet(LigneEntrepriseQuerySet):
    def ouverts(self, au: date) -> Self:
        """Those that run on `au`: from opening to closing, both days included."""
        return self.filter(ouvert_le__lte=au).filter(Q(clos_le=None) | Q(clos_le__gte=au))


class Litige(LigneEntreprise):
    """A dispute about an invoice: it postpones every rung, it skips none."""

    facture = models.ForeignKey(Facture, on_delete=models.PROTECT, related_name="litiges")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="litiges")
    ouvert_le = models.DateField(_("ouvert le"))
    clos_le = models.DateField(_("clos le"), null=True, blank=True)
    motif = models.CharField(_("motif"), max_length=300, blank=True)
    reponse_avant = models.DateField(_("réponse promise avant le"), null=True, blank=True)

    objects = LitigeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facture"], condition=Q(clos_le=None), name="litige_un_seul_ouvert"),
            models.CheckConstraint(
                condition=Q(clos_le=None) | Q(clos_le__gte=models.F("ouvert_le")), name="litige_clos_apres_ouverture"
            ),
        ]
        indexes = [models.Index(fields=["client", "ouvert_le"], name="litige_par_client")]

    def __str__(self) -> str:
        return f"{self.facture_id} {self.ouvert_le}"


class Promesse(LigneEntreprise):
    """A day and an amount that the client gave. For one invoice, or for all that is overdue in the currency."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="promesses")
    facture = models.ForeignKey(Facture, on_delete=models.PROTECT, null=True, blank=True, related_name="promesses")
    devise = models.CharField(max_length=3)
    montant = MontantField(_("montant"))
    faite_le = models.DateField(_("faite le"))
    date_promise = models.DateField(_("promis pour le"))
    par = models.CharField(_("par"), max_length=120, blank=True)
    tenue_le = models.DateField(null=True, blank=True)
    annulee_le = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(montant__gt=0), name="promesse_montant_positif"),
            models.CheckConstraint(
                condition=Q(date_promise__gte=models.F("faite_le")), name="promesse_pas_avant_sa_date"
            ),
        ]
        indexes = [models.Index(fields=["client", "date_promise"], name="promesse_par_client")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.date_promise} {self.montant}"


class PauseQuerySet(LigneEntrepriseQuerySet):
    def en_cours(self, au: date) -> Self:
        return self.filter(du__lte=au, levee_le=None).filter(Q(au=None) | Q(au__gte=au))


class Pause(LigneEntreprise):
    """Nothing leaves from `du` to `au`, both included: for an invoice, a client, or (neither set) the whole company.

    Lifted on `levee_le`: it then no longer holds on that day and after.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="pauses")
    facture = models.ForeignKey(Facture, on_delete=models.PROTECT, null=True, blank=True, related_name="pauses")
    du = models.DateField(_("du"))
    au = models.DateField(_("au"), null=True, blank=True)
    motif = models.CharField(_("motif"), max_length=200, blank=True)
    levee_le = models.DateField(null=True, blank=True)

    objects = PauseQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(au=None) | Q(au__gte=models.F("du")), name="pause_finit_apres_son_debut"
            ),
            models.CheckConstraint(
                condition=Q(facture=None) | Q(client__isnull=False), name="pause_de_facture_nomme_son_client"
            ),
        ]
        indexes = [models.Index(fields=["entreprise", "client", "du"], name="pause_par_client")]

    def __str__(self) -> str:
        return f"{self.du} – {self.au or '…'}"


class Appel(LigneEntreprise):
    """A call made, and what came of it."""

    class Resultat(models.TextChoices):
        PROMESSE = "promesse", _("Promesse de règlement")
        ANNONCE = "annonce", _("Règlement annoncé parti")
        NON_RECUE = "non_recue", _("Facture non reçue")
        VALIDATION = "validation", _("En attente de validation")
        LITIGE = "litige", _("Litige")
        DIFFICULTE = "difficulte", _("Difficulté de trésorerie")
        A_RAPPELER = "a_rappeler", _("À rappeler")
        REFUS = "refus", _("Refus")
        REPONDEUR = "repondeur", _("Répondeur")
        INJOIGNABLE = "injoignable", _("Injoignable")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="appels")
    passe_le = models.DateTimeField(_("passé le"))
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    interlocuteur = models.CharField(_("interlocuteur"), max_length=120, blank=True)
    resultat = models.CharField(_("résultat"), max_length=12, choices=Resultat)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        indexes = [models.Index(fields=["client", "passe_le"], name="appel_par_client")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.resultat}"

    @property
    def a_joint(self) -> bool:
        """Someone answered: the interval between contacts starts again (R2)."""
        return self.resultat not in {self.Resultat.REPONDEUR, self.Resultat.INJOIGNABLE}


class TacheQuerySet(LigneEntrepriseQuerySet):
    def a_faire(self) -> Self:
        return self.filter(faite_le=None, annulee_le=None)

    def a_montrer(self) -> Self:
        """To be done, the nearest first, with what is shown of them."""
        return self.a_faire().select_related("client", "facture", "responsable").order_by("pour_le", "pk")


class Tache(LigneEntreprise):
    """Something a person must do about a client, by a date: our own promises to them are tasks too."""

    class Genre(models.TextChoices):
        RAPPELER = "rappeler", _("Rappeler")
        CONTACT = "contact", _("Trouver le bon contact")
        CREANCE = "creance", _("Déclarer la créance")
        REPONDRE = "repondre", _("Répondre")
        VERIFIER = "verifier", _("Vérifier")
        AUTRE = "autre", _("Autre")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="taches")
    facture = models.ForeignKey(Facture, on_delete=models.PROTECT, null=True, blank=True, related_name="taches")
    genre = models.CharField(_("genre"), max_length=10, choices=Genre, default=Genre.AUTRE)
    texte = models.CharField(_("quoi"), max_length=300, blank=True)
    pour_le = models.DateField(_("pour le"))
    responsable = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cree_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    faite_le = models.DateTimeField(null=True, blank=True)
    faite_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    annulee_le = models.DateTimeField(null=True, blank=True)

    objects = TacheQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        indexes = [
            models.Index(
                fields=["entreprise", "pour_le"],
                condition=Q(faite_le=None, annulee_le=None),
                name="tache_a_faire",
            )
        ]

    def __str__(self) -> str:
        return self.texte or self.get_genre_display()
