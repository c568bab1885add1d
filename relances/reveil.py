"""The rules themselves changed: everything that is open is looked at again.

An instalment sleeps until the day on which its decision may change, under the rules of the day it was decided. A lower
threshold, a new rung, another ladder for a client or a pause of the company that is lifted may make an act possible
earlier, or at all: nobody can tell for which, so the next night looks at them all.
"""

from datetime import date, datetime

from django.db.models import Max

from entreprises.models import Entreprise
from factures.examen import a_revoir
from factures.models import Echeance
from relances.models import Affectation, Etape, Nuit, Reglages, Scenario
from suivi.models import Pause


def reveiller_si_les_regles_ont_change(entreprise: Entreprise, au: date) -> None:
    """To be called in the transaction that opens a night, before its row is made: one that is undone leaves the change
    to the next one."""
    derniere = Nuit.objects.de(entreprise).aggregate(le=Max("cree_le"))["le"]
    if derniere is not None and derniere <= regles_changees_le(entreprise):
        a_revoir(Echeance.objects.de(entreprise), au)


def regles_changees_le(entreprise: Entreprise) -> datetime:
    """The last change of what holds for all: the company's calendar, its settings, its ladders and who climbs which,
    its own pauses. Texts don't count: they change what is said, not when."""
    regles = (
        *(modele.objects.de(entreprise) for modele in (Reglages, Scenario, Etape, Affectation)),
        Pause.objects.de(entreprise).filter(client=None),
    )
    dates = [lignes.aggregate(le=Max("modifie_le"))["le"] for lignes in regles]
    return max(le for le in (entreprise.modifie_le, *dates) if le is not None)
