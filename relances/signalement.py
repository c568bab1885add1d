"""The sweep (R8): claims that nobody finished, letters nobody posted. Nothing stays stuck, nothing leaves twice."""

from datetime import date, datetime, timedelta

from clients.models import Client
from entreprises.models import Entreprise
from relances import statuts
from relances.joignables import POSTE
from relances.models import Relance
from relances.un_par_un import un_par_un

S = Relance.Statut
APRES = timedelta(hours=1)
JOURS_POUR_POSTER = 3  # working days


def signaler(entreprise: Entreprise, au: date, instant: datetime) -> dict[str, int]:
    """Sweep the company's acts. How many went back to the queue, became doubtful, or wait for a new letter."""
    return {**signaler_prises(entreprise, instant), "lettres": signaler_lettres(entreprise, au, instant)}


def signaler_prises(entreprise: Entreprise, instant: datetime) -> dict[str, int]:
    """Claims of an hour or more: back to the queue before the point of no return, doubtful after it."""
    comptes = {"remises_en_file": 0, "douteuses": 0}

    def signaler_une(relance: Relance, client: Client) -> bool:
        if relance.statut != S.EN_COURS:
            return False
        if relance.remise_le is None:
            statuts.remettre_en_file(relance)
            comptes["remises_en_file"] += 1
        else:
            statuts.constater_doute(relance, client, "no answer was recorded after the hand-over", instant)
            comptes["douteuses"] += 1
        return True

    un_par_un(Relance.objects.de(entreprise).filter(statut=S.EN_COURS, prise_le__lte=instant - APRES), signaler_une)
    return comptes


def signaler_lettres(entreprise: Entreprise, au: date, instant: datetime) -> int:
    """Letters not posted within three working days of their date wait for approval again, to be dated anew (R7)."""
    limite = entreprise.calendrier().ajouter_ouvres(au, -JOURS_POUR_POSTER)

    def signaler_une(relance: Relance, client: Client) -> bool:
        if relance.statut != S.A_ENVOYER:
            return False
        statuts.mettre_a_valider(relance, client, "lettre_perimee", instant)
        return True

    anciennes = Relance.objects.de(entreprise).filter(statut=S.A_ENVOYER, canal__in=POSTE, date_lettre__lt=limite)
    return un_par_un(anciennes, signaler_une)
