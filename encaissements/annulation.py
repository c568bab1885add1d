"""A payment entered by mistake is undone: the books are as if it had never been, the journal tells both.

What it had settled, and the discount granted beside it, are reversed on their own value dates: no balance of any day
keeps a trace of it, wherever its credit was used since. The row stays, undone; whoever sums payments leaves it out
(`Reglement.objects.valides`). A payment that the bank took back is `rejet`, which keeps the days when it counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from encaissements.contrepassation import contrepasser
from encaissements.encaissement import faits_du_reglement
from encaissements.models import Imputation, Reglement
from encaissements.soldes import recalculer
from entreprises.ecriture import ecrire_colonnes
from entreprises.refus import refus
from factures.examen import a_revoir
from factures.historique import LigneLiee, noter_sur_lot
from factures.models import Echeance, Facture
from journal.lot import verrouiller_lot
from journal.models import Genre
from noyau.montants import ZERO


def annuler_reglement(
    reglement: Reglement, motif: str = "", *, aujourd_hui: date, instant: datetime, auteur: Any = None
) -> Reglement:
    """Undo one payment. ValidationError for one undone already, or rejected by the bank."""
    annules = annuler_reglements([reglement], motif, aujourd_hui=aujourd_hui, instant=instant, auteur=auteur)
    if not annules:
        raise refus("reglement", _("La saisie de ce règlement est déjà annulée."), "deja_annule")
    return annules[0]


@transaction.atomic
def annuler_reglements(
    reglements: Iterable[Reglement], motif: str = "", *, aujourd_hui: date, instant: datetime, auteur: Any = None
) -> list[Reglement]:
    """Undo these payments, all or none; those undone just now. ValidationError names a rejected one."""
    demandes = list(reglements)
    clients = verrouiller_lot(reglement.client_id for reglement in demandes)
    lus = Reglement.objects.filter(pk__in=[r.pk for r in demandes]).valides().select_related("client").order_by("pk")
    annules = list(lus)
    for reglement in annules:
        if reglement.rejete_le is not None:
            message = _("Le règlement de %(nom)s a été rejeté par la banque : il ne compte déjà plus.")
            raise refus("reglement", message, "rejete", nom=reglement.client.nom)
    factures = _contrepasser(annules)
    for reglement in annules:
        reglement.disponible, reglement.annule_le, reglement.modifie_le = ZERO, instant, instant
    ecrire_colonnes(annules, ["disponible", "annule_le", "modifie_le"])
    recalculer({facture for leurs in factures.values() for facture in leurs}, aujourd_hui)
    # A mere credit may have kept a promise, and balances that did not rise may be asked for again.
    a_revoir(Echeance.objects.filter(client__in=list(clients)), aujourd_hui)
    noter_sur_lot(
        [LigneLiee(clients[r.client_id], Genre.REGLEMENT_ANNULE, _faits(r, motif), factures[r.pk]) for r in annules],
        auteur=auteur,
    )
    return annules


def _contrepasser(reglements: Iterable[Reglement]) -> Mapping[int, list[Facture]]:
    """Reverse what they pay, on its own dates; the invoices by payment."""
    actives = (
        Imputation.objects.filter(reglement__in=[r.pk for r in reglements], montant__gt=0, annulee_par=None)
        .select_related("facture")
        .order_by("pk")
    )
    factures: dict[int, dict[Facture, None]] = defaultdict(dict)
    for imputation in actives:
        factures[imputation.reglement_id or 0][imputation.facture] = None
    contrepasser(actives, date.min)
    return defaultdict(list, {pk: list(leurs) for pk, leurs in factures.items()})


def _faits(reglement: Reglement, motif: str) -> dict[str, Any]:
    return {**faits_du_reglement(reglement), "motif": motif.strip()[:200]}
