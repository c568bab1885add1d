"""An address that a server refused for good: nothing is written to it any more, and someone looks for the right one."""

from datetime import date, datetime

from django.db import transaction

from clients.models import Client, Contact
from journal.ecriture import verrouiller
from suivi.taches_automatiques import adresse_a_corriger


@transaction.atomic
def constater_adresse_refusee(client: Client, courriel: str, *, aujourd_hui: date, instant: datetime) -> int:
    """Mark every contact of the client that has this address. Returns how many were not marked yet."""
    client = verrouiller(client.pk)
    touches = Contact.objects.filter(client=client, courriel__iexact=courriel, courriel_refuse_le=None)
    nombre = touches.update(courriel_refuse_le=instant)
    if nombre:
        adresse_a_corriger(client, courriel, aujourd_hui=aujourd_hui)
    return nombre
