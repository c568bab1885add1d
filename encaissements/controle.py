"""What is checked of a lot of payments, on rows read again once its clients are locked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from encaissements.encaissement import verifier_reglement
from encaissements.escomptes import avoirs_de, escompte_sur
from encaissements.nouveau import NouveauReglement
from entreprises.models import Entreprise
from entreprises.refus import LotRefuse, refus
from entreprises.templatetags.formats import ecrire_montant
from factures.models import Echeance, Facture
from noyau.montants import ZERO


@dataclass(frozen=True, slots=True)
class Actuels:
    """The invoices and instalments of a lot as they are now, and the credit notes that weigh on discounts."""

    factures: dict[int, Facture]
    echeances: dict[int, Echeance]
    avoirs: dict[int, Decimal]


def lire_actuels(entreprise: Entreprise, lot: Sequence[NouveauReglement]) -> Actuels:
    """Three queries at most. The clients are locked."""
    visees = {nouveau.echeance.pk for nouveau in lot if nouveau.echeance}
    return Actuels(
        factures=Facture.objects.de(entreprise).in_bulk(list({nouveau.facture.pk for nouveau in lot})),
        echeances=Echeance.objects.de(entreprise).in_bulk(list(visees)) if visees else {},
        avoirs=avoirs_de([nouveau.facture.pk for nouveau in lot if nouveau.escompte]),
    )


def verifier_lot(
    lot: Sequence[NouveauReglement], actuels: Actuels, aujourd_hui: date, pris: Collection[str] = ()
) -> None:
    """LotRefuse holds the refusal of each bad row. Balances are not compared for the keys of `pris`, already used."""
    erreurs: dict[int, ValidationError] = {}
    for position, nouveau in enumerate(lot):
        try:
            verifier_reglement(nouveau.montant, nouveau.date_reglement, nouveau.moyen, aujourd_hui)
            if nouveau.cle_idempotence not in pris:
                _verifier_la_facture(nouveau, actuels)
        except ValidationError as erreur:
            erreurs[position] = erreur
    if erreurs:
        raise LotRefuse(erreurs)


def dire_le_changement(solde: Decimal, devise: str) -> ValidationError:
    """The refusal of a payment typed while the balance was another one."""
    if solde == ZERO:
        return refus("facture", _("Réglée entre-temps : il ne reste rien à payer."), "reglee")
    message = _("Le solde a changé entre-temps : il reste %(solde)s. Vérifiez, puis enregistrez de nouveau.")
    return refus("facture", message, "solde_change", solde=ecrire_montant(solde, devise))


def _verifier_la_facture(nouveau: NouveauReglement, actuels: Actuels) -> None:
    facture = actuels.factures[nouveau.facture.pk]
    if facture.annulee_le is not None:
        raise refus("facture", _("Cette facture est annulée."), "annulee")
    solde = actuels.echeances[nouveau.echeance.pk].solde if nouveau.echeance else facture.solde
    if nouveau.solde_vu is not None and nouveau.solde_vu != solde:
        raise dire_le_changement(solde, facture.devise)
    if nouveau.escompte:
        acquis = escompte_sur(
            facture, nouveau.date_reglement, nouveau.montant, facture.solde, actuels.avoirs.get(facture.pk, ZERO)
        )
        if acquis != nouveau.escompte:
            raise refus("escompte", _("Ce règlement n’a pas droit à cet escompte."), "escompte")
