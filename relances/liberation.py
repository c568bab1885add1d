"""Payments are declared up to date, or the doubt is overridden: what waited for that is released (R17)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from entreprises.models import Entreprise
from journal.ecriture import verrouiller
from journal.models import Genre
from relances import statuts
from relances.joignables import canaux_joignables
from relances.models import Reglages, Relance
from relances.preparation import motif_a_la_preparation

PERIMES = "reglements_perimes"


def declarer_a_jour(entreprise: Entreprise, au: date, auteur: Any, instant: datetime) -> int:
    """A person says that every payment received up to `au` is recorded. How many acts no longer wait for that."""
    Reglages.objects.update_or_create(entreprise=entreprise, defaults={"reglements_a_jour_au": au})
    return _liberer(entreprise, au, auteur, instant, {"reglements_a_jour_au": au.isoformat()})


def outrepasser(entreprise: Entreprise, au: date, auteur: Any, instant: datetime) -> int:
    """Let the acts of `au` go although payments are not known to be up to date. For this day only."""
    Reglages.objects.update_or_create(entreprise=entreprise, defaults={"fraicheur_outrepassee_le": au})
    return _liberer(entreprise, au, auteur, instant, {"outrepasse_le": au.isoformat()})


def _liberer(entreprise: Entreprise, au: date, auteur: Any, instant: datetime, faits: dict[str, str]) -> int:
    """Each act under its client's lock: it goes in the queue, or waits on for its next reason."""
    reglages = Reglages.objects.get(entreprise=entreprise)
    en_attente = Relance.objects.de(entreprise).filter(statut=Relance.Statut.A_VALIDER, motif_attente=PERIMES)
    nombre = 0
    for pk, client_id in list(en_attente.order_by("pk").values_list("pk", "client_id")):
        with transaction.atomic():
            client = verrouiller(client_id)
            relance = Relance.objects.select_related("etape").get(pk=pk)
            if relance.statut != Relance.Statut.A_VALIDER or relance.motif_attente != PERIMES:
                continue
            joignable = relance.canal in canaux_joignables([client])[client_id]
            motif = motif_a_la_preparation(relance, reglages, au, perimes=False, joignable=joignable)
            relance.motif_attente = motif
            relance.statut = Relance.Statut.A_VALIDER if motif else Relance.Statut.A_ENVOYER
            relance.prochaine_tentative_le = instant if relance.canal == "appel" else None  # three days from now
            statuts.journaliser(relance, client, Genre.REGLEMENTS_A_JOUR, instant, auteur, attente=motif, **faits)
            relance.save()
            nombre += 1
    return nombre
