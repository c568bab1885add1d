"""Payments of known invoices by the thousand, as a file gives them: the same rows as one by one, in a few queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from encaissements.encaissement import verifier_reglement
from encaissements.models import Imputation, Reglement
from encaissements.repartition import Part
from encaissements.soldes import recalculer
from entreprises.models import Entreprise
from entreprises.refus import LotRefuse, refus
from factures.historique import LigneLiee, noter_sur_lot, numeros_cites
from factures.models import Facture
from journal.lot import verrouiller_lot
from journal.models import Genre
from noyau.montants import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class NouveauReglement:
    """A payment of one invoice. What exceeds its balance stays a credit. A key already used is passed over."""

    facture: Facture
    montant: Decimal
    date_reglement: date
    moyen: str = Reglement.Moyen.VIREMENT
    reference: str = ""
    cle_idempotence: str = ""


@transaction.atomic
def enregistrer_reglements(
    entreprise: Entreprise, lot: Sequence[NouveauReglement], *, aujourd_hui: date, auteur: Any = None
) -> list[Reglement]:
    """The payments written, in the order of the lot. All or nothing: LotRefuse holds the refusal of each bad row."""
    clients = verrouiller_lot(nouveau.facture.client_id for nouveau in lot)
    factures = Facture.objects.de(entreprise).in_bulk(list({nouveau.facture.pk for nouveau in lot}))
    _verifier_lot(lot, factures, aujourd_hui)
    pris = _cles_prises(entreprise, lot)
    restes = {pk: facture.solde for pk, facture in factures.items()}
    reglements: list[Reglement] = []
    parts: list[Part | None] = []
    for nouveau in lot:
        if nouveau.cle_idempotence and nouveau.cle_idempotence in pris:
            continue
        pris.add(nouveau.cle_idempotence)
        facture = factures[nouveau.facture.pk]
        impute = min(nouveau.montant, restes[facture.pk])
        restes[facture.pk] -= impute
        reglements.append(_reglement(nouveau, facture, impute))
        parts.append(Part(facture, None, impute) if impute else None)
    Reglement.objects.bulk_create(reglements)
    _imputer(reglements, parts)
    recalculer([part.facture for part in parts if part], aujourd_hui)
    _journaliser(clients, reglements, parts, auteur)
    return reglements


def _verifier_lot(lot: Sequence[NouveauReglement], factures: Mapping[int, Facture], aujourd_hui: date) -> None:
    erreurs: dict[int, ValidationError] = {}
    for position, nouveau in enumerate(lot):
        try:
            verifier_reglement(nouveau.montant, nouveau.date_reglement, nouveau.moyen, aujourd_hui)
            if factures[nouveau.facture.pk].annulee_le is not None:
                raise refus("facture", _("Cette facture est annulée."), "annulee")
        except ValidationError as erreur:
            erreurs[position] = erreur
    if erreurs:
        raise LotRefuse(erreurs)


def _cles_prises(entreprise: Entreprise, lot: Iterable[NouveauReglement]) -> set[str]:
    cles = [nouveau.cle_idempotence for nouveau in lot if nouveau.cle_idempotence]
    if not cles:
        return set()
    deja = Reglement.objects.filter(entreprise=entreprise, cle_idempotence__in=cles)
    return set(deja.values_list("cle_idempotence", flat=True))


def _reglement(nouveau: NouveauReglement, facture: Facture, impute: Decimal) -> Reglement:
    return Reglement(
        entreprise_id=facture.entreprise_id,
        client_id=facture.client_id,
        date_reglement=nouveau.date_reglement,
        devise=facture.devise,
        montant=nouveau.montant,
        disponible=nouveau.montant - impute,
        moyen=nouveau.moyen,
        reference=nouveau.reference.strip()[:140],
        cle_idempotence=nouveau.cle_idempotence,
    )


def _imputer(reglements: Iterable[Reglement], parts: Iterable[Part | None]) -> None:
    Imputation.objects.bulk_create(
        part.imputation(Imputation.Nature.REGLEMENT, reglement.date_reglement, reglement=reglement)
        for reglement, part in zip(reglements, parts, strict=True)
        if part
    )


def _journaliser(
    clients: Mapping[int, Client], reglements: Iterable[Reglement], parts: Iterable[Part | None], auteur: Any
) -> None:
    factures: dict[int, list[Facture]] = defaultdict(list)
    totaux: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for reglement, part in zip(reglements, parts, strict=True):
        totaux[reglement.client_id][reglement.devise] += reglement.montant
        if part:
            factures[reglement.client_id].append(part.facture)
    lignes = []
    for pk, sommes in totaux.items():
        leurs = list(dict.fromkeys(factures[pk]))
        faits = {**numeros_cites(leurs), "totaux": {devise: str(total) for devise, total in sommes.items()}}
        lignes.append(LigneLiee(clients[pk], Genre.REGLEMENT, faits, leurs))
    noter_sur_lot(lignes, auteur=auteur)
