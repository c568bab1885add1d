"""The company that is owed money, and the ways to pay it."""

from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from entreprises.modeles import LigneEntreprise
from entreprises.models.utilisateurs import Utilisateur
from noyau.calendrier import Calendrier


class Pays(models.TextChoices):
    FRANCE = "FR", _("France")
    BELGIQUE = "BE", _("Belgique")
    LUXEMBOURG = "LU", _("Luxembourg")
    SUISSE = "CH", _("Suisse")
    CANADA = "CA", _("Canada (Québec)")


DEVISES = {"FR": "EUR", "BE": "EUR", "LU": "EUR", "CH": "CHF", "CA": "CAD"}


FUSEAUX = {
    "FR": "Europe/Paris",
    "BE": "Europe/Brussels",
    "LU": "Europe/Luxembourg",
    "CH": "Europe/Zurich",
    "CA": "America/Toronto",
}


def jours_ouvrables() -> list[int]:
    return [0, 1, 2, 3, 4]


class EntrepriseQuerySet(models.QuerySet["Entreprise"]):
    def accessibles(self, utilisateur: Utilisateur) -> Self:
        """The companies this user belongs to."""
        return self.filter(adhesions__utilisateur=utilisateur, adhesions__est_active=True, effacee_le=None)

    def actives(self) -> Self:
        """Those that are not closed."""
        return self.filter(cloturee_le=None)


class Entreprise(models.Model):
    """The creditor: who signs, who is paid, in whose calendar and time zone its days are counted."""

    slug = models.SlugField(_("adresse courte"), max_length=60, unique=True)
    nom = models.CharField(_("nom"), max_length=200)
    forme_juridique = models.CharField(_("forme juridique"), max_length=60, blank=True)
    capital = models.CharField(_("capital social"), max_length=60, blank=True)
    pays = models.CharField(_("pays"), max_length=2, choices=Pays, default=Pays.FRANCE)
    region = models.CharField(_("région du calendrier"), max_length=20, blank=True)
    devise = models.CharField(_("devise"), max_length=3, default="EUR")
    fuseau = models.CharField(_("fuseau horaire"), max_length=50, default="Europe/Paris")
    adresse_ligne1 = models.CharField(_("adresse"), max_length=100, blank=True)
    adresse_ligne2 = models.CharField(_("complément d’adresse"), max_length=100, blank=True)
    code_postal = models.CharField(_("code postal"), max_length=12, blank=True)
    ville = models.CharField(_("ville"), max_length=80, blank=True)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    rcs = models.CharField("RCS", max_length=60, blank=True)
    tva = models.CharField(_("n° de TVA"), max_length=20, blank=True)
    bce = models.CharField(_("n° BCE"), max_length=12, blank=True)
    ide = models.CharField(_("n° IDE"), max_length=15, blank=True)
    neq = models.CharField("NEQ", max_length=10, blank=True)
    tps = models.CharField(_("n° de TPS"), max_length=20, blank=True)
    tvq = models.CharField(_("n° de TVQ"), max_length=20, blank=True)
    telephone = models.CharField(_("téléphone"), max_length=30, blank=True)
    courriel = models.EmailField(_("courriel"), blank=True)
    site = models.CharField(_("site"), max_length=100, blank=True)
    signataire_nom = models.CharField(_("signataire"), max_length=100, blank=True)
    signataire_qualite = models.CharField(_("qualité du signataire"), max_length=60, blank=True)
    mediateur = models.CharField(_("médiateur de la consommation"), max_length=200, blank=True)
    logo = models.ForeignKey("Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    conditions_generales = models.ForeignKey(
        "Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    conditions_generales_du = models.DateField(_("conditions générales du"), null=True, blank=True)
    jours_ouvres = models.JSONField(_("jours travaillés"), default=jours_ouvrables)  # 0 is Monday
    est_demonstration = models.BooleanField(default=False)
    cloturee_le = models.DateTimeField(null=True, blank=True)  # nothing leaves, nothing is entered any more
    effacement_prevu_le = models.DateField(null=True, blank=True)
    effacee_le = models.DateTimeField(null=True, blank=True)
    cree_le = models.DateTimeField(auto_now_add=True)
    modifie_le = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    objects = EntrepriseQuerySet.as_manager()

    def __str__(self) -> str:
        return self.nom

    @property
    def adresse(self) -> list[str]:
        """The lines of the postal address, the empty ones left out."""
        ville = f"{self.code_postal} {self.ville}".strip()
        return [ligne for ligne in (self.adresse_ligne1, self.adresse_ligne2, ville) if ligne]

    def date_locale(self, instant: "datetime") -> "date":
        """The company's date at this instant (R14)."""
        return instant.astimezone(ZoneInfo(self.fuseau)).date()

    def calendrier(self) -> Calendrier:
        """The working days of the company."""
        return Calendrier(self.pays, self.region, frozenset(self.jours_ouvres))


class MoyenPaiement(LigneEntreprise):
    """One way to pay the company, printed on what it sends."""

    class Genre(models.TextChoices):
        VIREMENT = "virement", _("Virement (IBAN)")
        INTERAC = "interac", _("Virement Interac")
        DEPOT = "depot", _("Dépôt direct")
        CHEQUE = "cheque", _("Chèque")
        LIEN = "lien", _("Lien de paiement")

    entreprise = models.ForeignKey(Entreprise, on_delete=models.PROTECT, related_name="moyens_paiement")
    genre = models.CharField(max_length=10, choices=Genre)
    rang = models.PositiveSmallIntegerField(default=1)
    titulaire = models.CharField(_("titulaire"), max_length=70, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    courriel = models.EmailField(_("courriel Interac"), blank=True)
    coordonnees = models.CharField(_("coordonnées"), max_length=200, blank=True)
    url = models.URLField(_("lien de paiement"), blank=True)

    class Meta:
        ordering = ["rang", "pk"]

    def __str__(self) -> str:
        return self.get_genre_display()
