"""Invoices come in, one at a time or by the thousand: the same checks, the same rows, one journal line per client."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.models import Entreprise
from entreprises.refus import LotRefuse, refus
from factures.historique import LigneLiee, noter_sur_lot, numeros_cites
from factures.models import Acompte, ConditionsPaiement, Echeance, Facture, LigneTaxe
from factures.saisie import AcompteAttendu, NouvelleFacture, verifier
from factures.taux import Taxe
from journal.lot import verrouiller_lot
from journal.models import Genre
from noyau.conditions import EcheancePrevue
from noyau.montants import ZERO

__all__ = ["AcompteAttendu", "EcheancePrevue", "NouvelleFacture", "Taxe", "enregistrer_facture", "enregistrer_factures"]

Prevues = tuple[EcheancePrevue, ...]


def enregistrer_facture(
    entreprise: Entreprise,
    client: Client,
    numero: str,
    date_emission: date,
    total: Decimal,
    *,
    connue_le: date,
    auteur: Any = None,
    devise: str = "",
    **valeurs: Any,
) -> Facture:
    """One invoice, in the company's currency unless told. `connue_le`: today; `valeurs`: the rest of `NouvelleFacture`.

    ValidationError names every field that can't be taken.
    """
    nouvelle = NouvelleFacture(
        client=client,
        numero=numero,
        date_emission=date_emission,
        total=total,
        devise=devise or entreprise.devise,
        **valeurs,
    )
    try:
        return enregistrer_factures(entreprise, [nouvelle], connue_le=connue_le, auteur=auteur, strict=True)[0]
    except LotRefuse as lot:
        raise lot.erreurs[0] from lot
    except IntegrityError as erreur:
        # Someone took the number between the check and the write.
        if numero.strip() in _numeros_pris(entreprise, [nouvelle]):
            raise _numero_pris(numero) from erreur
        raise


@transaction.atomic
def enregistrer_factures(
    entreprise: Entreprise,
    lot: Sequence[NouvelleFacture],
    *,
    connue_le: date,
    auteur: Any = None,
    strict: bool = False,
) -> list[Facture]:
    """The invoices of a lot, in its order, in a number of queries that grows by blocks, not by rows.

    All or nothing: LotRefuse holds the refusal of each row that can't be taken. `strict` as in `factures.saisie`.
    """
    clients = verrouiller_lot(nouvelle.client.pk for nouvelle in lot)
    lot = _avec_conditions(entreprise, lot)
    prevues = _verifier_lot(entreprise, lot, connue_le, strict=strict)
    factures = Facture.objects.bulk_create([_facture(entreprise, n, connue_le) for n in lot])
    lignes = list(zip(factures, lot, prevues, strict=True))
    Echeance.objects.bulk_create([e for facture, _n, parts in lignes for e in _echeances(facture, parts)])
    LigneTaxe.objects.bulk_create([t for facture, n, _p in lignes for t in _taxes(facture, n)])
    Acompte.objects.bulk_create([a for facture, n, _p in lignes for a in _acomptes(facture, n)])
    _journaliser(clients, factures, auteur)
    return factures


def erreurs_du_lot(
    entreprise: Entreprise, lot: Sequence[NouvelleFacture], connue_le: date, *, strict: bool = False
) -> dict[int, ValidationError]:
    """What would be refused, by position in the lot; empty when all of it can be taken. Writes nothing."""
    try:
        _verifier_lot(entreprise, _avec_conditions(entreprise, lot), connue_le, strict=strict)
    except LotRefuse as refuse:
        return refuse.erreurs
    return {}


def _avec_conditions(entreprise: Entreprise, lot: Sequence[NouvelleFacture]) -> list[NouvelleFacture]:
    """The lot, with the company's default terms where neither instalments nor terms are given."""
    if all(n.echeances or n.conditions for n in lot):
        return list(lot)
    defaut = ConditionsPaiement.objects.filter(entreprise=entreprise, est_defaut=True).first()
    return [n if n.echeances or n.conditions else replace(n, conditions=defaut) for n in lot]


