"""Who owes: the client's identity, its contacts, and what we decided about it."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from entreprises.champs import mots_cherches, sans_accents
from entreprises.modeles import LigneEntreprise, LigneEntrepriseQuerySet


class ClientQuerySet(LigneEntrepriseQuerySet):
    def actifs(self) -> Self:
        return self.filter(archive_le=None)

    def archives(self) -> Self:
        """Out of the lists; those merged into another are shown by the one that was kept."""
        return self.filter(archive_le__isnull=False, fusionne_dans=None)

    def cherchant(self, texte: str) -> Self:
        """Those whose name, code, legal number or other name contain every word of `texte`, accents and case aside."""
        requete = self
        for mot in mots_cherches(texte):
            alias = AliasClient.objects.filter(nom_normalise__contains=mot)
            requete = requete.filter(models.Q(recherche__contains=mot) | models.Q(pk__in=alias.values("client")))
        return requete


class Client(LigneEntreprise):
    """A debtor. Its key is its code when it has one, else its legal number, else its normalised name (R16)."""

    class Genre(models.TextChoices):
        PROFESSIONNEL = "professionnel", _("Professionnel")
        PARTICULIER = "particulier", _("Particulier")
        PUBLIC = "public", _("Secteur public")

    code = models.CharField(_("code client"), max_length=60, blank=True)
    nom = models.CharField(_("nom"), max_length=200)
    genre = models.CharField(_("genre"), max_length=15, choices=Genre, default=Genre.PROFESSIONNEL)
    forme_juridique = models.CharField(_("forme juridique"), max_length=60, blank=True)
    langue = models.CharField(_("langue"), max_length=2, default="fr")
    siren = models.CharField("SIREN", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    tva = models.CharField(_("n° de TVA"), max_length=20, blank=True)
    bce = models.CharField(_("n° BCE"), max_length=12, blank=True)
    ide = models.CharField(_("n° IDE"), max_length=15, blank=True)
    neq = models.CharField("NEQ", max_length=10, blank=True)
    siege_ligne1 = models.CharField(_("siège : adresse"), max_length=100, blank=True)
    siege_ligne2 = models.CharField(_("siège : complément"), max_length=100, blank=True)
    siege_code_postal = models.CharField(_("siège : code postal"), max_length=12, blank=True)
    siege_ville = models.CharField(_("siège : ville"), max_length=80, blank=True)
    siege_pays = models.CharField(_("siège : pays"), max_length=2, blank=True)
    livraison_adresse = models.TextField(_("adresse de livraison"), blank=True)
    ne_pas_relancer = models.BooleanField(_("ne pas relancer"), default=False)
    ne_pas_relancer_motif = models.CharField(max_length=200, blank=True)
    insolvable_le = models.DateField(_("procédure collective ouverte le"), null=True, blank=True)
    archive_le = models.DateTimeField(null=True, blank=True)
    fusionne_dans = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="fusionnes")
    recherche = models.CharField(max_length=400, editable=False, default="")
    tri = models.CharField(max_length=200, editable=False, default="")
    journal_rang = models.PositiveIntegerField(default=0, editable=False)
    journal_empreinte = models.CharField(max_length=64, default="", editable=False)

    objects = ClientQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entreprise", "code"], condition=~models.Q(code=""), name="client_code_unique"
            )
        ]
        indexes = [models.Index(fields=["entreprise", "tri"], name="client_par_nom")]

    def __str__(self) -> str:
        return self.nom

    @property
    def numero_legal(self) -> str:
        return self.siren or self.bce or self.ide or self.neq

    @property
    def adresse_siege(self) -> list[str]:
        """The lines of the registered office, the empty ones left out."""
        ville = f"{self.siege_code_postal} {self.siege_ville}".strip()
        return [ligne for ligne in (self.siege_ligne1, self.siege_ligne2, ville) if ligne]

    def preparer_recherche(self) -> None:
        """Fill `recherche` and `tri`, in this one place."""
        self.tri = sans_accents(self.nom)[:200]
        self.recherche = sans_accents(" ".join([self.nom, self.code, self.siren, self.siret, self.tva, self.bce]))[:400]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.preparer_recherche()
        champs = kwargs.get("update_fields")
        if champs is not None:
            kwargs["update_fields"] = {*champs, "recherche", "tri"}
        super().save(*args, **kwargs)


class AliasClient(LigneEntreprise):
    """Another name under which files call this client. The first name is kept, the others become aliases (R16)."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="alias")
    nom = models.CharField(max_length=200)
    nom_normalise = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entreprise", "client", "nom_normalise"], name="alias_unique_par_client")
        ]
        indexes = [models.Index(fields=["entreprise", "nom_normalise"], name="alias_par_nom")]

    def __str__(self) -> str:
        return self.nom


class Contact(LigneEntreprise):
    """A person or a department of the client."""

    class Role(models.TextChoices):
        COMPTABILITE = "comptabilite", _("Comptabilité")
        DIRECTION = "direction", _("Direction")
        COMMANDE = "commande", _("Commande")
        AUTRE = "autre", _("Autre")

    class Civilite(models.TextChoices):
        INCONNUE = "", _("non précisée")
        MADAME = "madame", _("Madame")
        MONSIEUR = "monsieur", _("Monsieur")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="contacts")
    nom = models.CharField(_("nom"), max_length=120, blank=True)
    civilite = models.CharField(_("civilité"), max_length=10, choices=Civilite, blank=True)
    role = models.CharField(_("rôle"), max_length=15, choices=Role, default=Role.COMPTABILITE)
    fonction = models.CharField(_("fonction"), max_length=80, blank=True)
    courriel = models.EmailField(_("courriel"), blank=True)
    telephone = models.CharField(_("téléphone"), max_length=30, blank=True)
    recoit_relances = models.BooleanField(_("reçoit les relances"), default=True)
    recoit_avant_echeance = models.BooleanField(_("reçoit les rappels d’avant l’échéance"), default=True)
    recoit_mises_en_demeure = models.BooleanField(_("reçoit les mises en demeure"), default=True)
    recoit_appels = models.BooleanField(_("à appeler"), default=True)
    courriel_refuse_le = models.DateTimeField(null=True, blank=True)
    archive_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.nom or self.courriel or self.telephone


class Fusion(LigneEntreprise):
    """A client merged into another: what was moved, so that it can be moved back. The two journals stay as they are.

    `deplacees` holds, by "room.Model", the ids of the rows that changed client; under `alias_ajoutes` the aliases that
    were added; under `valeurs`, by field, what each client had before and what it was given.
    """

    garde = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    absorbe = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    deplacees = models.JSONField(default=dict)
    defaite_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["absorbe"], condition=models.Q(defaite_le=None), name="fusion_une_seule_en_vigueur"
            ),
            models.CheckConstraint(condition=~models.Q(garde=models.F("absorbe")), name="fusion_de_deux_clients"),
        ]

    def __str__(self) -> str:
        return f"{self.absorbe_id} → {self.garde_id}"
