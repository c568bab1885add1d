"""What is owed: invoices, their instalments, deposits, cash discount and credit notes.

Balances are stored columns, written by `encaissements` in the transaction that changes them (R10).
"""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from entreprises.champs import MontantField, mots_cherches, sans_accents
from entreprises.modeles import LigneEntreprise, LigneEntrepriseQuerySet
from entreprises.models import Document
from journal.models import Evenement
from noyau.montants import ZERO


class ConditionsPaiement(LigneEntreprise):
    """Named payment terms. `regle` is the dict of `noyau.conditions.vers_dict`."""

    nom = models.CharField(_("nom"), max_length=100)
    regle = models.JSONField()
    est_defaut = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entreprise", "nom"], name="conditions_nom_unique"),
            models.UniqueConstraint(
                fields=["entreprise"], condition=Q(est_defaut=True), name="conditions_un_seul_defaut"
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class FactureQuerySet(LigneEntrepriseQuerySet):
    def ouvertes(self) -> Self:
        """Not cancelled, with something left to pay."""
        return self.filter(annulee_le=None, solde__gt=0)

    def cherchant(self, texte: str) -> Self:
        """Those whose number, order reference or client match every word of `texte`."""
        requete = self
        for mot in mots_cherches(texte):
            requete = requete.filter(Q(recherche__contains=mot) | Q(client__recherche__contains=mot))
        return requete


class Facture(LigneEntreprise):
    """An invoice. Cancelled rather than deleted; its balance and its instalments' are kept by `encaissements`."""

    class ModeReglement(models.TextChoices):
        VIREMENT = "virement", _("Virement")
        CHEQUE = "cheque", _("Chèque")
        CARTE = "carte", _("Carte")
        PRELEVEMENT = "prelevement", _("Prélèvement")
        EFFET = "effet", _("Effet de commerce")
        AUTRE = "autre", _("Autre")

    class CanalTransmission(models.TextChoices):
        INCONNU = "", _("non précisé")
        COURRIEL = "courriel", _("Courriel")
        COURRIER = "courrier", _("Courrier")
        PLATEFORME = "plateforme", _("Plateforme")
        MAIN_PROPRE = "main_propre", _("Remise en main propre")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="factures")
    numero = models.CharField(_("numéro"), max_length=60)
    reference_commande = models.CharField(_("référence de commande"), max_length=60, blank=True)
    objet = models.CharField(_("objet"), max_length=200, blank=True)
    date_emission = models.DateField(_("date d’émission"))
    conditions = models.ForeignKey(ConditionsPaiement, on_delete=models.PROTECT, null=True, blank=True)
    devise = models.CharField(_("devise"), max_length=3)
    total = MontantField(_("total TTC"))
    solde = MontantField(_("solde"), default=ZERO)
    soldee_le = models.DateField(null=True, blank=True)
    mode_reglement = models.CharField(max_length=12, choices=ModeReglement, default=ModeReglement.VIREMENT)
    transmise_le = models.DateField(_("transmise le"), null=True, blank=True)
    transmise_par = models.CharField(_("transmise par"), max_length=12, choices=CanalTransmission, blank=True)
    transmise_a = models.CharField(_("transmise à"), max_length=200, blank=True)
    connue_le = models.DateField(_("connue le"), help_text=_("jour où la facture est entrée dans nos livres"))
    escompte_taux = models.DecimalField(_("taux d’escompte"), max_digits=5, decimal_places=2, null=True, blank=True)
    escompte_jours = models.PositiveSmallIntegerField(_("jours d’escompte"), null=True, blank=True)
    pdf = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    annulee_le = models.DateField(_("annulée le"), null=True, blank=True)
    annulee_motif = models.CharField(max_length=200, blank=True)
    recherche = models.CharField(max_length=200, editable=False, default="")
    evenements: "models.ManyToManyField[Evenement, EvenementFacture]" = models.ManyToManyField(
        Evenement, through="EvenementFacture", related_name="factures"
    )

    objects = FactureQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entreprise", "numero"], name="facture_numero_unique"),
            models.CheckConstraint(condition=Q(solde__gte=0), name="facture_solde_non_negatif"),
            models.CheckConstraint(condition=Q(solde__lte=F("total")), name="facture_solde_au_plus_total"),
        ]
        indexes = [
            models.Index(fields=["entreprise", "client", "date_emission"], name="facture_par_client"),
            models.Index(fields=["entreprise", "date_emission"], name="facture_par_date"),
        ]

    def __str__(self) -> str:
        return self.numero

    def preparer_recherche(self) -> None:
        self.recherche = sans_accents(f"{self.numero} {self.reference_commande}")[:200]

    def save(self, *args: object, **kwargs: object) -> None:
        self.preparer_recherche()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def est_prelevee(self) -> bool:
        """Collected by us: nothing to ask for until the debit is rejected."""
        return self.mode_reglement in {self.ModeReglement.PRELEVEMENT, self.ModeReglement.EFFET}


