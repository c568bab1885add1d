"""The cash discount granted with a payment: an allocation beside the payment's, which a rejection undoes with it.

Granted only when asked, when the money came within the limit printed on the invoice, and when what it leaves unpaid
is no more than the discount: to the cent, without tolerance, as `noyau.escompte` decides. The discount is computed on
the total less the credit notes. It closes the invoice: the amount granted is what the payment left, never more.
"""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from encaissements.models import Imputation
from encaissements.repartition import Compte, Part, par_facture
from factures.models import Facture
from noyau.escompte import Escompte
from noyau.montants import ZERO


def offre_de(facture: Facture) -> Escompte | None:
    """The discount printed on the invoice, if there is one."""
    if facture.escompte_taux is None or facture.escompte_jours is None:
        return None
    return Escompte(facture.escompte_taux, facture.escompte_jours)


def avoirs_de(factures: Collection[int]) -> dict[int, Decimal]:
    """What credit notes took off these invoices, by key. One query, none when there is nothing to ask."""
    if not factures:
        return {}
    lignes = Imputation.objects.filter(facture__in=factures, nature=Imputation.Nature.AVOIR, poste="principal")
    return dict(lignes.order_by().values_list("facture").annotate(Sum("montant")))


def escompte_sur(facture: Facture, date_reglement: date, montant: Decimal, solde: Decimal, avoirs: Decimal) -> Decimal:
    """The discount that this payment of a `solde` would earn, else zero. `avoirs`: what credit notes took off."""
    offre = offre_de(facture)
    if offre is None:
        return ZERO
    return offre.a_accorder(
        date_emission=facture.date_emission,
        date_reglement=date_reglement,
        montant_recu=montant,
        solde=solde,
        base=facture.total - avoirs,
    )


def escompte_possible(
    facture: Facture, date_reglement: date, montant: Decimal, solde: Decimal | None = None
) -> Decimal:
    """The same, its credit notes read. `solde`: the balance before it, else the stored one."""
    if offre_de(facture) is None:
        return ZERO
    avoirs = avoirs_de([facture.pk]).get(facture.pk, ZERO)
    return escompte_sur(facture, date_reglement, montant, facture.solde if solde is None else solde, avoirs)


def accorder(compte: Compte, parts: Iterable[Part], date_reglement: date) -> list[Part]:
    """The discounts that these parts of a payment, already taken off the account, earn; taken off it too."""
    accordes = []
    for facture, montant in par_facture(parts).items():
        reste = compte.reste_de(facture.pk)
        remise = escompte_possible(facture, date_reglement, montant, reste + montant)
        if remise > 0:
            compte.prendre(facture.pk, remise)
            accordes.append(Part(facture, None, remise))
    return accordes
