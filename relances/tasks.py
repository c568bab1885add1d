"""What beat and the workers run: ids only, no rule."""

from celery import shared_task
from django.utils import timezone

from entreprises.models import Entreprise
from relances.models import Reglages
from relances.nuit import battre


@shared_task
def battement() -> None:
    """Every five minutes, in UTC: one task per company that has a ladder."""
    for pk in Reglages.objects.values_list("entreprise_id", flat=True).iterator(chunk_size=500):
        passer.delay(pk)


@shared_task
def passer(entreprise_id: int) -> None:
    """The tick of one company."""
    battre(Entreprise.objects.get(pk=entreprise_id), timezone.now())
