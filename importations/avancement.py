"""Where an import stands, written by the worker that holds it and by no other."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from importations.models import Importation

Statut = Importation.Statut


class Reprise(Exception):
    """Another worker has taken this import over: nothing of this lot was written."""


def noter_avancement(
    importation: Importation,
    bilan: Mapping[str, Any],
    lues: int,
    *,
    traitees: int | None = None,
    statut: Statut = Statut.EN_COURS,
) -> None:
    """Write the account and how far the import is. `traitees` when it counts something else than the rows read.

    Reprise when the import no longer stands where this worker left it.
    """
    instant = timezone.now()
    notees = _ligne_tenue(importation).update(
        traitees=lues if traitees is None else traitees,
        lues=lues,
        bilan=bilan,
        battement=instant,
        statut=statut,
        modifie_le=instant,
    )
    if not notees:
        raise Reprise


def suspendre(importation: Importation) -> None:
    """Leave the import to the next worker."""
    _ligne_tenue(importation).update(statut=Statut.EN_ATTENTE, modifie_le=timezone.now())


def _ligne_tenue(importation: Importation) -> QuerySet[Importation]:
    """The import's row, as long as it stands where this worker left it."""
    return Importation.objects.filter(pk=importation.pk, statut=Statut.EN_COURS, traitees=importation.traitees)