class LigneTaxe(LigneEntreprise):
    """One rate of the invoice's VAT split. `taux` in percent."""

    facture = models.ForeignKey(Facture, on_delete=models.PROTECT, related_name="taxes")
    libelle = models.CharField(max_length=20, default="TVA")
    taux = models.DecimalField(max_digits=6, decimal_places=3)
    base = MontantField()
    montant = MontantField()

    def __str__(self) -> str:
        return f"{self.libelle} {self.taux} %"


class EcheanceQuerySet(LigneEntrepriseQuerySet):
    def ouvertes(self) -> Self:
        return self.filter(solde__gt=0, facture__annulee_le=None)

    def echues(self, au: date) -> Self:
        """Open, and past their due date on `au`."""
        return self.ouvertes().filter(date_echeance__lt=au)

    def a_examiner(self, au: date) -> Self:
        """Those that the night of `au` must look at."""
        return self.filter(a_examiner_le__lte=au)


class Echeance(LigneEntreprise):
    """One due date and amount of an invoice: what the ladder climbs for.

    `client` and `devise` repeat the invoice's so that the night finds its candidates in one index.
    `cycle`: how many times its ladder was begun; `recommencee_le`: when it was restarted last.
    `a_examiner_le`: when the night must next look; null when there is nothing left to look at.
    """

    facture = models.ForeignKey(Facture, on_delete=models.PROTECT, related_name="echeances")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="echeances")
    devise = models.CharField(max_length=3)
    rang = models.PositiveSmallIntegerField(default=1)
    date_echeance = models.DateField(_("échéance"))
    montant = MontantField(_("montant"))
    solde = MontantField(_("solde"))
    cycle = models.PositiveSmallIntegerField(default=1)
    recommencee_le = models.DateField(null=True, blank=True)
    a_examiner_le = models.DateField(null=True, blank=True)

    objects = EcheanceQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["facture", "rang"]
        constraints = [
            models.UniqueConstraint(fields=["facture", "rang"], name="echeance_rang_unique"),
            models.CheckConstraint(condition=Q(solde__gte=0), name="echeance_solde_non_negatif"),
            models.CheckConstraint(
                condition=Q(cycle=1, recommencee_le=None) | Q(cycle__gt=1, recommencee_le__isnull=False),
                name="echeance_recommencee_le_dit",
            ),
        ]
        indexes = [
            models.Index(
                fields=["entreprise", "a_examiner_le", "client"],
                condition=Q(a_examiner_le__isnull=False),
                name="echeance_a_examiner",
            ),
            models.Index(fields=["client", "devise"], condition=Q(solde__gt=0), name="echeance_ouverte_par_client"),
            models.Index(
                fields=["entreprise", "date_echeance"], condition=Q(solde__gt=0), name="echeance_ouverte_par_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facture_id}/{self.rang}"


class Acompte(LigneEntreprise):
    """A deposit asked for on an invoice; what was received of it is an Imputation."""

    facture = models.ForeignKey(Facture, on_delete=models.PROTECT, related_name="acomptes")
    montant = MontantField(_("montant"))
    attendu_le = models.DateField(_("attendu le"), null=True, blank=True)
    facture_acompte = models.CharField(_("facture d’acompte"), max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.montant}"


class Avoir(LigneEntreprise):
    """A credit note of a client, for an invoice or not. It reduces the principal (it is not a payment)."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="avoirs")
    facture = models.ForeignKey(Facture, on_delete=models.PROTECT, null=True, blank=True, related_name="avoirs")
    numero = models.CharField(_("numéro"), max_length=60)
    date_emission = models.DateField(_("date"))
    devise = models.CharField(max_length=3)
    montant = MontantField(_("montant"))
    motif = models.CharField(_("motif"), max_length=200, blank=True)
    annule_le = models.DateTimeField(null=True, blank=True)  # entered by mistake, and undone: its number is free again

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entreprise", "numero"], condition=Q(annule_le=None), name="avoir_numero_unique"
            ),
            models.CheckConstraint(condition=Q(montant__gt=0), name="avoir_montant_positif"),
        ]

    def __str__(self) -> str:
        return self.numero


class EvenementFacture(models.Model):
    """Which invoices a journal line speaks of."""

    evenement = models.ForeignKey(Evenement, on_delete=models.PROTECT)
    facture = models.ForeignKey(Facture, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facture", "evenement"], name="evenement_facture_unique")]

    def __str__(self) -> str:
        return f"{self.facture_id} {self.evenement_id}"
