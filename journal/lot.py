"""The journal for a lot: many clients, a few queries. One line at a time: `journal.ecriture`."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from clients.models import Client
from entreprises.ecriture import ecrire_colonnes
from journal.ecriture import empreinte_de, empreinte_des_faits
from journal.models import SYSTEME, ContenuEvenement, Evenement


@dataclass(frozen=True, slots=True)
class Ligne:
    """A line to write about a client of `verrouiller_lot`. `faits` holds JSON values only."""

    client: Client
    genre: str
    faits: Mapping[str, Any]


def verrouiller_lot(client_ids: Iterable[int]) -> dict[int, Client]:
    """The clients' rows, locked until the transaction ends, always in one order: two lots can't deadlock."""
    return {c.pk: c for c in Client.objects.select_for_update().filter(pk__in=set(client_ids)).order_by("pk")}


def noter_lot(lignes: Sequence[Ligne], *, auteur: Any = None, instant: datetime | None = None) -> list[Evenement]:
    """Add these lines, in this order; several about one client are chained. The clients' rows are locked."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("the journal is written under the client's lock")
    instant = instant or timezone.now()
    evenements: list[Evenement] = []
    contenus: list[ContenuEvenement] = []
    clients: dict[int, Client] = {}
    for ligne in lignes:
        client = clients.setdefault(ligne.client.pk, ligne.client)
        sel = secrets.token_hex(16)
        evenement = Evenement(
            entreprise_id=client.entreprise_id,
            client=client,
            rang=client.journal_rang + 1,
            genre=ligne.genre,
            instant=instant,
            auteur=auteur,
            auteur_nom=str(auteur)[:150] if auteur else SYSTEME,
            precedente=client.journal_empreinte,
            empreinte_contenu=empreinte_des_faits(sel, ligne.faits),
        )
        evenement.empreinte = empreinte_de(evenement)
        client.journal_rang, client.journal_empreinte = evenement.rang, evenement.empreinte
        evenements.append(evenement)
        contenus.append(ContenuEvenement(evenement=evenement, sel=sel, faits=ligne.faits))
    Evenement.objects.bulk_create(evenements)
    ContenuEvenement.objects.bulk_create(contenus)
    ecrire_colonnes(clients.values(), ["journal_rang", "journal_empreinte"])
    return evenements
