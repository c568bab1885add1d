"""A tick of the clock for one company: whatever is due by its own time, in order. Run it as often as one likes.

The database says what is due; a tick that comes late, or twice, or while another runs, finds the same rows and repeats
nothing. `instant` is the only clock (R14).
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from entreprises.models import Entreprise
from relances.avis import envoyer_avis, laisse_le_temps
from relances.envoi import Bilan, envoyer
from relances.liberation import liberer_joignables
from relances.models import Nuit, Reglages
from relances.planification import planifier
from relances.resume import envoyer_resume
from relances.revision import reviser_ouvertes
from relances.signalement import signaler


def battre(entreprise: Entreprise, instant: datetime) -> Bilan:
    """Sweep, review, plan the night, tell the owner, send: each when its hour has come.

    A step that fails does not hold up the next ones, for instance a digest that no server takes; what failed is raised
    at the end, as an ExceptionGroup. Nothing at all for a company that is closed.
    """
    bilan, echecs = Bilan(), []
    if entreprise.cloturee_le is not None:
        return bilan
    for pas in _pas_dus(entreprise, instant):
        try:
            fait = pas()
        except Exception as erreur:
            erreur.add_note(f"{entreprise.slug}: {pas.func.__name__}")
            echecs.append(erreur)
        else:
            bilan = fait if isinstance(fait, Bilan) else bilan
    if echecs:
        raise ExceptionGroup(f"tick of {entreprise.slug}", echecs)
    return bilan


def _pas_dus(entreprise: Entreprise, instant: datetime) -> "Iterator[partial[Any]]":
    """The steps whose hour has come, in order."""
    reglages = Reglages.objects.get(entreprise=entreprise)
    au = entreprise.date_locale(instant)
    heure = instant.astimezone(ZoneInfo(entreprise.fuseau)).time()
    yield partial(signaler, entreprise, au, instant)
    yield partial(reviser_ouvertes, entreprise, au, instant)
    yield partial(liberer_joignables, entreprise, au, instant)
    if heure >= reglages.heure_planification and not est_planifiee(entreprise, instant):
        yield partial(planifier, entreprise, au, instant=instant)
    if heure >= reglages.heure_avis:
        yield partial(envoyer_avis, entreprise, au, instant)
        yield partial(envoyer_resume, entreprise, au, instant)
    if heure >= reglages.heure_envoi and laisse_le_temps(reglages, au, instant):
        yield partial(envoyer, entreprise, au, instant)


def est_planifiee(entreprise: Entreprise, instant: datetime) -> bool:
    """Is the night of the company's date over?"""
    au = entreprise.date_locale(instant)
    return Nuit.objects.de(entreprise).filter(date_nuit=au, statut=Nuit.Statut.TERMINEE).exists()
