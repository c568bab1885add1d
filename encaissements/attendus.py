"""Deposits still expected from a client: where a payment may go, before the invoices themselves."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from clients.models import Client
from factures.models import Acompte
from noyau.montants import ZERO


@dataclass(frozen=True, slots=True)
class Attendu:
    """A deposit asked for, and what is left to receive of it: never more than its invoice owes."""

    acompte: Acompte
    reste: Decimal


def acomptes_attendus(client: Client, devise: str) -> list[Attendu]:
    """Those of open invoices of which something is left, the first expected first. One query."""
    demandes = (
        Acompte.objects.de(client.entreprise)
        .filter(facture__client=client, facture__devise=devise, facture__solde__gt=0, facture__annulee_le=None)
        .select_related("facture")
        .annotate(recu=Sum("imputations__montant"))
        .order_by("attendu_le", "pk")
    )
    lus = [Attendu(a, min(a.montant - (a.recu or ZERO), a.facture.solde)) for a in demandes]
    return [attendu for attendu in lus if attendu.reste > 0]
