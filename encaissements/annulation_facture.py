"""An issued invoice is cancelled by a credit note: it takes what is left to zero, and the invoice asks for no more.

What was paid on it goes back to the client as a credit first, when told so. Credit notes already on it stay: the new
one completes them, so that together they are the invoice's total (R10).
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from encaissements.avoirs import enregistrer_avoir
from encaissements.liberation import allouees, liberer
from entreprises.refus import refus
from factures.annulation import noter_annulee, verifier_annulation
from factures.models import Avoir, Facture
from journal.ecriture import verrouiller


@transaction.atomic
def annuler_par_avoir(
    facture: Facture,
    motif: str,
    numero: str,
    date_emission: date,
    *,
    rendre: bool = False,
    aujourd_hui: date,
    auteur: Any = None,
) -> Avoir:
    """The credit note that cancels the invoice. `rendre`: give back what was paid on it, as a credit of the client.

    ValidationError names the field that can't be taken: nothing is written.
    """
    verrouiller(facture.client_id)
    facture.refresh_from_db()
    verifier_annulation(facture, motif)
    if date_emission < facture.date_emission:
        raise refus("date_emission", _("Un avoir ne vient pas avant la facture qu’il annule."), "avant_la_facture")
    if allouees(facture, sauf_avoirs=True).exists():
        if not rendre:
            message = _("Des règlements sont imputés sur cette facture : acceptez de les rendre au client.")
            raise refus("rendre", message, "imputee")
        liberer(facture, aujourd_hui=aujourd_hui, sauf_avoirs=True, auteur=auteur)
        facture.refresh_from_db()
    if facture.solde == 0:
        raise refus("facture", _("Des avoirs soldent déjà cette facture : il n’y a rien à annuler."), "soldee")
    avoir = enregistrer_avoir(
        facture.client,
        numero,
        facture.solde,
        date_emission,
        aujourd_hui=aujourd_hui,
        facture=facture,
        motif=motif,
        auteur=auteur,
    )
    client = verrouiller(facture.client_id)
    facture.refresh_from_db()
    noter_annulee(client, facture, motif, aujourd_hui, avoir=avoir.numero, auteur=auteur)
    return avoir
