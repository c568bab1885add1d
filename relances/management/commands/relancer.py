"""`relancer [--au DATE] [--entreprise SLUG] [--simulation] [--forcer] --json`: the night, by hand.

Plans, then sends what may leave, whatever the hour but on sending days only. `--simulation` takes the same decisions
and writes nothing (R18). Exits 1 when a whole company had to be set aside.
"""

import json
import logging
import sys
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from entreprises.models import Entreprise
from relances import liberation, rapport
from relances.envoi import envoyer
from relances.examen import en_clair
from relances.management.arguments import lire_date, lire_entreprise, refus
from relances.models import Reglages, Relance
from relances.planification import planifier, prevoir, solder_la_veille
from relances.serveur import voie_de

journal = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Décide les relances du jour, les prépare et envoie celles qui peuvent partir."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--au", metavar="DATE", default="", help="AAAA-MM-JJ (aujourd’hui sans précision)")
        parser.add_argument("--entreprise", metavar="SLUG", default="", help="toutes sans précision")
        parser.add_argument("--simulation", action="store_true", help="décide de même et n’écrit rien")
        parser.add_argument("--forcer", action="store_true", help="passe outre des règlements peut-être pas à jour")
        parser.add_argument("--json", action="store_true", dest="en_json")

    def handle(self, *args: Any, **options: Any) -> None:
        demande = lire_date(options["au"], "--au") if options["au"] else None
        slug = options["entreprise"]
        entreprises = [lire_entreprise(slug)] if slug else list(Entreprise.objects.actives().order_by("slug"))
        instant = timezone.now()
        jours = {e.pk: demande or e.date_locale(instant) for e in entreprises}
        if not options["simulation"]:
            for entreprise in entreprises:
                verifier_date(entreprise, jours[entreprise.pk], instant)
        au = demande or max(jours.values(), default=timezone.localdate(instant))
        document: dict[str, Any] = {"au": au.isoformat(), "decisions": [], "relances": [], "ecartes": []}
        for entreprise in entreprises:
            self._passer(entreprise, jours[entreprise.pk], instant, options, document)
        self._dire(document, en_json=options["en_json"])
        if any(ecarte["client"] is None for ecarte in document["ecartes"]):
            sys.exit(1)

    def _passer(
        self, entreprise: Entreprise, au: date, instant: datetime, options: dict[str, Any], document: dict[str, Any]
    ) -> None:
        """One company. What goes wrong in it is told, and does not stop the others."""
        try:
            if options["simulation"]:
                simuler(entreprise, au, moment(entreprise, au, instant), options["forcer"], document)
            else:
                jouer(entreprise, au, moment(entreprise, au, instant), options["forcer"], document)
        except Exception as erreur:
            journal.exception("company %s set aside", entreprise.slug)
            document["ecartes"].append(rapport.ecarte(entreprise.slug, None, en_clair(erreur)))

    def _dire(self, document: dict[str, Any], *, en_json: bool) -> None:
        if en_json:
            self.stdout.write(json.dumps(document, ensure_ascii=False))
            return
        for relance in document["relances"]:
            self.stdout.write("{client} · {etape} · {total} {devise} · {statut}".format(**relance))
        for ecarte in document["ecartes"]:
            self.stdout.write("{entreprise} · {client} : {raison}".format(**ecarte))
        bilan = _("%(decisions)s échéances examinées, %(relances)s relances, %(ecartes)s mises de côté.")
        self.stdout.write(bilan % {nom: len(document[nom]) for nom in ("decisions", "relances", "ecartes")})


def verifier_date(entreprise: Entreprise, au: date, instant: datetime) -> None:
    """The past is written: no night before the last act. The future is not here yet: no real mail leaves for it."""
    dernier = Relance.objects.de(entreprise).aggregate(Max("date_decision"))["date_decision__max"]
    if dernier is not None and au < dernier:
        phrase = _("« %(slug)s » a déjà des relances au %(dernier)s : --au ne peut pas remonter avant cette date.")
        raise refus(phrase, slug=entreprise.slug, dernier=dernier.isoformat())
    if au > entreprise.date_locale(instant) and voie_de(entreprise).est_reelle:
        raise refus(_("--au est dans le futur, et de vrais courriels partiraient : ajoutez --simulation."))


def moment(entreprise: Entreprise, au: date, instant: datetime) -> datetime:
    """The instant that is written: now, or the sending hour of another day."""
    if au == entreprise.date_locale(instant):
        return instant
    reglages = Reglages.objects.filter(entreprise=entreprise).first() or Reglages()
    return datetime.combine(au, reglages.heure_envoi, tzinfo=ZoneInfo(entreprise.fuseau))


@transaction.atomic
def simuler(entreprise: Entreprise, au: date, instant: datetime, forcer: bool, document: dict[str, Any]) -> None:
    """What `jouer` would do. The evening before is settled as it would be, then all of it is undone."""
    solder_la_veille(entreprise, au, instant)
    for examen, preparees in prevoir(entreprise, au, forcer=forcer):
        document["decisions"] += rapport.decisions_de(entreprise.slug, examen, au)
        document["relances"] += [rapport.relance_prevue(entreprise.slug, p) for p in preparees]
        if examen.erreur:
            document["ecartes"].append(rapport.ecarte(entreprise.slug, examen.client, examen.erreur))
    transaction.set_rollback(True)


def jouer(entreprise: Entreprise, au: date, instant: datetime, forcer: bool, document: dict[str, Any]) -> None:
    if forcer:
        liberation.outrepasser(entreprise, au, None, instant)
    solder_la_veille(entreprise, au, instant)
    for examen, _preparees in prevoir(entreprise, au):
        document["decisions"] += rapport.decisions_de(entreprise.slug, examen, au)
    bilan = planifier(entreprise, au, instant=instant, tous=True)
    envoyer(entreprise, au, instant)
    document["relances"] += rapport.relances_creees(entreprise.slug, bilan.relances)
    document["ecartes"] += [rapport.ecarte(entreprise.slug, e["client"], e["raison"]) for e in bilan.ecartes]
