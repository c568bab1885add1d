"""What beat and the workers run: ids only, no rule."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from archivage import effacement, exportation

TOUR = timedelta(seconds=30)
"""How long an erasure works before it lets others pass."""


@shared_task
def reprendre() -> None:
    """Archives that wait or were dropped, archives kept long enough, companies whose delay is over."""
    instant = timezone.now()
    exportation.expirer(instant)
    for pk in exportation.a_reprendre(instant):
        exporter.delay(pk)
    for pk in effacement.a_effacer(instant):
        effacer.delay(pk)


@shared_task
def exporter(export_id: int) -> None:
    """One archive."""
    instant = timezone.now()
    export = exportation.prendre(export_id, instant)
    if export is not None:
        exportation.produire(export, instant)


@shared_task
def effacer(entreprise_id: int) -> None:
    """One turn of an erasure; another follows while there is more to do."""
    instant = timezone.now()
    if effacement.effacer(entreprise_id, instant, instant + TOUR):
        effacer.delay(entreprise_id)
