"""By which ways a client can be reached: is there an address, and someone who takes that kind of act? Which contact is
chosen is `composition`'s to say."""

from collections.abc import Collection, Iterator

from clients.models import Client, Contact
from clients.reception import Sorte, recoit
from relances.destinataires import a_une_adresse, choisir, est_refusee, sorte_de
from relances.models import Canal, Relance

POSTE = frozenset({Canal.COURRIER.value, Canal.RECOMMANDE.value})
Voie = tuple[str, str]
"""A channel, and the kind of act that takes it."""


def voie(relance: Relance) -> Voie:
    """The one that this act takes."""
    sorte = sorte_de(relance.canal, est_formelle=relance.est_formelle, avant_echeance=relance.avant_echeance)
    return str(relance.canal), sorte.value


def canaux_joignables(clients: Collection[Client]) -> dict[int, frozenset[Voie]]:
    """By client, the ways that are open: one query, whatever their number."""
    contacts: dict[int, list[Contact]] = {client.pk: [] for client in clients}
    for contact in Contact.objects.filter(client__in=list(contacts), archive_le=None):
        contacts[contact.client_id].append(contact)
    return {client.pk: frozenset(_voies(client, contacts[client.pk])) for client in clients}


def _voies(client: Client, contacts: list[Contact]) -> Iterator[Voie]:
    for sorte in (Sorte.AVANT_ECHEANCE, Sorte.RELANCES, Sorte.MISES_EN_DEMEURE):
        if a_une_adresse(client) and not est_refusee(contacts, sorte):
            yield from ((canal, sorte.value) for canal in POSTE)
        if _par_courriel(contacts, sorte):
            yield Canal.COURRIEL.value, sorte.value
    if any(contact.telephone and recoit(contact, Sorte.APPELS) for contact in contacts):
        yield Canal.APPEL.value, Sorte.APPELS.value


def _par_courriel(contacts: list[Contact], sorte: Sorte) -> Contact | None:
    est_formelle, avant_echeance = sorte == Sorte.MISES_EN_DEMEURE, sorte == Sorte.AVANT_ECHEANCE
    return choisir(contacts, Canal.COURRIEL, est_formelle=est_formelle, avant_echeance=avant_echeance)
