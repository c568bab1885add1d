"""`peupler --entreprise SLUG --factures N [--graine S] [--au DATE]`: invented data, the same for one seed and day."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from relances.management.arguments import lire_date, lire_entreprise, refus
from relances.peuplement import peupler


class Command(BaseCommand):
    help = "Ajoute à une entreprise des factures inventées, pour essais et mesures."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--entreprise", metavar="SLUG", required=True)
        parser.add_argument("--factures", metavar="N", type=int, required=True)
        parser.add_argument("--graine", metavar="S", type=int, default=1)
        parser.add_argument("--au", metavar="DATE", default="", help="AAAA-MM-JJ (aujourd’hui sans précision)")

    def handle(self, *args: Any, **options: Any) -> None:
        entreprise = lire_entreprise(options["entreprise"])
        if options["factures"] < 1:
            raise refus(_("--factures est un nombre à partir de 1."))
        au = lire_date(options["au"], "--au") if options["au"] else entreprise.date_locale(timezone.now())
        debut = time.monotonic()
        lignes = peupler(entreprise, options["factures"], options["graine"], au)
        bilan = _("%(lignes)d lignes écrites en %(secondes).1f s.")
        self.stdout.write(bilan % {"lignes": lignes, "secondes": time.monotonic() - debut})
