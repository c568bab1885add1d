"""By which channels a client can be reached: is there an address? Which one is chosen is `composition`'s to say."""

from collections.abc import Collection, Iterator

from clients.models import Client, Contact
from relances.destinataires import a_une_adresse, choisir
from relances.models import Canal

POSTE = frozenset({Canal.COURRIER.value, Canal.RECOMMANDE.value})


def canaux_joignables(clients: Collection[Client]) -> dict[int, frozenset[str]]:
    """By client, the channels that have an address: one query, whatever their number."""
    contacts: dict[int, list[Contact]] = {client.pk: [] for client in clients}
    for contact in Contact.objects.filter(client__in=list(contacts), archive_le=None):
        contacts[contact.client_id].append(contact)
    return {client.pk: frozenset(_canaux(client, contacts[client.pk])) for client in clients}


def _canaux(client: Client, contacts: list[Contact]) -> Iterator[str]:
    if a_une_adresse(client):
        yield from POSTE
    if choisir(contacts, Canal.COURRIEL, est_formelle=False):
        yield Canal.COURRIEL.value
    if any(contact.telephone for contact in contacts):
        yield Canal.APPEL.value
