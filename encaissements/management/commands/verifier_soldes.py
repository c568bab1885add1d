"""`verifier_soldes [--entreprise SLUG] [--json]`: stored balances against computed ones; exits 1 if one differs."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from encaissements.verification import Ecart, verifier_soldes
from entreprises.models import Entreprise


class Command(BaseCommand):
    help = "Compare les soldes enregistrés au calcul complet ; sort avec le code 1 s’ils diffèrent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--entreprise", metavar="SLUG", default="")
        parser.add_argument("--json", action="store_true", dest="en_json")

    def handle(self, *args: Any, **options: Any) -> None:
        entreprises = Entreprise.objects.order_by("slug")
        if options["entreprise"]:
            entreprises = entreprises.filter(slug=options["entreprise"])
            if not entreprises:
                message = _("Aucune entreprise n’a l’adresse courte « %(slug)s ».")
                raise CommandError(message % {"slug": options["entreprise"]}, returncode=2)
        verifiees, ecarts = 0, []
        for entreprise in entreprises:
            for constat in verifier_soldes(entreprise):
                if isinstance(constat, Ecart):
                    ecarts.append({"entreprise": entreprise.slug, **asdict(constat)})
                else:
                    verifiees += constat
        self._dire(verifiees, ecarts, en_json=options["en_json"])
        if ecarts:
            sys.exit(1)

    def _dire(self, verifiees: int, ecarts: list[dict[str, Any]], *, en_json: bool) -> None:
        if en_json:
            self.stdout.write(json.dumps({"verifiees": verifiees, "ecarts": ecarts}, ensure_ascii=False))
            return
        for ecart in ecarts:
            self.stdout.write("{entreprise} {objet} {nom} : {champ} {stocke}, calcul {calcule}".format(**ecart))
        bilan = _("%(verifiees)s lignes vérifiées, %(ecarts)s écarts.")
        self.stdout.write(bilan % {"verifiees": verifiees, "ecarts": len(ecarts)})
