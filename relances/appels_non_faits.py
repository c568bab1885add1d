"""Calls that nobody made: after three working days they are closed « non fait », and count as acted (R2)."""

from datetime import date, datetime

from django.db import transaction

from entreprises.models import Entreprise
from journal.ecriture import verrouiller
from journal.models import Genre
from relances import statuts
from relances.models import Canal, Relance
from relances.passe import appel_a_clore, appel_depuis
from relances.regime import Regime, lire_regime

NON_FAIT = "non fait"


def clore_appels_non_faits(entreprise: Entreprise, au: date, *, instant: datetime, regime: Regime | None = None) -> int:
    """Close them and tell the journal. Their rung stays acted, nobody was reached. How many were closed."""
    regime = regime or lire_regime(entreprise)
    en_attente = Relance.objects.de(entreprise).filter(
        canal=Canal.APPEL, statut=Relance.Statut.A_ENVOYER, date_decision__lt=au
    )
    nombre = 0
    for pk, client_id in list(en_attente.order_by("pk").values_list("pk", "client_id")):
        with transaction.atomic():
            client = verrouiller(client_id)
            relance = Relance.objects.select_related("etape").get(pk=pk)
            if not _est_a_clore(relance, regime, au):
                continue
            relance.statut, relance.erreur, relance.closes_non_fait_le = Relance.Statut.ECHEC, NON_FAIT, au
            relance.terminee_le = instant
            statuts.journaliser(relance, client, Genre.APPEL, instant, resultat="non_fait")
            statuts.reexaminer(relance, au)
            relance.save()
            nombre += 1
    return nombre


def _est_a_clore(relance: Relance, regime: Regime, au: date) -> bool:
    depuis = appel_depuis(regime, relance.date_decision, relance.approuvee_le, relance.prochaine_tentative_le)
    return relance.statut == Relance.Statut.A_ENVOYER and appel_a_clore(regime, depuis, au)
