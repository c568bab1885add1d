"""From a file sent to an import that may run: received, its reading corrected, confirmed or given up.

Every step is a conditional update on the state: a double click does it once.
"""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from entreprises.models import Entreprise
from importations.analyse import Lecture, analyser
from importations.correspondance import rappeler, retenir
from importations.importation import preparer
from importations.models import Importation
from importations.tasks import traiter

PAS_DE_SUITE = _("Cet import est déjà parti.")


def recevoir(entreprise: Entreprise, contenu: bytes, nom_fichier: str, *, auteur: Any) -> Importation:
    """The file kept, with the reading proposed for it. FichierRefuse when it cannot be read.

    The same file sent again by the same person, not yet confirmed, is the same import.
    """
    _source, lue = analyser(contenu)
    _source, lecture = analyser(contenu, rappeler(entreprise, lue))
    importation = preparer(entreprise, contenu, nom_fichier.rpartition("/")[2] or "import", lecture, auteur=auteur)
    memes = _a_confirmer(importation).filter(document=importation.document, par=auteur)
    autre = memes.exclude(pk=importation.pk).order_by("pk").first()
    if autre is None:
        return importation
    importation.delete()
    return autre


def corriger_lecture(importation: Importation, lecture: Lecture) -> None:
    """Keep the reading as the person corrected it, as long as the import has not left."""
    importation.lecture = lecture.en_dict()
    _a_confirmer(importation).filter(pk=importation.pk).update(lecture=importation.lecture, modifie_le=timezone.now())


@transaction.atomic
def confirmer_import(importation: Importation, lecture: Lecture) -> bool:
    """Queue the import and remember its columns. False when it has left already; FichierRefuse when something lacks."""
    lecture.verifier()
    partis = _a_confirmer(importation).filter(pk=importation.pk)
    if not partis.update(statut=Importation.Statut.EN_ATTENTE, modifie_le=timezone.now()):
        return False
    retenir(importation.entreprise, lecture)
    return True


def abandonner_import(importation: Importation) -> bool:
    """Forget an import that was never confirmed. False when it has left."""
    return bool(_a_confirmer(importation).filter(pk=importation.pk).delete()[0])


def sonner(pk: int) -> None:
    """Wake a worker. Without one, or without a broker, the next tick finds the row."""
    with suppress(OperationalError):
        traiter.delay(pk)


def _a_confirmer(importation: Importation) -> QuerySet[Importation]:
    return Importation.objects.filter(entreprise=importation.entreprise, statut=Importation.Statut.A_CONFIRMER)
