"""Write and check the journal. The caller holds the client's row lock: `verrouiller` takes it."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from clients.models import Client
from journal.models import SYSTEME, ContenuEvenement, Evenement


def verrouiller(client_id: int) -> Client:
    """The client's row, locked until the transaction ends. Every workflow that changes what R4 looks at takes it."""
    return Client.objects.select_for_update().get(pk=client_id)


def empreinte_des_faits(sel: str, faits: Mapping[str, Any]) -> str:
    texte = json.dumps(faits, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{sel}\n{texte}".encode()).hexdigest()


def empreinte_de(evenement: Evenement) -> str:
    """The hash that chains this line to the one before it."""
    parties = (
        evenement.precedente,
        str(evenement.rang),
        str(evenement.auteur_id or ""),
        evenement.auteur_nom,
        evenement.instant.astimezone(UTC).isoformat(timespec="microseconds"),
        evenement.genre,
        evenement.empreinte_contenu,
    )
    return hashlib.sha256("\n".join(parties).encode()).hexdigest()


def noter(
    client: Client, genre: str, faits: Mapping[str, Any], *, auteur: Any = None, instant: datetime | None = None
) -> Evenement:
    """Add a line about `client`, whose row the caller has locked. `faits` holds JSON values only."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("the journal is written under the client's lock")
    sel = secrets.token_hex(16)
    evenement = Evenement(
        entreprise_id=client.entreprise_id,
        client=client,
        rang=client.journal_rang + 1,
        genre=genre,
        instant=instant or timezone.now(),
        auteur=auteur,
        auteur_nom=str(auteur)[:150] if auteur else SYSTEME,
        precedente=client.journal_empreinte,
        empreinte_contenu=empreinte_des_faits(sel, faits),
    )
    evenement.empreinte = empreinte_de(evenement)
    evenement.save(force_insert=True)
    ContenuEvenement.objects.create(evenement=evenement, sel=sel, faits=faits)
    client.journal_rang, client.journal_empreinte = evenement.rang, evenement.empreinte
    Client.objects.filter(pk=client.pk).update(
        journal_rang=client.journal_rang, journal_empreinte=client.journal_empreinte
    )
    return evenement


def verifier(client: Client) -> list[str]:
    """What is wrong in the client's chain, in rank order; empty when nothing is. A removed tail shows."""
    anomalies = []
    precedente, rang = "", 0
    lignes = Evenement.objects.filter(client=client).select_related("contenu").order_by("rang")
    for evenement in lignes.iterator(chunk_size=500):
        rang += 1
        if (
            evenement.rang != rang
            or evenement.precedente != precedente
            or evenement.empreinte != empreinte_de(evenement)
        ):
            anomalies.append(f"{evenement.rang}: broken chain")
        faits = evenement.contenu.faits if hasattr(evenement, "contenu") else None
        if faits is not None and empreinte_des_faits(evenement.contenu.sel, faits) != evenement.empreinte_contenu:
            anomalies.append(f"{evenement.rang}: changed content")
        precedente, rang = evenement.empreinte, evenement.rang
    if (rang, precedente) != (client.journal_rang, client.journal_empreinte):
        anomalies.append("the head does not match the last line")
    return anomalies
