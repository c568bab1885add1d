"""An invoice before it is one: what is known of it, and whether it makes sense.

Conventions: amounts include tax, in the invoice's currency; instalments come by due date and sum to the total exactly;
the VAT split sums to the total too, a base that two taxes share being counted once. `strict` is for a person at a
form; a file from a real ledger may hold an invoice due a few days before its own date, and nobody to ask.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.models import Document
from entreprises.templatetags.formats import ecrire_nombre
from factures.conditions import dire, ecrire_jour
from factures.models import ConditionsPaiement, Facture
from factures.taux import Taxe, hors_taxes
from noyau.conditions import EcheancePrevue, depuis_dict, echeances
from noyau.delais import ConditionsErreur
from noyau.montants import ZERO, en_centimes

UN_AN = timedelta(days=366)
DELAI_MAXIMUM = timedelta(days=3660)
TOTAL_MAXIMUM = Decimal(10) ** 12
"""What every MontantField and its sums hold with room to spare."""


@dataclass(frozen=True, slots=True)
class AcompteAttendu:
    """A deposit asked for; what is received of it comes by `encaissements.acomptes`."""

    montant: Decimal
    attendu_le: date | None = None
    facture_acompte: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NouvelleFacture:
    """Instalments are given, or come from the terms, or from the company's default terms, in that order."""

    client: Client
    numero: str
    date_emission: date
    total: Decimal
    devise: str
    conditions: ConditionsPaiement | None = None
    echeances: tuple[EcheancePrevue, ...] = ()
    reception: date | None = None
    escompte_taux: Decimal | None = None
    escompte_jours: int | None = None
    taxes: tuple[Taxe, ...] = ()
    acomptes: tuple[AcompteAttendu, ...] = ()
    reference_commande: str = ""
    objet: str = ""
    mode_reglement: str = Facture.ModeReglement.VIREMENT
    transmise_le: date | None = None
    transmise_par: str = ""
    transmise_a: str = ""
    pdf: Document | None = None


def echeances_de(nouvelle: NouvelleFacture) -> tuple[EcheancePrevue, ...]:
    """The instalments, by due date. ValidationError at "conditions" when the terms don't fit this invoice."""
    if nouvelle.echeances:
        return tuple(sorted(nouvelle.echeances, key=lambda prevue: prevue.date_echeance))
    if nouvelle.conditions is None:
        raise ValidationError({"conditions": _("Donnez une échéance ou des conditions de paiement.")})
    try:
        conditions = depuis_dict(nouvelle.conditions.regle)
        return echeances(conditions, nouvelle.date_emission, nouvelle.total, nouvelle.reception)
    except ConditionsErreur as erreur:
        raise ValidationError({"conditions": ValidationError(dire(erreur), code=erreur.code)}) from erreur


def verifier(nouvelle: NouvelleFacture, connue_le: date, *, strict: bool = True) -> tuple[EcheancePrevue, ...]:
    """The instalments of an invoice that makes sense. ValidationError names every field at fault, one sentence each."""
    erreurs = dict(_fautes(nouvelle, connue_le))
    prevues: tuple[EcheancePrevue, ...] = ()
    if "total" not in erreurs:
        try:
            prevues = echeances_de(nouvelle)
            erreurs.update(_fautes_des_echeances(nouvelle, prevues, strict=strict))
        except ValidationError as erreur:
            erreurs.update({champ: messages[0] for champ, messages in erreur.message_dict.items()})
    if erreurs:
        raise ValidationError({champ: ValidationError(message, code="invalide") for champ, message in erreurs.items()})
    return prevues


Fautes = Iterator[tuple[str, str]]


