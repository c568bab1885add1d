"""An invoice is cancelled, never deleted: its number stays taken, its figures stay as they were.

Refused while anything is allocated to it (payment, deposit, credit note, discount): `encaissements.liberation` first
gives that back to the client as a credit. One that was issued is cancelled by a credit note
(`encaissements.annulation_facture`), which alone may stand on it.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.refus import refus
from factures.historique import noter_sur
from factures.models import Echeance, Facture
from journal.ecriture import verrouiller
from journal.models import Genre


@transaction.atomic
def annuler_facture(facture: Facture, motif: str, *, aujourd_hui: date, auteur: Any = None) -> Facture:
    """Cancel it as of today. ValidationError when it is cancelled already, paid even in part, or without a reason."""
    client = verrouiller(facture.client_id)
    facture.refresh_from_db()
    verifier_annulation(facture, motif)
    if facture.solde != facture.total:
        message = _("Des sommes sont imputées sur cette facture : rendez-les au client avant de l’annuler.")
        raise refus("facture", message, "imputee")
    noter_annulee(client, facture, motif, aujourd_hui, auteur=auteur)
    return facture


def verifier_annulation(facture: Facture, motif: str) -> None:
    """ValidationError without a reason, or when it is cancelled already."""
    if not motif.strip():
        raise refus("motif", _("Donnez le motif de l’annulation."))
    if facture.annulee_le is not None:
        raise refus("facture", _("Cette facture est déjà annulée."), "deja_annulee")


def noter_annulee(
    client: Client, facture: Facture, motif: str, aujourd_hui: date, *, avoir: str = "", auteur: Any = None
) -> None:
    """Write it and its journal line; the client's row is locked. `avoir`: the number of the credit note it took."""
    facture.annulee_le, facture.annulee_motif = aujourd_hui, motif.strip()[:200]
    facture.save(update_fields=["annulee_le", "annulee_motif", "modifie_le"])
    Echeance.objects.filter(facture=facture).update(a_examiner_le=None)
    faits = {"facture": facture.numero, "total": str(facture.total), "devise": facture.devise, "motif": motif.strip()}
    if avoir:
        faits["avoir"] = avoir
    noter_sur(client, Genre.FACTURE_ANNULEE, faits, [facture], auteur=auteur)
