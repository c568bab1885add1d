"""Acts toward clients: what each one holds, and the documents that are its proof."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Contact
from entreprises.champs import MontantField
from entreprises.modeles import LigneEntreprise, LigneEntrepriseQuerySet
from entreprises.models import Document
from factures.models import Echeance
from noyau.montants import ZERO
from relances.models.echelles import Canal, Etape, TexteEtape
from suivi.models import Appel


class RelanceQuerySet(LigneEntrepriseQuerySet):
    def ouvertes(self) -> Self:
        return self.filter(statut__in=Relance.STATUTS_OUVERTS)

    def parties(self) -> Self:
        """Those that reached, or may have reached, the client."""
        return self.filter(statut__in=["envoyee", "a_verifier"])


class Relance(LigneEntreprise):
    """One act toward one client in one currency (R5). What left is frozen in it (R6).

    States (R8): a_valider -> a_envoyer -> en_cours -> envoyee | echec | a_verifier, or annulee. Only an email is
    claimed (`en_cours`) and swept; for post and calls `a_envoyer` reads "to post", "to call", and a person says what
    happened.
    """

    class Statut(models.TextChoices):
        A_VALIDER = "a_valider", _("À valider")
        A_ENVOYER = "a_envoyer", _("À envoyer")
        EN_COURS = "en_cours", _("En cours d’envoi")
        ENVOYEE = "envoyee", _("Envoyée")
        ECHEC = "echec", _("Échec")
        A_VERIFIER = "a_verifier", _("À vérifier")
        ANNULEE = "annulee", _("Annulée")

    STATUTS_OUVERTS = ("a_valider", "a_envoyer", "en_cours", "a_verifier")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="relances")
    devise = models.CharField(max_length=3)
    etape = models.ForeignKey(Etape, on_delete=models.PROTECT, related_name="+")
    canal = models.CharField(max_length=10, choices=Canal)
    statut = models.CharField(max_length=10, choices=Statut)
    motif_attente = models.CharField(max_length=30, blank=True)  # why it is in a_valider
    date_decision = models.DateField()
    avant_echeance = models.BooleanField(default=False)
    est_formelle = models.BooleanField(default=False)
    reference = models.CharField(max_length=30, blank=True)
    # Approval
    approuvee_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approuvee_le = models.DateTimeField(null=True, blank=True)
    ecart = models.JSONField(null=True, blank=True)  # what changed since the approval, shown (R7)
    # What left, frozen at the claim, or at the approval of a formal demand
    figee_le = models.DateTimeField(null=True, blank=True)
    texte = models.ForeignKey(TexteEtape, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    langue = models.CharField(max_length=2, default="fr")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    destinataire = models.CharField(max_length=254, blank=True)
    adresse_postale = models.JSONField(default=list)
    objet = models.CharField(max_length=300, blank=True)
    corps = models.TextField(blank=True)
    total = MontantField(default=ZERO)
    delai_le = models.DateField(null=True, blank=True)  # the deadline that the message gives
    date_lettre = models.DateField(null=True, blank=True)
    # Email
    message_id = models.CharField(max_length=200, blank=True)
    jeton_envoi = models.CharField(max_length=32, blank=True)  # who holds the claim
    prise_le = models.DateTimeField(null=True, blank=True)
    remise_le = models.DateTimeField(null=True, blank=True)  # point of no return
    envoyee_le = models.DateTimeField(null=True, blank=True)
    tentatives = models.PositiveSmallIntegerField(default=0)
    prochaine_tentative_le = models.DateTimeField(null=True, blank=True)
    erreur = models.CharField(max_length=500, blank=True)
    # Post
    imprimee_le = models.DateTimeField(null=True, blank=True)
    postee_le = models.DateField(null=True, blank=True)
    numero_recommande = models.CharField(max_length=30, blank=True)
    presentee_le = models.DateField(null=True, blank=True)
    recue_le = models.DateField(null=True, blank=True)
    non_reclamee_le = models.DateField(null=True, blank=True)
    # Call
    appel = models.OneToOneField(Appel, on_delete=models.PROTECT, null=True, blank=True, related_name="relance")
    closes_non_fait_le = models.DateField(null=True, blank=True)  # a call nobody made, closed after 3 working days
    annulee_motif = models.CharField(max_length=60, blank=True)
    deplacee = models.BooleanField(default=False)  # came with a merged client: that night may have another act
    journal_rang_vu = models.PositiveIntegerField(default=0)  # the client's journal when this act was last checked
    terminee_le = models.DateTimeField(null=True, blank=True)

    objects = RelanceQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "devise"],
                condition=Q(statut__in=["a_valider", "a_envoyer", "en_cours", "a_verifier"]),
                name="relance_une_seule_ouverte",
            ),
            models.UniqueConstraint(
                fields=["client", "devise", "date_decision"],
                condition=~Q(statut="annulee") & Q(deplacee=False),
                name="relance_une_par_nuit",
            ),
            models.CheckConstraint(
                condition=Q(est_formelle=False)
                | Q(approuvee_le__isnull=False)
                | Q(statut__in=["a_valider", "annulee"]),
                name="relance_formelle_jamais_sans_approbation",
            ),
            models.CheckConstraint(
                condition=~Q(statut="en_cours") | Q(canal="courriel"), name="relance_seul_un_courriel_est_pris"
            ),
            models.UniqueConstraint(
                fields=["entreprise", "message_id"], condition=~Q(message_id=""), name="relance_message_id_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["entreprise", "statut", "date_decision"], name="relance_par_statut"),
            models.Index(fields=["client", "-date_decision"], name="relance_par_client"),
        ]

    def __str__(self) -> str:
        return f"{self.etape_id} {self.client_id} {self.date_decision}"

    @property
    def est_ouverte(self) -> bool:
        return self.statut in self.STATUTS_OUVERTS


class LigneRelance(LigneEntreprise):
    """One instalment in an act, with its own rung. `etape` null: listed for information, consuming nothing.

    The figures are those printed (R6). `est_active` goes false when the act is cancelled, or known not to have left
    (R1).
    """

    relance = models.ForeignKey(Relance, on_delete=models.PROTECT, related_name="lignes")
    echeance = models.ForeignKey(Echeance, on_delete=models.PROTECT, related_name="lignes_relance")
    etape = models.ForeignKey(Etape, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cycle = models.PositiveSmallIntegerField()
    est_active = models.BooleanField(default=True)
    numero = models.CharField(max_length=60)
    date_emission = models.DateField()
    date_echeance = models.DateField()
    montant = MontantField()
    solde = MontantField()

    class Meta:
        ordering = ["date_echeance", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["echeance", "cycle", "etape"],
                condition=Q(est_active=True, etape__isnull=False),
                name="ligne_un_echelon_une_fois_par_cycle",
            ),
            models.UniqueConstraint(fields=["relance", "echeance"], name="ligne_echeance_une_fois_par_relance"),
        ]
        indexes = [models.Index(fields=["echeance", "cycle"], condition=Q(est_active=True), name="ligne_par_echeance")]

    def __str__(self) -> str:
        return f"{self.relance_id} {self.numero}"

    def jours_de_retard(self, au: date) -> int:
        return max((au - self.date_echeance).days, 0)


class PieceRelance(LigneEntreprise):
    """A document of an act: the letter, the email as it left, the invoices joined, the proof of deposit."""

    class Role(models.TextChoices):
        LETTRE = "lettre", _("Lettre")
        COURRIEL = "courriel", _("Courriel")
        FACTURE = "facture", _("Facture")
        PREUVE = "preuve", _("Preuve de dépôt")

    relance = models.ForeignKey(Relance, on_delete=models.PROTECT, related_name="pieces")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=Role)
    nom = models.CharField(max_length=150)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["relance", "document", "role"], name="piece_une_fois_par_relance")
        ]

    def __str__(self) -> str:
        return self.nom
