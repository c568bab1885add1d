"""`creer_entreprise SLUG --nom NOM [--pays FR] [--gerant COURRIEL]`: a company, its ladders and its first user."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from entreprises.creation import creer_entreprise, inviter, lien_mot_de_passe
from entreprises.models import Adhesion
from relances.echelles import installer


class Command(BaseCommand):
    help = "Crée une entreprise, ses échelles de relance et son premier utilisateur."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="adresse courte, celle de ses pages : /e/SLUG/")
        parser.add_argument("--nom", required=True)
        parser.add_argument("--pays", default="FR", help="FR, BE, LU, CH ou CA (FR sans précision)")
        parser.add_argument("--gerant", default="", metavar="COURRIEL")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                entreprise = creer_entreprise(options["slug"], options["nom"], options["pays"].upper())
                installer(entreprise)
                gerant = inviter(entreprise, options["gerant"], Adhesion.Role.GERANT) if options["gerant"] else None
        except ValidationError as erreur:
            raise CommandError(" ".join(erreur.messages), returncode=2) from erreur
        adresse = settings.ADRESSE_PUBLIQUE.rstrip("/") + reverse("entreprises:accueil") + f"e/{entreprise.slug}/"
        self.stdout.write(_("Entreprise « %(nom)s » créée : %(adresse)s") % {"nom": entreprise.nom, "adresse": adresse})
        if gerant is not None:
            self._annoncer(gerant)

    def _annoncer(self, gerant: Adhesion) -> None:
        courriel = gerant.utilisateur.email
        if gerant.utilisateur.has_usable_password():
            self.stdout.write(_("%(courriel)s se connecte avec son mot de passe habituel.") % {"courriel": courriel})
            return
        jours = settings.PASSWORD_RESET_TIMEOUT // 86400
        phrase = _("Lien à usage unique, valable %(jours)s jours, pour le mot de passe de %(courriel)s :")
        self.stdout.write(phrase % {"jours": jours, "courriel": courriel})
        self.stdout.write(lien_mot_de_passe(gerant.utilisateur))
