"""Invoices are marked as sent to their client: when, how, to whom. R4 asks for nothing just after that day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from entreprises.refus import refus
from factures.examen import a_revoir
from factures.historique import LigneLiee, noter_sur_lot, numeros_cites
from factures.models import Echeance, Facture
from journal.lot import verrouiller_lot
from journal.models import Genre


@transaction.atomic
def marquer_transmises(
    factures: Iterable[Facture],
    transmise_le: date,
    transmise_par: str = "",
    transmise_a: str = "",
    *,
    aujourd_hui: date,
    auteur: Any = None,
) -> list[Facture]:
    """Write it on each invoice, one journal line per client. Returns those written, cancelled ones left out.

    ValidationError for a day in the future or before an invoice was issued, or when none is left.
    """
    cles = [facture.pk for facture in factures]
    clients = verrouiller_lot(Facture.objects.filter(pk__in=cles).values_list("client_id", flat=True))
    retenues = list(Facture.objects.filter(pk__in=cles, annulee_le=None).order_by("pk"))
    _verifier(retenues, transmise_le, transmise_par, aujourd_hui)
    colonnes = {"transmise_le": transmise_le, "transmise_par": transmise_par, "transmise_a": transmise_a.strip()[:200]}
    ecrites = Facture.objects.filter(pk__in=[f.pk for f in retenues])
    ecrites.update(**colonnes, modifie_le=timezone.now())
    a_revoir(Echeance.objects.filter(facture__in=ecrites), aujourd_hui)
    par_client: dict[int, list[Facture]] = defaultdict(list)
    for facture in retenues:
        par_client[facture.client_id].append(facture)
    faits = {"date": transmise_le.isoformat(), "transmise_par": transmise_par, "destinataire": colonnes["transmise_a"]}
    lignes = [
        LigneLiee(clients[pk], Genre.FACTURE_TRANSMISE, {**numeros_cites(leurs), **faits}, leurs)
        for pk, leurs in par_client.items()
    ]
    noter_sur_lot(lignes, auteur=auteur)
    return retenues


def _verifier(retenues: list[Facture], transmise_le: date, transmise_par: str, aujourd_hui: date) -> None:
    if not retenues:
        raise refus("transmise_le", _("Choisissez au moins une facture qui n’est pas annulée."), "aucune")
    if transmise_le > aujourd_hui:
        raise refus("transmise_le", _("Une facture n’a pas pu être envoyée dans le futur."), "futur")
    if transmise_par not in Facture.CanalTransmission:
        raise refus("transmise_par", _("Ce mode d’envoi n’existe pas."))
    tardive = next((f for f in retenues if f.date_emission > transmise_le), None)
    if tardive is not None:
        message = _("La facture n° %(numero)s est émise après ce jour.")
        raise refus("transmise_le", message, "avant_emission", numero=tardive.numero)
