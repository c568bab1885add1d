"""Deposits received on an invoice. They reduce its balance as a payment does, under their own name."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from encaissements.encaissement import faits_du_reglement, verifier_reglement
from encaissements.models import Imputation, Reglement
from encaissements.repartition import Part
from encaissements.soldes import recalculer
from entreprises.refus import refus
from entreprises.templatetags.formats import ecrire_montant
from factures.historique import noter_sur
from factures.models import Acompte, Facture
from journal.ecriture import verrouiller
from journal.models import Genre
from noyau.montants import ZERO


@transaction.atomic
def recevoir_acompte(
    acompte: Acompte,
    montant: Decimal,
    date_reception: date,
    *,
    aujourd_hui: date,
    moyen: str = Reglement.Moyen.VIREMENT,
    reference: str = "",
    avec_reglement: bool = True,
    auteur: Any = None,
) -> Imputation:
    """Put what was received of a deposit on its invoice.

    `avec_reglement` false: the money was recorded elsewhere (a deposit invoice of its own), only the invoice goes down.
    ValidationError when more is received than the deposit, or the invoice, has left: the rest is an ordinary payment.
    """
    facture = acompte.facture
    client = verrouiller(facture.client_id)
    facture.refresh_from_db()
    verifier_reglement(montant, date_reception, moyen, aujourd_hui)
    _verifier_place(acompte, facture, montant)
    reglement = None
    if avec_reglement:
        reglement = Reglement.objects.create(
            entreprise_id=client.entreprise_id,
            client=client,
            date_reglement=date_reception,
            devise=facture.devise,
            montant=montant,
            moyen=moyen,
            reference=reference.strip()[:140],
        )
    imputation = Part(facture, None, montant).imputation(
        Imputation.Nature.ACOMPTE, date_reception, reglement=reglement, acompte=acompte
    )
    imputation.save(force_insert=True)
    recalculer([facture], aujourd_hui)
    faits = {"facture": facture.numero, "montant": str(montant), "devise": facture.devise}
    faits |= faits_du_reglement(reglement) if reglement else {"date": date_reception.isoformat()}
    noter_sur(client, Genre.ACOMPTE, faits, [facture], auteur=auteur)
    return imputation


def recu_de(acompte: Acompte) -> Decimal:
    """What was received of the deposit, reversals taken off."""
    return acompte.imputations.aggregate(somme=Sum("montant"))["somme"] or ZERO


def _verifier_place(acompte: Acompte, facture: Facture, montant: Decimal) -> None:
    if facture.annulee_le is not None:
        raise refus("montant", _("Cette facture est annulée."), "annulee")
    place = min(acompte.montant - recu_de(acompte), facture.solde)
    if montant > place:
        message = _("Il reste %(place)s à recevoir de cet acompte. Enregistrez le surplus comme un règlement.")
        raise refus("montant", message, "trop", place=ecrire_montant(place, facture.devise))