def _verifier_lot(
    entreprise: Entreprise, lot: Sequence[NouvelleFacture], connue_le: date, *, strict: bool
) -> list[Prevues]:
    pris = _numeros_pris(entreprise, lot)
    prevues: list[Prevues] = []
    erreurs: dict[int, ValidationError] = {}
    for position, nouvelle in enumerate(lot):
        if nouvelle.client.entreprise_id != entreprise.pk:
            raise ValueError(f"client {nouvelle.client.pk} is of another company")
        numero = nouvelle.numero.strip()
        try:
            prevues.append(verifier(nouvelle, connue_le, strict=strict))
            if numero in pris:
                raise _numero_pris(numero)
        except ValidationError as erreur:
            erreurs[position] = erreur
        pris.add(numero)
    if erreurs:
        raise LotRefuse(erreurs)
    return prevues


def _numeros_pris(entreprise: Entreprise, lot: Iterable[NouvelleFacture]) -> set[str]:
    numeros = [nouvelle.numero.strip() for nouvelle in lot]
    return set(Facture.objects.de(entreprise).filter(numero__in=numeros).values_list("numero", flat=True))


def _numero_pris(numero: str) -> ValidationError:
    return refus("numero", _("La facture n° %(numero)s est déjà enregistrée."), "deja_pris", numero=numero.strip())


def _facture(entreprise: Entreprise, n: NouvelleFacture, connue_le: date) -> Facture:
    facture = Facture(
        entreprise=entreprise,
        client=n.client,
        numero=n.numero.strip(),
        date_emission=n.date_emission,
        total=n.total,
        solde=n.total,
        devise=n.devise,
        conditions=n.conditions,
        escompte_taux=n.escompte_taux,
        escompte_jours=n.escompte_jours,
        reference_commande=n.reference_commande,
        objet=n.objet,
        mode_reglement=n.mode_reglement,
        transmise_le=n.transmise_le,
        transmise_par=n.transmise_par,
        transmise_a=n.transmise_a,
        pdf=n.pdf,
        connue_le=connue_le,
    )
    facture.preparer_recherche()
    return facture


def _echeances(facture: Facture, prevues: Prevues) -> Iterator[Echeance]:
    for rang, prevue in enumerate(prevues, start=1):
        yield Echeance(
            entreprise_id=facture.entreprise_id,
            facture=facture,
            client_id=facture.client_id,
            devise=facture.devise,
            rang=rang,
            date_echeance=prevue.date_echeance,
            montant=prevue.montant,
            solde=prevue.montant,
            # From its issue on: a night asked about the past must find it too.
            a_examiner_le=facture.date_emission,
        )


def _taxes(facture: Facture, n: NouvelleFacture) -> Iterator[LigneTaxe]:
    for t in n.taxes:
        yield LigneTaxe(
            entreprise_id=facture.entreprise_id,
            facture=facture,
            libelle=t.libelle,
            taux=t.taux,
            base=t.base,
            montant=t.montant,
        )


def _acomptes(facture: Facture, n: NouvelleFacture) -> Iterator[Acompte]:
    for a in n.acomptes:
        yield Acompte(
            entreprise_id=facture.entreprise_id,
            facture=facture,
            montant=a.montant,
            attendu_le=a.attendu_le,
            facture_acompte=a.facture_acompte,
        )


def _journaliser(clients: Mapping[int, Client], factures: Iterable[Facture], auteur: Any) -> None:
    par_client: dict[int, list[Facture]] = defaultdict(list)
    for facture in factures:
        par_client[facture.client_id].append(facture)
    lignes = [
        LigneLiee(clients[pk], Genre.FACTURE_CREEE, {**numeros_cites(leurs), "totaux": _totaux(leurs)}, leurs)
        for pk, leurs in par_client.items()
    ]
    noter_sur_lot(lignes, auteur=auteur)


def _totaux(factures: Iterable[Facture]) -> dict[str, str]:
    totaux: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for facture in factures:
        totaux[facture.devise] += facture.total
    return {devise: str(total) for devise, total in totaux.items()}
