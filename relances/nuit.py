"""A tick of the clock for one company: whatever is due by its own time, in order. Run it as often as one likes.

The database says what is due; a tick that comes late, or twice, or while another runs, finds the same rows and repeats
nothing. `instant` is the only clock (R14).
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from entreprises.models import Entreprise
from relances.avis import envoyer_avis
from relances.envoi import Bilan, envoyer
from relances.models import Nuit, Reglages
from relances.planification import planifier
from relances.revision import reviser_ouvertes
from relances.signalement import signaler


def battre(entreprise: Entreprise, instant: datetime) -> Bilan:
    """Sweep, review, plan the night, tell the owner, send: each when its hour has come."""
    reglages = Reglages.objects.get(entreprise=entreprise)
    au = entreprise.date_locale(instant)
    heure = instant.astimezone(ZoneInfo(entreprise.fuseau)).time()
    signaler(entreprise, au, instant)
    reviser_ouvertes(entreprise, au, instant)
    if heure >= reglages.heure_planification and not est_planifiee(entreprise, instant):
        planifier(entreprise, au, instant=instant)
    if heure >= reglages.heure_avis:
        envoyer_avis(entreprise, au, instant)
    if heure >= reglages.heure_envoi:
        return envoyer(entreprise, au, instant)
    return Bilan()


def est_planifiee(entreprise: Entreprise, instant: datetime) -> bool:
    """Is the night of the company's date over?"""
    au = entreprise.date_locale(instant)
    return Nuit.objects.de(entreprise).filter(date_nuit=au, statut=Nuit.Statut.TERMINEE).exists()
