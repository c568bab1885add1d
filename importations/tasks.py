"""What beat and the workers run: ids only, no rule."""

from celery import shared_task
from django.utils import timezone

from importations.reprise import a_reprendre, poursuivre, prendre


@shared_task
def reprendre() -> None:
    """Every minute: imports that wait, or whose worker gave no sign for a minute."""
    for pk in a_reprendre(timezone.now()):
        traiter.delay(pk)


@shared_task
def traiter(importation_id: int) -> None:
    """One turn of one import; another follows while there is more to do."""
    importation = prendre(importation_id, timezone.now())
    if importation is not None and poursuivre(importation, timezone.now()):
        traiter.delay(importation_id)
