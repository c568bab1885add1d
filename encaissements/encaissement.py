"""A payment comes in: recorded, allocated, journaled; what is too much stays a credit of the client.

Conventions
* A payment counts from the day it was received (`date_reglement`), however late it is entered.
* A credit used later counts on an invoice from the latest of: the day the money came, the issue of the invoice, the day
  the money was given back by another invoice. So no cent ever counts twice on one day.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from clients.models import Client
from encaissements import escomptes
from encaissements.models import Imputation, Reglement
from encaissements.repartition import Compte, Part, Repartition, est_montant_positif, faits_des_parts
from encaissements.soldes import recalculer
from entreprises.refus import refus
from entreprises.templatetags.formats import ecrire_montant
from factures.historique import noter_sur
from journal.ecriture import verrouiller
from journal.models import Genre
from noyau.montants import ZERO

Nature = Imputation.Nature


@transaction.atomic
def enregistrer_reglement(
    client: Client,
    montant: Decimal,
    date_reglement: date,
    devise: str = "",
    *,
    aujourd_hui: date,
    moyen: str = Reglement.Moyen.VIREMENT,
    reference: str = "",
    repartition: Repartition | None = None,
    imputer_le_reste: bool = True,
    accorder_escompte: bool = False,
    auteur: Any = None,
    cle_idempotence: str = "",
) -> Reglement:
    """Record a payment and allocate it: `repartition` first, then the oldest due unless `imputer_le_reste` is false.

    The same key again returns the first payment and does nothing. ValidationError names the field that can't be taken.
    """
    client = verrouiller(client.pk)
    devise = devise or client.entreprise.devise
    if deja := _deja_enregistre(client, cle_idempotence, montant, date_reglement):
        return deja
    verifier_reglement(montant, date_reglement, moyen, aujourd_hui)
    compte = Compte(client, devise)
    parts, remises, reste = _repartir(
        compte,
        montant,
        date_reglement,
        repartition=repartition or {},
        imputer_le_reste=imputer_le_reste,
        accorder_escompte=accorder_escompte,
    )
    reglement = Reglement.objects.create(
        entreprise_id=client.entreprise_id,
        client=client,
        date_reglement=date_reglement,
        devise=devise,
        montant=montant,
        disponible=reste,
        moyen=moyen,
        reference=reference.strip()[:140],
        cle_idempotence=cle_idempotence,
    )
    lignes = [part.imputation(Nature.REGLEMENT, date_reglement, reglement=reglement) for part in parts]
    lignes += [part.imputation(Nature.ESCOMPTE, date_reglement, reglement=reglement) for part in remises]
    Imputation.objects.bulk_create(lignes)
    recalculer(_factures(parts), aujourd_hui)
    faits = {**faits_du_reglement(reglement), "imputations": faits_des_parts(parts)}
    if remises:
        faits["escomptes"] = faits_des_parts(remises)
    noter_sur(client, Genre.REGLEMENT, faits, _factures(parts), auteur=auteur)
    return reglement


@transaction.atomic
def imputer_disponible(
    reglement: Reglement, repartition: Repartition | None = None, *, aujourd_hui: date, auteur: Any = None
) -> list[Imputation]:
    """Use the credit that a payment left: as directed, else on the oldest due. ValidationError when nothing is left."""
    client = verrouiller(reglement.client_id)
    reglement.refresh_from_db()
    if reglement.annule_le is not None:
        raise refus("reglement", _("La saisie de ce règlement a été annulée."), "annule")
    if reglement.disponible <= 0:
        raise refus("reglement", _("Ce règlement est entièrement imputé."), "epuise")
    compte = Compte(client, reglement.devise)
    parts = compte.diriger(repartition, reglement.disponible) if repartition else []
    reste = reglement.disponible - sum((part.montant for part in parts), ZERO)
    if not repartition:
        parts, reste = compte.remplir(reste)
    rendu_le = reglement.imputations.filter(montant__lt=0).aggregate(le=Max("date_valeur"))["le"]
    lignes = Imputation.objects.bulk_create(
        part.imputation(Nature.REGLEMENT, date_d_emploi(reglement.date_reglement, part, rendu_le), reglement=reglement)
        for part in parts
    )
    reglement.disponible = reste
    reglement.save(update_fields=["disponible", "modifie_le"])
    recalculer(_factures(parts), aujourd_hui)
    if parts:
        faits = {**faits_du_reglement(reglement), "avance": True, "imputations": faits_des_parts(parts)}
        noter_sur(client, Genre.REGLEMENT, faits, _factures(parts), auteur=auteur)
    return lignes


def date_d_emploi(recu_le: date, part: Part, rendu_le: date | None) -> date:
    """From when a credit counts on an invoice (module docstring)."""
    return max(recu_le, part.facture.date_emission, rendu_le or recu_le)


def verifier_reglement(montant: Decimal, date_reglement: date, moyen: str, aujourd_hui: date) -> None:
    """ValidationError at the first field that can't be taken."""
    if not est_montant_positif(montant):
        raise refus("montant", _("Un règlement est un montant positif, au centime près."))
    if date_reglement > aujourd_hui:
        message = _("Un règlement ne se date pas dans le futur : notez plutôt une promesse de règlement.")
        raise refus("date_reglement", message, "futur")
    if moyen not in Reglement.Moyen:
        raise refus("moyen", _("Ce moyen de règlement n’existe pas."))


def faits_du_reglement(reglement: Reglement) -> dict[str, Any]:
    """A payment for a journal line."""
    return {
        "reglement": reglement.pk,
        "montant": str(reglement.montant),
        "devise": reglement.devise,
        "date": reglement.date_reglement.isoformat(),
        "moyen": reglement.moyen,
        "reference": reglement.reference,
        "disponible": str(reglement.disponible),
    }


def _repartir(
    compte: Compte,
    montant: Decimal,
    date_reglement: date,
    *,
    repartition: Repartition,
    imputer_le_reste: bool,
    accorder_escompte: bool,
) -> tuple[list[Part], list[Part], Decimal]:
    """The parts of the payment, the discounts granted, and what is left. A discount is taken off before the rest is
    allocated, or the rest would fill the gap that the discount explains."""
    parts = compte.diriger(repartition, montant)
    reste = montant - sum((part.montant for part in parts), ZERO)
    remises = escomptes.accorder(compte, parts, date_reglement) if accorder_escompte else []
    if imputer_le_reste:
        suite, reste = compte.remplir(reste)
        parts += suite
        if accorder_escompte:
            remises += escomptes.accorder(compte, parts, date_reglement)  # one granted above left no gap
    return parts, remises, reste


def _deja_enregistre(client: Client, cle: str, montant: Decimal, date_reglement: date) -> Reglement | None:
    if not cle:
        return None
    deja = Reglement.objects.filter(entreprise_id=client.entreprise_id, cle_idempotence=cle).first()
    if deja and deja.annule_le is not None:
        message = _("La saisie faite avec ce formulaire a été annulée. Rouvrez-le pour saisir de nouveau.")
        raise refus("montant", message, "deja_servi")
    if deja and (deja.client_id, deja.montant, deja.date_reglement) != (client.pk, montant, date_reglement):
        message = _("Ce formulaire a déjà servi pour un règlement de %(montant)s. Rouvrez-le pour en saisir un autre.")
        raise refus("montant", message, "deja_servi", montant=ecrire_montant(deja.montant, deja.devise))
    return deja


def _factures(parts: Iterable[Part]) -> list[Any]:
    return list(dict.fromkeys(part.facture for part in parts))
