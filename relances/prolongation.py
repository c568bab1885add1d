"""Give a client more time: an instalment's due date is put off, with a reason. What was asked before stays."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from encaissements.soldes import recalculer
from entreprises.refus import refus
from factures.conditions import ecrire_jour
from factures.examen import a_revoir
from factures.historique import noter_sur
from factures.models import Echeance
from factures.saisie import DELAI_MAXIMUM
from journal.ecriture import verrouiller
from journal.models import Genre
from relances.models import LigneRelance, Relance


@transaction.atomic
def reporter_l_echeance(
    echeance: Echeance, nouvelle: date, *, motif: str, aujourd_hui: date, auteur: Any = None
) -> Echeance:
    """Put the due date off to `nouvelle`.

    ValidationError without a reason, for a day that is not later, when nothing is due on it, or while an act is open.
    """
    client = verrouiller(echeance.client_id)
    echeance = Echeance.objects.select_related("facture").get(pk=echeance.pk)
    ancienne = echeance.date_echeance
    _verifier(echeance, nouvelle, motif.strip())
    echeance.date_echeance, echeance.a_examiner_le = nouvelle, aujourd_hui
    echeance.version += 1
    echeance.save(update_fields=["date_echeance", "a_examiner_le", "version", "modifie_le"])
    # Instalments are filled oldest first: another order, another split of what was paid.
    recalculer([echeance.facture], aujourd_hui)
    # Its client's other invoices were grouped with it, or weighed against a threshold.
    a_revoir(Echeance.objects.filter(client=client), aujourd_hui)
    faits = {
        "facture": echeance.facture.numero,
        "changements": {"date_echeance": [ancienne.isoformat(), nouvelle.isoformat()]},
        "motif": motif.strip()[:200],
    }
    noter_sur(client, Genre.FACTURE_MODIFIEE, faits, [echeance.facture], auteur=auteur)
    echeance.refresh_from_db()
    return echeance


def _verifier(echeance: Echeance, nouvelle: date, motif: str) -> None:
    if not motif:
        raise refus("motif", _("Dites pourquoi l’échéance est reportée : l’historique le garde."), "motif_manquant")
    if echeance.facture.annulee_le is not None or echeance.solde == 0:
        raise refus("echeance", _("Rien n’est plus dû à cette échéance."), "soldee")
    if nouvelle <= echeance.date_echeance:
        message = _("La nouvelle date vient après le %(date)s.")
        raise refus("date_echeance", message, "pas_apres", date=ecrire_jour(echeance.date_echeance))
    if nouvelle - echeance.facture.date_emission > DELAI_MAXIMUM:
        raise refus("date_echeance", _("Cette date est à plus de dix ans de l’émission."), "trop_loin")
    ouverts = LigneRelance.objects.filter(echeance=echeance, relance__statut__in=Relance.STATUTS_OUVERTS)
    if ouverts.filter(est_active=True).exists():
        message = _("Un acte est en cours sur cette échéance : menez-le à bien, ou annulez-le.")
        raise refus("echeance", message, "acte_ouvert")
