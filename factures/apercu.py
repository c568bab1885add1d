"""What an invoice being typed comes to: its VAT lines and total, its instalments, its discount, what is left to pay.

The server is the only one that reckons: the page shows what these functions answer, while one types and at the end.
Refusals are ValidationErrors at the fields of the form.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from entreprises.refus import refus
from entreprises.templatetags.formats import ecrire_nombre
from factures.conditions import en_refus
from factures.models import ConditionsPaiement
from factures.taux import Choix, Taxe, hors_taxes, taxer
from noyau.conditions import Conditions, EcheancePrevue, Tranche, depuis_dict, echeances
from noyau.delais import ConditionsErreur, DateFixe
from noyau.escompte import Escompte
from noyau.montants import CENTIME, ZERO


@dataclass(frozen=True, slots=True)
class Totaux:
    """`ecart`: what the program that printed the invoice rounded otherwise, put on the greatest tax."""

    total: Decimal
    taxes: tuple[Taxe, ...] = ()
    ecart: Decimal = ZERO

    @property
    def ht(self) -> Decimal:
        return hors_taxes(self.taxes)


@dataclass(frozen=True, slots=True)
class Part:
    """What one instalment asks for: a percentage, an amount, or the rest."""

    jour: date
    pourcentage: Decimal | None = None
    montant: Decimal | None = None


@dataclass(slots=True)
class Apercu:
    """All that could be reckoned from what is typed so far."""

    totaux: Totaux | None = None
    echeances: tuple[EcheancePrevue, ...] = ()
    escompte_limite: date | None = None
    escompte_montant: Decimal = ZERO
    acompte: Decimal = ZERO

    @property
    def solde(self) -> Decimal:
        return (self.totaux.total if self.totaux else ZERO) - self.acompte

    @property
    def net_escompte(self) -> Decimal:
        return self.solde - self.escompte_montant


def totaliser(lignes: Sequence[tuple[Decimal, Choix]], total: Decimal | None) -> Totaux | None:
    """The taxes and the total of these bases; a total alone is taken as it is, None when nothing is given.

    A total typed beside the bases may differ by a cent for each tax: programs round by line or by invoice. More is
    refused at "total".
    """
    taxes = [taxe for base, choix in lignes for taxe in taxer(base, choix)]
    if not taxes:
        return None if total is None else Totaux(total)
    calcule = hors_taxes(taxes) + sum((t.montant for t in taxes), ZERO)
    ecart = ZERO if total is None else total - calcule
    arrondies = [t for t in taxes if t.montant]
    if abs(ecart) > CENTIME * len(arrondies):
        message = _("Le montant hors taxes et la TVA font %(calcule)s : l’écart avec ce total est de %(ecart)s.")
        raise refus("total", message, calcule=ecrire_nombre(calcule), ecart=ecrire_nombre(ecart))
    if ecart:
        plus_grande = taxes.index(max(arrondies, key=lambda t: t.montant))
        taxes[plus_grande] = replace(taxes[plus_grande], montant=taxes[plus_grande].montant + ecart)
    return Totaux(calcule + ecart, tuple(taxes), ecart)


def echeances_des_conditions(
    conditions: ConditionsPaiement, date_emission: date, total: Decimal
) -> tuple[EcheancePrevue, ...]:
    """What these terms give. ValidationError at "conditions"."""
    try:
        return echeances(depuis_dict(conditions.regle), date_emission, total)
    except ConditionsErreur as erreur:
        raise en_refus(erreur) from erreur


def echeances_saisies(
    parts: Sequence[Part], date_emission: date, total: Decimal, champ: str = "echeances"
) -> tuple[EcheancePrevue, ...]:
    """What is typed, dates and shares. ValidationError at `champ`."""
    try:
        tranches = tuple(Tranche(DateFixe(p.jour), p.pourcentage, p.montant) for p in parts)
        return echeances(Conditions(tranches), date_emission, total)
    except ConditionsErreur as erreur:
        raise en_refus(erreur, champ) from erreur


def offrir_escompte(apercu: Apercu, taux: Decimal, jours: int, date_emission: date) -> None:
    """The discount's last day and amount, on the whole total as `encaissements` grants it."""
    if not 0 < taux < 100 or apercu.totaux is None:
        return
    offre = Escompte(taux, jours)
    apercu.escompte_limite, apercu.escompte_montant = offre.limite(date_emission), offre.montant(apercu.totaux.total)
