"""Journal lines that speak of invoices: written, then linked to each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.models import Client
from factures.models import EvenementFacture, Facture
from journal.ecriture import noter
from journal.lot import Ligne, noter_lot
from journal.models import Evenement

NUMEROS_CITES = 50
"""A lot of thousands cites that many numbers; the links name them all."""


@dataclass(frozen=True, slots=True)
class LigneLiee:
    """A line of a lot and the invoices it speaks of."""

    client: Client
    genre: str
    faits: Mapping[str, Any]
    factures: Sequence[Facture]


def noter_sur(
    client: Client,
    genre: str,
    faits: Mapping[str, Any],
    factures: Iterable[Facture],
    *,
    auteur: Any = None,
    instant: datetime | None = None,
) -> Evenement:
    """Add a line about the client, whose row is locked, and link it to the invoices."""
    evenement = noter(client, genre, faits, auteur=auteur, instant=instant)
    _lier([(evenement, facture.pk) for facture in factures])
    return evenement


def noter_sur_lot(
    lignes: Sequence[LigneLiee], *, auteur: Any = None, instant: datetime | None = None
) -> list[Evenement]:
    """The same for a lot, in a few queries."""
    evenements = noter_lot([Ligne(x.client, x.genre, x.faits) for x in lignes], auteur=auteur, instant=instant)
    paires = zip(evenements, lignes, strict=True)
    _lier([(evenement, facture.pk) for evenement, ligne in paires for facture in ligne.factures])
    return evenements


def numeros_cites(factures: Sequence[Facture]) -> dict[str, Any]:
    """How many invoices, and the first numbers: the facts of a line about a lot."""
    return {"nombre": len(factures), "factures": [facture.numero for facture in factures[:NUMEROS_CITES]]}


def _lier(paires: Iterable[tuple[Evenement, int]]) -> None:
    liens = [EvenementFacture(evenement=evenement, facture_id=pk) for evenement, pk in dict.fromkeys(paires)]
    EvenementFacture.objects.bulk_create(liens)
