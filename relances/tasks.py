"""What beat and the workers run: ids only, no rule."""

from celery import shared_task
from django.utils import timezone

from entreprises.models import Entreprise
from relances.nuit import battre


@shared_task
def battement() -> None:
    """Every five minutes, in UTC: one task per company that has a ladder and is not closed."""
    actives = Entreprise.objects.actives().filter(reglages__isnull=False)
    for pk in actives.values_list("pk", flat=True).iterator(chunk_size=500):
        passer.delay(pk)


@shared_task
def passer(entreprise_id: int) -> None:
    """The tick of one company."""
    battre(Entreprise.objects.get(pk=entreprise_id), timezone.now())
