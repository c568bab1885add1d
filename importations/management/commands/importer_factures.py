"""`importer_factures FICHIER --entreprise SLUG [--dates jma|mja|amj] [--simulation] --json`: invoices from a file.

Exits 2, with one sentence on stderr, when the file cannot be taken in; refused rows are part of the account, not an
error. Without `--json`, the account is told in words.
"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from entreprises.models import Entreprise
from importations.analyse import Lecture, analyser
from importations.bilan import Bilan
from importations.correspondance import rappeler
from importations.dates import ORDRES
from importations.importation import importer
from importations.refus import FichierRefuse
from importations.tableau import TAILLE_MAXIMALE


class Command(BaseCommand):
    help = "Importe les factures d’un fichier CSV ou XLSX, avec leurs clients et leurs règlements."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fichier", type=Path)
        parser.add_argument("--entreprise", metavar="SLUG", required=True)
        parser.add_argument("--dates", choices=ORDRES, default="", help="ordre du jour, du mois et de l’année")
        parser.add_argument("--delai", type=int, metavar="JOURS", help="délai des factures sans échéance")
        parser.add_argument("--simulation", action="store_true", help="dit ce qui se passerait, n’écrit rien")
        parser.add_argument("--json", action="store_true", dest="en_json")

    def handle(self, *args: Any, **options: Any) -> None:
        entreprise = Entreprise.objects.filter(slug=options["entreprise"]).first()
        if entreprise is None:
            raise _refus(_("Aucune entreprise n’a l’adresse courte « %(slug)s ».") % {"slug": options["entreprise"]})
        if entreprise.cloturee_le is not None:
            raise _refus(_("L’entreprise « %(slug)s » est clôturée.") % {"slug": entreprise.slug})
        if options["delai"] is not None and not 0 <= options["delai"] <= 365:
            raise _refus(_("Le délai va de 0 à 365 jours."))
        contenu = _lire(options["fichier"])
        suivi = None if options["en_json"] else self._dire_avancement
        try:
            _source, lue = analyser(contenu)
            choix = Lecture(ordre=options["dates"], delai_defaut=options["delai"])
            bilan = importer(
                entreprise,
                contenu,
                options["fichier"].name,
                rappeler(entreprise, lue, choix),
                aujourd_hui=entreprise.date_locale(timezone.now()),
                simulation=options["simulation"],
                progression=suivi,
            )
        except FichierRefuse as refus:
            raise _refus(str(refus)) from refus
        if options["en_json"]:
            self.stdout.write(json.dumps(bilan.en_dict(), ensure_ascii=False))
        else:
            self._dire(bilan)

    def _dire_avancement(self, lues: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{lues}", ending="")

    def _dire(self, bilan: Bilan) -> None:
        phrase = _(
            "%(lues)s lignes lues : %(creees)s factures créées, %(deja_la)s déjà là, %(nombre_refusees)s refusées ; "
            "%(clients_crees)s clients et %(reglements_crees)s règlements créés."
        )
        self.stdout.write(phrase % bilan.en_dict())
        for refus in bilan.refusees:
            self.stdout.write(
                _("ligne %(ligne)s, %(champ)s : %(raison)s")
                % {"ligne": refus.ligne, "champ": refus.champ, "raison": refus.raison}
            )


def _lire(chemin: Path) -> bytes:
    try:
        with chemin.open("rb") as fichier:
            return fichier.read(TAILLE_MAXIMALE + 1)
    except OSError as erreur:
        message = _("Le fichier « %(chemin)s » ne se lit pas : %(cause)s.")
        raise _refus(message % {"chemin": chemin, "cause": erreur.strerror}) from erreur


def _refus(phrase: str) -> CommandError:
    return CommandError(phrase, returncode=2)
