"""`rejouer --entreprise SLUG --du DATE --au DATE --json`: the ladder over what really happened. Writes nothing."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from relances import rapport
from relances.management.arguments import lire_date, lire_entreprise, refus
from relances.rejeu import rejouer


class Command(BaseCommand):
    help = "Rejoue l’échelle sur l’histoire réelle : ce qui serait parti, et quand. N’écrit rien."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--entreprise", metavar="SLUG", required=True)
        parser.add_argument("--du", metavar="DATE", required=True, help="AAAA-MM-JJ")
        parser.add_argument("--au", metavar="DATE", required=True, help="AAAA-MM-JJ")
        parser.add_argument("--json", action="store_true", dest="en_json")

    def handle(self, *args: Any, **options: Any) -> None:
        entreprise = lire_entreprise(options["entreprise"])
        du, au = lire_date(options["du"], "--du"), lire_date(options["au"], "--au")
        if au < du:
            raise refus(_("--au est avant --du."))
        document = {
            "entreprise": entreprise.slug,
            "du": du.isoformat(),
            "au": au.isoformat(),
            **rapport.rejeu(rejouer(entreprise, du, au)),
        }
        if options["en_json"]:
            self.stdout.write(json.dumps(document, ensure_ascii=False))
            return
        for etape, nombre in document["par_etape"].items():
            self.stdout.write(f"{etape} : {nombre}")
