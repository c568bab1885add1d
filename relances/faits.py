"""What was done before this act, as one phrase: facts of our own records, never an adjective.

Only messages that left, and calls that somebody answered, about the very instalments of the act. A doubtful message
is not claimed to have been sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from relances.models import Relance
from relances.plume import Plume
from suivi.models import Appel

MAXIMUM = 6  # of each kind, the last ones
_COURRIERS = {"courrier", "recommande"}


@dataclass(frozen=True)
class Faits:
    """Days on which the client was told, in order."""

    messages: tuple[date, ...] = ()
    appels: tuple[date, ...] = ()
    courriers: tuple[date, ...] = ()


def faits_avant(relance: Relance, echeances: Iterable[int], depuis: date, au: date) -> Faits:
    """The facts up to `au` about these instalments; calls from `depuis`, the first due date. Two queries."""
    entreprise = relance.entreprise
    passees = (
        Relance.objects.filter(client_id=relance.client_id, devise=relance.devise, statut=Relance.Statut.ENVOYEE)
        .filter(avant_echeance=False, lignes__echeance__in=set(echeances), lignes__etape__isnull=False)
        .exclude(pk=relance.pk)
        .distinct()
    )
    messages: set[date] = set()
    courriers: set[date] = set()
    for canal, postee_le, envoyee_le in passees.values_list("canal", "postee_le", "envoyee_le"):
        jour = postee_le or (entreprise.date_locale(envoyee_le) if envoyee_le else None)
        if jour and jour <= au and canal != "appel":
            (courriers if canal in _COURRIERS else messages).add(jour)
    sans_reponse = [Appel.Resultat.REPONDEUR, Appel.Resultat.INJOIGNABLE]
    appels = Appel.objects.filter(client_id=relance.client_id).exclude(resultat__in=sans_reponse)
    jours_appel = {entreprise.date_locale(instant) for instant in appels.values_list("passe_le", flat=True)}
    return Faits(_derniers(messages), _derniers(j for j in jours_appel if depuis <= j <= au), _derniers(courriers))


def en_mots(faits: Faits, plume: Plume) -> str:
    """« nos messages des 12 et 26 octobre et notre échange téléphonique du 28 octobre 2026 »; empty without facts."""
    tous = [*faits.messages, *faits.appels, *faits.courriers]
    une_annee = len({jour.year for jour in tous}) == 1
    genres = [("message", faits.messages), ("appel", faits.appels), ("courrier", faits.courriers)]
    presents = [(nom, jours) for nom, jours in genres if jours]
    groupes = []
    for rang, (nom, jours) in enumerate(presents, start=1):
        dates = _dates(jours, plume, une_annee=une_annee, avec_annee=rang == len(presents))
        cle = f"{nom}s_passes" if len(jours) > 1 else f"{nom}_passe"
        de = plume.mot("dates_plusieurs" if len(jours) > 1 else "date_une", dates=dates)
        groupes.append(plume.mot(cle, dates=de))
    return plume.enumeration(groupes)


def _dates(jours: Sequence[date], plume: Plume, *, une_annee: bool, avec_annee: bool) -> str:
    """The days of one kind; a month is named once, and the year once when it is the same for all that is told."""
    if not une_annee:
        return plume.enumeration([plume.date_longue(jour) for jour in jours])
    mots = []
    for jour, suivant in zip(jours, [*jours[1:], None], strict=True):
        if suivant is None:
            mots.append(plume.date_longue(jour) if avec_annee else plume.jour_mois(jour))
        elif suivant.month == jour.month:
            mots.append(plume.mot("premier") if jour.day == 1 else str(jour.day))
        else:
            mots.append(plume.jour_mois(jour))
    return plume.enumeration(mots)


def _derniers(jours: Iterable[date]) -> tuple[date, ...]:
    return tuple(sorted(set(jours))[-MAXIMUM:])
