"""Who works on an import, and how it goes on after a crash.

An import is claimed by a conditional update. One that gives no sign for a minute belongs to nobody: the next tick
takes it over from the last lot written. One import at a time per company, so that two files do not make the same
client twice.
"""

import logging
from datetime import datetime, timedelta

from django.db import OperationalError
from django.db.models import Q
from django.utils.translation import gettext as _

from importations.application import appliquer
from importations.avancement import Reprise
from importations.importation import derouler
from importations.models import Importation
from importations.refus import FichierRefuse

DELAI_SANS_SIGNE = timedelta(minutes=1)
TOUR = timedelta(seconds=30)
"""How long one task works before it lets others pass."""
journal = logging.getLogger(__name__)
Statut = Importation.Statut


def a_reprendre(instant: datetime) -> list[int]:
    """The imports that wait for a worker, oldest first."""
    return list(Importation.objects.filter(_libre(instant)).order_by("pk").values_list("pk", flat=True))


def prendre(pk: int, instant: datetime) -> Importation | None:
    """Claim this import. None when another worker has it, or another import of the company is under way."""
    importation = Importation.objects.filter(pk=pk).select_related("entreprise", "document", "par").first()
    if importation is None:
        return None
    voisines = Importation.objects.filter(entreprise=importation.entreprise, statut=Statut.EN_COURS).exclude(pk=pk)
    if voisines.filter(battement__gte=instant - DELAI_SANS_SIGNE).exists():
        return None
    prises = Importation.objects.filter(_libre(instant), pk=pk, traitees=importation.traitees)
    if not prises.update(statut=Statut.EN_COURS, battement=instant, modifie_le=instant):
        return None
    importation.statut = Statut.EN_COURS
    return importation


def poursuivre(importation: Importation, instant: datetime) -> bool:
    """Work on a claimed import for one turn. True when there is more to do."""
    aujourd_hui = importation.entreprise.date_locale(instant)
    try:
        if importation.genre == Importation.Genre.FACTURES:
            derouler(importation, aujourd_hui=aujourd_hui, jusqu_a=instant + TOUR)
        else:
            appliquer(importation, aujourd_hui=aujourd_hui, jusqu_a=instant + TOUR)
    except Reprise:
        return False
    except OperationalError:
        journal.warning("import %s: the database is busy, the next tick goes on", importation.pk, exc_info=True)
        return False
    except FichierRefuse as refus:
        _echouer(importation, str(refus), instant)
        return False
    except Exception:
        journal.exception("import %s stopped", importation.pk)
        _echouer(importation, _("Une erreur inattendue a arrêté l’import. Rien n’est perdu : reprenez-le."), instant)
        return False
    return Importation.objects.filter(pk=importation.pk, statut=Statut.EN_ATTENTE).exists()


def relancer(importation: Importation, instant: datetime) -> bool:
    """Put a stopped import back in the queue. False when it was not stopped."""
    arretees = Importation.objects.filter(pk=importation.pk, statut=Statut.ECHEC)
    return bool(arretees.update(statut=Statut.EN_ATTENTE, erreur="", modifie_le=instant))


def _echouer(importation: Importation, phrase: str, instant: datetime) -> None:
    en_cours = Importation.objects.filter(pk=importation.pk, statut=Statut.EN_COURS)
    en_cours.update(statut=Statut.ECHEC, erreur=phrase[:300], modifie_le=instant)


def _libre(instant: datetime) -> Q:
    sans_signe = Q(battement=None) | Q(battement__lt=instant - DELAI_SANS_SIGNE)
    libre = Q(statut=Statut.EN_ATTENTE) | (Q(statut=Statut.EN_COURS) & sans_signe)
    return Q(entreprise__cloturee_le=None) & libre
