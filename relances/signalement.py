"""The sweep (R8): claims that nobody finished, letters nobody posted. Nothing stays stuck, nothing leaves twice."""

from datetime import date, datetime, timedelta

from django.db import transaction

from entreprises.models import Entreprise
from journal.ecriture import verrouiller
from relances import statuts
from relances.models import Relance

S = Relance.Statut
APRES = timedelta(hours=1)
JOURS_POUR_POSTER = 3  # working days


def signaler(entreprise: Entreprise, au: date, instant: datetime) -> dict[str, int]:
    """Sweep the company's acts. How many went back to the queue, became doubtful, or wait for a new letter."""
    return {**signaler_prises(entreprise, instant), "lettres": signaler_lettres(entreprise, au, instant)}


def signaler_prises(entreprise: Entreprise, instant: datetime) -> dict[str, int]:
    """Claims older than an hour: back to the queue before the point of no return, doubtful after it."""
    comptes = {"remises_en_file": 0, "douteuses": 0}
    anciennes = Relance.objects.de(entreprise).filter(statut=S.EN_COURS, prise_le__lte=instant - APRES)
    for pk, client_id in list(anciennes.values_list("pk", "client_id")[:500]):
        with transaction.atomic():
            client = verrouiller(client_id)
            relance = Relance.objects.select_related("etape").get(pk=pk)
            if relance.statut != S.EN_COURS:
                continue
            if relance.remise_le is None:
                statuts.remettre_en_file(relance)
                comptes["remises_en_file"] += 1
            else:
                statuts.constater_doute(relance, client, "no answer was recorded after the hand-over", instant)
                comptes["douteuses"] += 1
    return comptes


def signaler_lettres(entreprise: Entreprise, au: date, instant: datetime) -> int:
    """Letters not posted within three working days of their date wait for approval again, to be dated anew (R7)."""
    limite = entreprise.calendrier().ajouter_ouvres(au, -JOURS_POUR_POSTER)
    nombre = 0
    anciennes = Relance.objects.de(entreprise).filter(
        statut=S.A_ENVOYER, canal__in=["courrier", "recommande"], date_lettre__lt=limite
    )
    for pk, client_id in list(anciennes.values_list("pk", "client_id")[:500]):
        with transaction.atomic():
            client = verrouiller(client_id)
            relance = Relance.objects.select_related("etape").get(pk=pk)
            if relance.statut == S.A_ENVOYER:
                statuts.mettre_a_valider(relance, client, "lettre_perimee", instant)
                nombre += 1
    return nombre