def _fautes(n: NouvelleFacture, connue_le: date) -> Fautes:
    if not n.numero.strip():
        yield "numero", _("Donnez le numéro de la facture.")
    elif len(n.numero.strip()) > 60:
        yield "numero", _("Un numéro de facture compte 60 caractères au plus.")
    if n.date_emission > connue_le + UN_AN or n.date_emission.year < 1970:
        yield (
            "date_emission",
            _("La date d’émission %(date)s est invraisemblable.") % {"date": ecrire_jour(n.date_emission)},
        )
    if n.transmise_le is not None and n.transmise_le > connue_le:
        yield "transmise_le", _("La facture n’a pas pu être transmise dans le futur.")
    if len(n.devise) != 3 or not n.devise.isalpha() or not n.devise.isupper():
        yield "devise", _("« %(devise)s » n’est pas le code d’une devise (EUR, CAD…).") % {"devise": n.devise}
    if n.mode_reglement not in Facture.ModeReglement:
        yield "mode_reglement", _("Ce mode de règlement n’existe pas.")
    yield from _fautes_de_l_escompte(n)
    if not _est_montant(n.total) or n.total == 0:
        yield "total", _faute_du_total(n.total)
    else:
        yield from _fautes_des_parts(n)


def _faute_du_total(total: Decimal) -> str:
    if total.is_finite() and total < 0:
        return _("Un total négatif est un avoir : enregistrez-le comme tel.")
    return _("Le total est un montant positif, au centime près.")


def _fautes_de_l_escompte(n: NouvelleFacture) -> Fautes:
    if (n.escompte_taux is None) != (n.escompte_jours is None):
        yield "escompte_taux", _("Un escompte se donne par un taux et un nombre de jours.")
    elif n.escompte_taux is not None and n.escompte_jours is not None:
        if not _tient_en(n.escompte_taux, 2) or not 0 < n.escompte_taux < 100:
            yield "escompte_taux", _("Le taux d’escompte va de 0 à 100 avec deux décimales.")
        if not 0 <= n.escompte_jours <= 365:
            yield "escompte_jours", _("L’escompte court sur 0 à 365 jours.")


def _fautes_des_parts(n: NouvelleFacture) -> Fautes:
    if n.taxes:
        if not all(_est_montant(t.base) and _est_montant(t.montant) and _tient_en(t.taux, 3) for t in n.taxes):
            yield "taxes", _("Chaque ligne de TVA a un taux, une base et un montant, positifs, au centime près.")
        else:
            ecart = hors_taxes(n.taxes) + sum((t.montant for t in n.taxes), ZERO) - n.total
            if ecart:
                yield (
                    "taxes",
                    _("Bases et taxes ne font pas le total : l’écart est de %(ecart)s.")
                    % {"ecart": ecrire_nombre(ecart)},
                )
    if n.acomptes:
        if not all(_est_montant(a.montant) and a.montant > 0 for a in n.acomptes):
            yield "acomptes", _("Un acompte est un montant positif, au centime près.")
        elif sum((a.montant for a in n.acomptes), ZERO) > n.total:
            yield "acomptes", _("Les acomptes dépassent le total de la facture.")


def _fautes_des_echeances(n: NouvelleFacture, prevues: tuple[EcheancePrevue, ...], *, strict: bool) -> Fautes:
    if not all(_est_montant(p.montant) and p.montant > 0 for p in prevues):
        yield "echeances", _("Le montant d’une échéance est positif, au centime près.")
    elif ecart := sum((p.montant for p in prevues), ZERO) - n.total:
        yield (
            "echeances",
            _("La somme des échéances n’est pas le total : l’écart est de %(ecart)s.")
            % {"ecart": ecrire_nombre(ecart)},
        )
    elif strict and prevues[0].date_echeance < n.date_emission:
        yield (
            "echeances",
            _("L’échéance du %(date)s vient avant l’émission, le %(emission)s.")
            % {
                "date": ecrire_jour(prevues[0].date_echeance),
                "emission": ecrire_jour(n.date_emission),
            },
        )
    elif abs(prevues[-1].date_echeance - n.date_emission) > DELAI_MAXIMUM:
        yield (
            "echeances",
            _("L’échéance du %(date)s est à plus de dix ans de l’émission.")
            % {"date": ecrire_jour(prevues[-1].date_echeance)},
        )


def _est_montant(valeur: Decimal) -> bool:
    try:
        return 0 <= en_centimes(valeur) <= en_centimes(TOTAL_MAXIMUM)
    except ValueError:
        return False


def _tient_en(valeur: Decimal, decimales: int) -> bool:
    try:
        return valeur >= 0 and valeur == valeur.quantize(Decimal(1).scaleb(-decimales))
    except InvalidOperation:
        return False
