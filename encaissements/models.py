"""What came in: payments, and how each cent is allocated (R10)."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from entreprises.champs import MontantField, mots_cherches
from entreprises.modeles import LigneEntreprise, LigneEntrepriseQuerySet
from factures.models import Acompte, Avoir, Echeance, Facture
from noyau.montants import ZERO


class ReglementQuerySet(LigneEntrepriseQuerySet):
    def valides(self) -> Self:
        """Those that did come in: all but what was entered by mistake and undone. A rejected payment came, and went."""
        return self.filter(annule_le=None)

    def encaisses(self) -> Self:
        """Those whose money is still there: neither undone nor rejected."""
        return self.valides().filter(rejete_le=None)

    def a_imputer(self) -> Self:
        """Those of which a part is still a credit of the client."""
        return self.encaisses().filter(disponible__gt=0)

    def du_lot(self, cle: str) -> Self:
        """Those recorded together from one page, by the key of that page."""
        return self.filter(cle_idempotence__startswith=prefixe_du_lot(cle))

    def cherchant(self, texte: str) -> Self:
        """Those whose client or reference match every word of `texte`."""
        requete = self
        for mot in mots_cherches(texte):
            requete = requete.filter(Q(client__recherche__contains=mot) | Q(reference__icontains=mot))
        return requete


def prefixe_du_lot(cle: str) -> str:
    """How the idempotency keys of payments recorded together begin."""
    return f"lot:{cle}:"


class Reglement(LigneEntreprise):
    """A payment received. What is not allocated stays a credit of the client, in the same currency."""

    class Moyen(models.TextChoices):
        VIREMENT = "virement", _("Virement")
        CHEQUE = "cheque", _("Chèque")
        CARTE = "carte", _("Carte")
        PRELEVEMENT = "prelevement", _("Prélèvement")
        ESPECES = "especes", _("Espèces")
        INTERAC = "interac", _("Interac")
        AUTRE = "autre", _("Autre")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="reglements")
    date_reglement = models.DateField(_("reçu le"))
    devise = models.CharField(max_length=3)
    montant = MontantField(_("montant"))
    disponible = MontantField(_("non imputé"), default=ZERO)
    moyen = models.CharField(_("moyen"), max_length=12, choices=Moyen, default=Moyen.VIREMENT)
    reference = models.CharField(_("référence"), max_length=140, blank=True)
    rejete_le = models.DateField(_("rejeté le"), null=True, blank=True)
    rejet_motif = models.CharField(max_length=200, blank=True)
    annule_le = models.DateTimeField(null=True, blank=True)  # entered by mistake, and undone
    cle_idempotence = models.CharField(max_length=80, blank=True)

    objects = ReglementQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(montant__gt=0), name="reglement_montant_positif"),
            models.CheckConstraint(
                condition=Q(disponible__gte=0) & Q(disponible__lte=F("montant")), name="reglement_disponible_borne"
            ),
            models.UniqueConstraint(
                fields=["entreprise", "cle_idempotence"],
                condition=~Q(cle_idempotence=""),
                name="reglement_cle_idempotence_unique",
            ),
        ]
        indexes = [models.Index(fields=["client", "date_reglement"], name="reglement_par_client")]

    def __str__(self) -> str:
        return f"{self.date_reglement} {self.montant}"


class Imputation(LigneEntreprise):
    """A part of a payment, a deposit, a credit note or a discount, put on an invoice and maybe on one instalment.

    Never changed: a reversal is a row of the opposite amount that points to the one it undoes (`annule`).
    """

    class Nature(models.TextChoices):
        REGLEMENT = "reglement", _("Règlement")
        ACOMPTE = "acompte", _("Acompte")
        AVOIR = "avoir", _("Avoir")
        ESCOMPTE = "escompte", _("Escompte")

    class Poste(models.TextChoices):
        PRINCIPAL = "principal", _("Principal")
        PENALITES = "penalites", _("Pénalités")
        INDEMNITE = "indemnite", _("Indemnité")

    facture = models.ForeignKey(Facture, on_delete=models.PROTECT, related_name="imputations")
    echeance = models.ForeignKey(Echeance, on_delete=models.PROTECT, null=True, blank=True, related_name="imputations")
    nature = models.CharField(max_length=10, choices=Nature)
    poste = models.CharField(max_length=10, choices=Poste, default=Poste.PRINCIPAL)
    date_valeur = models.DateField(_("date de valeur"))
    montant = MontantField(_("montant"))
    reglement = models.ForeignKey(
        Reglement, on_delete=models.PROTECT, null=True, blank=True, related_name="imputations"
    )
    avoir = models.ForeignKey(Avoir, on_delete=models.PROTECT, null=True, blank=True, related_name="imputations")
    acompte = models.ForeignKey(Acompte, on_delete=models.PROTECT, null=True, blank=True, related_name="imputations")
    annule = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="annulee_par")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(montant=0), name="imputation_non_nulle"),
            models.CheckConstraint(
                condition=Q(montant__gt=0, annule=None) | Q(montant__lt=0, annule__isnull=False),
                name="imputation_negative_seulement_pour_annuler",
            ),
            models.CheckConstraint(
                condition=Q(nature="reglement", reglement__isnull=False, avoir=None)
                | Q(nature="avoir", avoir__isnull=False, reglement=None)
                | Q(nature="acompte", avoir=None)
                | Q(nature="escompte", avoir=None),
                name="imputation_origine_selon_nature",
            ),
        ]
        indexes = [models.Index(fields=["facture", "date_valeur"], name="imputation_par_facture")]

    def __str__(self) -> str:
        return f"{self.facture_id} {self.montant}"
