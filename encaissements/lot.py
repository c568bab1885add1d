"""Payments of known invoices, many at once: the same rows as one by one, in a few queries.

A file gives them by the thousand (`enregistrer_reglements`: a key already used is passed over); a page gives them as
one batch under one key (`enregistrer_lot`: written once, all or nothing).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from encaissements.controle import Actuels, lire_actuels, verifier_lot
from encaissements.models import Imputation, Reglement, prefixe_du_lot
from encaissements.nouveau import NouveauReglement
from encaissements.repartition import Part
from encaissements.soldes import recalculer
from entreprises.models import Entreprise
from entreprises.refus import refus
from factures.historique import LigneLiee, noter_sur_lot, numeros_cites
from factures.models import Facture
from journal.lot import verrouiller_lot
from journal.models import Genre
from noyau.montants import ZERO

__all__ = ["NouveauReglement", "deja_enregistre", "enregistrer_lot", "enregistrer_reglements"]
Nature = Imputation.Nature


@dataclass(slots=True)
class _Prepare:
    """A payment about to be written, what it pays, and the discounts granted beside it."""

    reglement: Reglement
    parts: list[Part]
    remises: list[Part]


@transaction.atomic
def enregistrer_reglements(
    entreprise: Entreprise, lot: Sequence[NouveauReglement], *, aujourd_hui: date, auteur: Any = None
) -> list[Reglement]:
    """The payments written, in the order of the lot. All or nothing: LotRefuse holds the refusal of each bad row."""
    clients = verrouiller_lot(nouveau.facture.client_id for nouveau in lot)
    pris = _cles_prises(entreprise, lot)
    actuels = lire_actuels(entreprise, lot)
    verifier_lot(lot, actuels, aujourd_hui, pris)
    neufs = []
    for nouveau in lot:
        if not nouveau.cle_idempotence or nouveau.cle_idempotence not in pris:
            pris.add(nouveau.cle_idempotence)
            neufs.append(nouveau)
    return _ecrire(clients, _preparer(neufs, actuels), aujourd_hui, auteur)


@transaction.atomic
def enregistrer_lot(
    entreprise: Entreprise,
    lot: Sequence[NouveauReglement],
    cle: str,
    *,
    par_client: bool = False,
    aujourd_hui: date,
    auteur: Any = None,
) -> list[Reglement]:
    """Write the batch of one page: a payment per row, or one per client and currency with `par_client`.

    The same key and payments again: those written the first time, nothing more. ValidationError when the key served
    for something else, or for a batch undone since; LotRefuse holds the refusal of each bad row.
    """
    clients = verrouiller_lot(nouveau.facture.client_id for nouveau in lot)
    if deja := deja_enregistre(entreprise, lot, cle):
        return deja
    actuels = lire_actuels(entreprise, lot)
    verifier_lot(lot, actuels, aujourd_hui)
    prepares = _preparer(lot, actuels)
    if par_client:
        prepares = _reunir(prepares)
    for rang, prepare in enumerate(prepares):
        prepare.reglement.cle_idempotence = f"{prefixe_du_lot(cle)}{rang}"
    return _ecrire(clients, prepares, aujourd_hui, auteur)


def deja_enregistre(entreprise: Entreprise, lot: Sequence[NouveauReglement], cle: str) -> list[Reglement]:
    """What this key already recorded, if it did. ValidationError when that was undone, or was not these payments."""
    deja = list(Reglement.objects.de(entreprise).du_lot(cle).order_by("pk"))
    if not deja:
        return []
    if any(reglement.annule_le for reglement in deja):
        raise refus("lot", _("Cette saisie a été annulée. Vérifiez les lignes, puis enregistrez de nouveau."), "annule")
    ecrits = _sommes((r.client_id, r.devise, r.montant) for r in deja)
    voulus = _sommes((n.facture.client_id, n.facture.devise, n.montant) for n in lot)
    payees = Imputation.objects.filter(reglement__in=deja).values_list("facture_id", flat=True)
    if ecrits != voulus or not {n.facture.pk for n in lot} <= set(payees):
        message = _(
            "Cette page avait déjà servi à enregistrer d’autres règlements. Rien de plus n’est écrit : vérifiez les "
            "lignes, puis enregistrez de nouveau."
        )
        raise refus("lot", message, "deja_servi")
    return deja


def _sommes(lignes: Iterable[tuple[int, str, Decimal]]) -> dict[tuple[int, str], Decimal]:
    sommes: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    for client, devise, montant in lignes:
        sommes[client, devise] += montant
    return dict(sommes)


def _cles_prises(entreprise: Entreprise, lot: Iterable[NouveauReglement]) -> set[str]:
    cles = [nouveau.cle_idempotence for nouveau in lot if nouveau.cle_idempotence]
    if not cles:
        return set()
    deja = Reglement.objects.de(entreprise).filter(cle_idempotence__in=cles)
    return set(deja.values_list("cle_idempotence", flat=True))


def _preparer(lot: Iterable[NouveauReglement], actuels: Actuels) -> list[_Prepare]:
    """Each payment on its own invoice, up to what is left of it."""
    restes = {pk: facture.solde for pk, facture in actuels.factures.items()}
    dus = {pk: echeance.solde for pk, echeance in actuels.echeances.items()}
    prepares = []
    for nouveau in lot:
        facture = actuels.factures[nouveau.facture.pk]
        echeance = actuels.echeances[nouveau.echeance.pk] if nouveau.echeance else None
        impute = min(nouveau.montant, restes[facture.pk])
        if echeance is not None:
            impute = min(impute, dus[echeance.pk])
            dus[echeance.pk] -= impute
        restes[facture.pk] -= impute + nouveau.escompte
        prepares.append(
            _Prepare(
                _reglement(nouveau, facture, impute),
                [Part(facture, echeance, impute)] if impute else [],
                [Part(facture, None, nouveau.escompte)] if nouveau.escompte else [],
            )
        )
    return prepares


def _reunir(prepares: Iterable[_Prepare]) -> list[_Prepare]:
    """One payment per client and currency, in the order in which they first appear."""
    reunis: dict[tuple[int, str], _Prepare] = {}
    references: dict[tuple[int, str], dict[str, None]] = defaultdict(dict)
    for prepare in prepares:
        reglement = prepare.reglement
        cle = reglement.client_id, reglement.devise
        if reglement.reference:
            references[cle][reglement.reference] = None
        if cle not in reunis:
            reunis[cle] = prepare
            continue
        tout = reunis[cle]
        tout.reglement.montant += reglement.montant
        tout.reglement.disponible += reglement.disponible
        tout.parts += prepare.parts
        tout.remises += prepare.remises
    for cle, tout in reunis.items():
        tout.reglement.reference = " ; ".join(references[cle])[:140]
    return list(reunis.values())


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


def _ecrire(
    clients: Mapping[int, Client], prepares: Sequence[_Prepare], aujourd_hui: date, auteur: Any
) -> list[Reglement]:
    reglements = Reglement.objects.bulk_create(prepare.reglement for prepare in prepares)
    lignes = []
    for prepare, reglement in zip(prepares, reglements, strict=True):
        jour = reglement.date_reglement
        lignes += [part.imputation(Nature.REGLEMENT, jour, reglement=reglement) for part in prepare.parts]
        lignes += [part.imputation(Nature.ESCOMPTE, jour, reglement=reglement) for part in prepare.remises]
    Imputation.objects.bulk_create(lignes)
    recalculer(chain.from_iterable((part.facture for part in p.parts) for p in prepares), aujourd_hui)
    _journaliser(clients, prepares, auteur)
    return list(reglements)


def _journaliser(clients: Mapping[int, Client], prepares: Iterable[_Prepare], auteur: Any) -> None:
    """One line per client: how much in each currency, on which invoices; the day and the means when they are one."""
    par_client: dict[int, list[_Prepare]] = defaultdict(list)
    for prepare in prepares:
        par_client[prepare.reglement.client_id].append(prepare)
    lignes = []
    for pk, leurs in par_client.items():
        factures = list(dict.fromkeys(part.facture for prepare in leurs for part in prepare.parts))
        lignes.append(LigneLiee(clients[pk], Genre.REGLEMENT, _faits(leurs, factures), factures))
    noter_sur_lot(lignes, auteur=auteur)


def _faits(prepares: Sequence[_Prepare], factures: Sequence[Facture]) -> dict[str, Any]:
    totaux: dict[str, Decimal] = defaultdict(lambda: ZERO)
    escomptes: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for prepare in prepares:
        devise = prepare.reglement.devise
        totaux[devise] += prepare.reglement.montant
        for remise in prepare.remises:
            escomptes[devise] += remise.montant
    faits: dict[str, Any] = {**numeros_cites(factures), "totaux": {d: str(total) for d, total in totaux.items()}}
    if escomptes:
        faits["escomptes"] = {d: str(total) for d, total in escomptes.items()}
    for cle, valeurs in {
        "date": {p.reglement.date_reglement.isoformat() for p in prepares},
        "moyen": {str(p.reglement.moyen) for p in prepares},
    }.items():
        if len(valeurs) == 1:
            faits[cle] = valeurs.pop()
    return faits
