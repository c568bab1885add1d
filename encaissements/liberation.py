"""Give an invoice's money back to its client as a credit, before the invoice is cancelled or made again."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from encaissements.contrepassation import contrepasser
from encaissements.models import Imputation, Reglement
from encaissements.soldes import recalculer
from factures.historique import noter_sur
from factures.models import Facture
from journal.ecriture import verrouiller
from journal.models import Genre
from noyau.montants import ZERO


def allouees(facture: Facture, *, sauf_avoirs: bool = False) -> QuerySet[Imputation]:
    """What is allocated to the invoice and was not reversed."""
    actives = Imputation.objects.filter(facture=facture, montant__gt=0, annulee_par=None)
    return actives.exclude(nature=Imputation.Nature.AVOIR) if sauf_avoirs else actives


@transaction.atomic
def liberer(facture: Facture, *, aujourd_hui: date, sauf_avoirs: bool = False, auteur: Any = None) -> Decimal:
    """Reverse all that is allocated to the invoice. Payments and credit notes become usable again; a discount, and a
    deposit recorded without a payment, go. Returns what the client's payments got back.

    `sauf_avoirs`: its credit notes stay on it, for another one is about to complete them."""
    client = verrouiller(facture.client_id)
    actives = list(allouees(facture, sauf_avoirs=sauf_avoirs).select_related("reglement"))
    if not actives:
        return ZERO
    contrepasser(actives, aujourd_hui)
    rendus: dict[Reglement, Decimal] = defaultdict(lambda: ZERO)
    for imputation in actives:
        if imputation.reglement is not None and imputation.nature != Imputation.Nature.ESCOMPTE:
            rendus[imputation.reglement] += imputation.montant
    for reglement, montant in rendus.items():
        reglement.disponible += montant
        reglement.save(update_fields=["disponible", "modifie_le"])
    recalculer([facture], aujourd_hui)
    total = sum(rendus.values(), ZERO)
    faits = {"facture": facture.numero, "libere": str(total), "devise": facture.devise}
    noter_sur(client, Genre.REGLEMENT, faits, [facture], auteur=auteur)
    return total
