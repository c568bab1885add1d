"""A client leaves the lists, and comes back. Nothing is deleted, and nobody who owes is put out of sight."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.refus import refus
from factures.models import Facture
from journal.ecriture import noter, verrouiller
from journal.models import Genre
from relances.models import Relance

MONTRES = 5


class EncoreDu(ValueError):
    """Something is owed, or an act is open: `obstacles` says what."""

    def __init__(self, obstacles: "Obstacles") -> None:
        super().__init__("the client owes, or an act is open")
        self.obstacles = obstacles


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What keeps a client in the lists: a few of its open invoices and their number, its open acts."""

    factures: list[Facture]
    nombre: int
    actes: list[Relance]

    def __bool__(self) -> bool:
        return bool(self.nombre or self.actes)


def obstacles(client: Client) -> Obstacles:
    ouvertes = Facture.objects.filter(client=client).ouvertes().order_by("date_emission", "pk")
    actes = Relance.objects.ouvertes().filter(client=client).select_related("etape").order_by("pk")
    return Obstacles(list(ouvertes[:MONTRES]), ouvertes.count(), list(actes))


@transaction.atomic
def archiver_client(client: Client, *, instant: datetime, auteur: Any = None) -> bool:
    """False when it was archived already. EncoreDu while it owes something, or while an act is open."""
    client = verrouiller(client.pk)
    if client.archive_le is not None:
        return False
    if trouves := obstacles(client):
        raise EncoreDu(trouves)
    _ecrire(client, instant, auteur)
    return True


@transaction.atomic
def retablir_client(client: Client, *, auteur: Any = None) -> bool:
    """False when it was never away. ValidationError for a client merged into another: the merge is undone instead."""
    client = verrouiller(client.pk)
    if client.fusionne_dans_id is not None:
        raise refus("client", _("Cette fiche est réunie avec une autre : défaites d’abord la réunion."), "fusionne")
    if client.archive_le is None:
        return False
    _ecrire(client, None, auteur)
    return True


def _ecrire(client: Client, archive_le: datetime | None, auteur: Any) -> None:
    client.archive_le = archive_le
    client.version += 1
    client.save(update_fields=["archive_le", "version", "modifie_le"])
    noter(client, Genre.CLIENT_MODIFIE, {"archive": archive_le is not None}, auteur=auteur)
