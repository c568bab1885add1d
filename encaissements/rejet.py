"""A payment bounces (cheque, debit, card): what it had settled is open again, the proof of both stays."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from encaissements.contrepassation import contrepasser
from encaissements.encaissement import faits_du_reglement
from encaissements.models import Reglement
from encaissements.soldes import recalculer
from entreprises.refus import refus
from factures.examen import a_revoir
from factures.historique import noter_sur
from factures.models import Echeance, Facture
from journal.ecriture import verrouiller
from journal.models import Genre
from noyau.montants import ZERO


@transaction.atomic
def rejeter_reglement(
    reglement: Reglement, rejete_le: date, motif: str, *, aujourd_hui: date, auteur: Any = None
) -> Reglement:
    """Reverse every allocation of the payment, and the discount it had earned; nothing of it is left to use.

    Invoices collected by direct debit become payable by transfer: the debit failed, they may be asked for again.
    ValidationError for a payment rejected already, or a date before the payment or in the future.
    """
    client = verrouiller(reglement.client_id)
    reglement.refresh_from_db()
    if reglement.annule_le is not None:
        raise refus("reglement", _("La saisie de ce règlement a été annulée."), "annule")
    if reglement.rejete_le is not None:
        raise refus("reglement", _("Ce règlement est déjà rejeté."), "deja_rejete")
    if not reglement.date_reglement <= rejete_le <= aujourd_hui:
        raise refus("rejete_le", _("Le rejet vient après le règlement, et pas dans le futur."))
    actives = reglement.imputations.filter(montant__gt=0, annulee_par=None).order_by("pk")
    contrepasser(actives, rejete_le)
    reglement.disponible, reglement.rejete_le, reglement.rejet_motif = ZERO, rejete_le, motif.strip()[:200]
    reglement.save(update_fields=["disponible", "rejete_le", "rejet_motif", "modifie_le"])
    factures = list(Facture.objects.filter(imputations__reglement=reglement).distinct().order_by("pk"))
    recalculer(factures, aujourd_hui)
    a_revoir(Echeance.objects.filter(client=client), aujourd_hui)  # even a mere credit may have kept a promise
    prelevees = [facture for facture in factures if facture.est_prelevee]
    Facture.objects.filter(pk__in=[f.pk for f in prelevees]).update(mode_reglement=Facture.ModeReglement.VIREMENT)
    faits = {**faits_du_reglement(reglement), "rejete_le": rejete_le.isoformat(), "motif": reglement.rejet_motif}
    if prelevees:
        faits["plus_prelevees"] = [facture.numero for facture in prelevees]
    noter_sur(client, Genre.REGLEMENT_REJETE, faits, factures, auteur=auteur)
    return reglement
