"""Disputes: while one runs, nothing leaves about its invoice; it postpones every rung and skips none.

A dispute holds from the day it was opened to the day it is closed, both included.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from entreprises.models import Entreprise
from entreprises.refus import refus
from factures.examen import a_revoir
from factures.historique import LigneLiee, noter_sur, noter_sur_lot, numeros_cites
from factures.models import Echeance, Facture
from journal.ecriture import verrouiller
from journal.lot import verrouiller_lot
from journal.models import Genre
from suivi.models import Litige


@dataclass(frozen=True, slots=True)
class NouveauLitige:
    """A dispute as a file tells it."""

    facture: Facture
    ouvert_le: date
    motif: str = ""


@transaction.atomic
def ouvrir_litige(
    facture: Facture,
    ouvert_le: date,
    motif: str,
    *,
    aujourd_hui: date | None = None,
    auteur: Any = None,
    reponse_avant: date | None = None,
) -> Litige:
    """Open a dispute; without `aujourd_hui`, `ouvert_le` is today.

    ValidationError for a cancelled invoice, one in dispute already, or a date in the future.
    """
    client = verrouiller(facture.client_id)
    facture.refresh_from_db()
    if aujourd_hui is not None and ouvert_le > aujourd_hui:
        raise refus("ouvert_le", _("Un litige ne s’ouvre pas dans le futur."), "futur")
    if facture.annulee_le is not None:
        raise refus("facture", _("Cette facture est annulée."), "annulee")
    if Litige.objects.filter(facture=facture, clos_le=None).exists():
        raise refus("facture", _("Un litige est déjà ouvert sur cette facture."), "deja_ouvert")
    litige = Litige.objects.create(
        entreprise_id=facture.entreprise_id,
        facture=facture,
        client=client,
        ouvert_le=ouvert_le,
        motif=motif.strip()[:300],
        reponse_avant=reponse_avant,
    )
    noter_sur(client, Genre.LITIGE_OUVERT, _faits(litige, facture), [facture], auteur=auteur)
    return litige


@transaction.atomic
def clore_litige(litige: Litige, clos_le: date, *, aujourd_hui: date, issue: str = "", auteur: Any = None) -> Litige:
    """Close it: it holds for the last time on `clos_le`. ValidationError when it is closed, or the date doesn't fit."""
    client = verrouiller(litige.client_id)
    litige.refresh_from_db()
    if litige.clos_le is not None:
        raise refus("litige", _("Ce litige est déjà clos."), "deja_clos")
    if not litige.ouvert_le <= clos_le <= aujourd_hui:
        raise refus("clos_le", _("La clôture vient après l’ouverture, et pas dans le futur."))
    litige.clos_le = clos_le
    litige.save(update_fields=["clos_le", "modifie_le"])
    a_revoir(Echeance.objects.filter(facture=litige.facture_id), aujourd_hui)
    faits = {**_faits(litige, litige.facture), "clos_le": clos_le.isoformat(), "issue": issue.strip()[:300]}
    noter_sur(client, Genre.LITIGE_CLOS, faits, [litige.facture], auteur=auteur)
    return litige


@transaction.atomic
def ouvrir_litiges(entreprise: Entreprise, lot: Sequence[NouveauLitige], *, auteur: Any = None) -> list[Litige]:
    """The disputes of a file, in a few queries. An invoice in dispute already, or cancelled, is passed over."""
    clients = verrouiller_lot(nouveau.facture.client_id for nouveau in lot)
    cles = [nouveau.facture.pk for nouveau in lot]
    passees = set(Litige.objects.filter(facture__in=cles, clos_le=None).values_list("facture_id", flat=True))
    passees |= set(Facture.objects.filter(pk__in=cles, annulee_le__isnull=False).values_list("pk", flat=True))
    litiges: list[Litige] = []
    par_client: dict[int, list[Facture]] = defaultdict(list)
    for nouveau in lot:
        facture = nouveau.facture
        if facture.entreprise_id != entreprise.pk:
            raise ValueError(f"invoice {facture.pk} is of another company")
        if facture.pk not in passees:
            passees.add(facture.pk)
            par_client[facture.client_id].append(facture)
            litiges.append(_litige(nouveau))
    Litige.objects.bulk_create(litiges)
    lignes = [
        LigneLiee(clients[pk], Genre.LITIGE_OUVERT, numeros_cites(leurs), leurs) for pk, leurs in par_client.items()
    ]
    noter_sur_lot(lignes, auteur=auteur)
    return litiges


def _litige(nouveau: NouveauLitige) -> Litige:
    return Litige(
        entreprise_id=nouveau.facture.entreprise_id,
        facture=nouveau.facture,
        client_id=nouveau.facture.client_id,
        ouvert_le=nouveau.ouvert_le,
        motif=nouveau.motif.strip()[:300],
    )


def _faits(litige: Litige, facture: Facture) -> dict[str, Any]:
    return {"facture": facture.numero, "ouvert_le": litige.ouvert_le.isoformat(), "motif": litige.motif}
