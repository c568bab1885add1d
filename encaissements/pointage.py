"""« Pointer »: what is typed beside each open invoice, on this page of the list and on those already left.

What is typed travels with the page, never in a session: the rows shown as fields of their own, the others each in one
hidden field (`porte`, JSON), so that a tick survives a search or a change of page without JavaScript.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from encaissements.controle import dire_le_changement
from encaissements.escomptes import escompte_sur
from encaissements.nouveau import NouveauReglement
from entreprises.acces import cle_lue
from entreprises.forms import ChampMontant
from entreprises.templatetags.formats import ecrire_montant
from factures.models import Facture
from noyau.montants import ZERO, en_centimes

MAXIMUM = 500
"""Rows of one batch."""
ABREGES = {"s": "soldee", "m": "montant", "r": "reference", "v": "vu", "x": "exces", "e": "escompte", "d": "demande"}


@dataclass(slots=True)
class Saisie:
    """What was typed beside one invoice, as texts. `vu`: the balance that was shown there.

    `exces`, `escompte`: the amounts whose tick was set; `demande`: the discount that was proposed. An answer holds only
    for the amount that it was given for.
    """

    soldee: bool = False
    montant: str = ""
    reference: str = ""
    vu: str = ""
    exces: str = ""
    escompte: str = ""
    demande: str = ""

    def __bool__(self) -> bool:
        return self.soldee or bool(self.montant) or bool(self.reference)

    @property
    def est_paiement(self) -> bool:
        return self.soldee or bool(self.montant)


@dataclass(slots=True)
class LignePointee:
    """An open invoice of the list, what is typed for it, and what that means.

    `voulu`: the payment asked for, on the balance that was shown; `montant`: the same once it is known to hold.
    """

    facture: Facture
    saisie: Saisie = field(default_factory=Saisie)
    voulu: Decimal = ZERO
    montant: Decimal = ZERO
    exces: Decimal = ZERO
    escompte: Decimal = ZERO
    propose: Decimal = ZERO
    erreur: str = ""

    def __post_init__(self) -> None:
        self.saisie.vu = self.saisie.vu or str(self.facture.solde)

    @property
    def est_payable(self) -> bool:
        return self.facture.solde > 0 and self.facture.annulee_le is None

    def lire(self, jour: date | None, avoirs: Decimal) -> None:
        """Read what is typed. `erreur` says what keeps it from being recorded, an unanswered question included."""
        if not self.saisie.est_paiement:
            return
        solde, devise = self.facture.solde, self.facture.devise
        self._lire_voulu()
        if self.facture.annulee_le is not None:
            self.erreur = _("Cette facture est annulée.")
        elif self.saisie.vu != str(solde):
            self.erreur = " ".join(dire_le_changement(solde, devise).messages)
            self.saisie.vu = str(solde)
        if self.erreur:
            return
        self.montant = self.voulu
        if self.montant > solde:
            self._demander_le_surplus()
        elif self.montant < solde and jour is not None:
            self._proposer_l_escompte(escompte_sur(self.facture, jour, self.montant, solde, avoirs))

    def _lire_voulu(self) -> None:
        champ = ChampMontant(required=False)
        try:
            vu = champ.clean(self.saisie.vu) or ZERO
            montant = champ.clean(self.saisie.montant)
        except ValidationError as erreur:
            self.erreur = " ".join(erreur.messages)
            return
        if self.saisie.soldee and montant not in (None, vu):
            self.erreur = _("Cochez « soldée » ou donnez un montant, pas les deux.")
        self.voulu = vu if montant is None else montant

    def _demander_le_surplus(self) -> None:
        self.exces = self.montant - self.facture.solde
        if self.saisie.exces != str(self.exces):
            solde = ecrire_montant(self.facture.solde, self.facture.devise)
            self.erreur = _("C’est plus que le solde, %(solde)s. Corrigez, ou gardez le surplus en crédit.") % {
                "solde": solde
            }

    def _proposer_l_escompte(self, acquis: Decimal) -> None:
        """Asked once for each amount, the tick set; the answer is then respected."""
        self.propose = acquis
        if not acquis:
            return
        if self.saisie.demande != str(acquis):
            self.saisie.demande = self.saisie.escompte = str(acquis)
            self.erreur = _("Il manque juste l’escompte : dites si vous l’accordez.")
        elif self.saisie.escompte == str(acquis):
            self.escompte = acquis

    @property
    def solde_en_centimes(self) -> int:
        return en_centimes(self.facture.solde)

    @property
    def centimes(self) -> int:
        """The payment in cents, for the running total of the browser."""
        return en_centimes(self.montant)

    @property
    def escompte_coche(self) -> bool:
        return self.saisie.escompte == str(self.propose)

    @property
    def a_confirmer(self) -> bool:
        """An answer is all that is missing."""
        return bool(self.erreur) and (self.exces > 0 or self.propose > 0)

    def reglement(self, jour: date, moyen: str) -> NouveauReglement:
        return NouveauReglement(
            facture=self.facture,
            montant=self.voulu,
            date_reglement=jour,
            moyen=moyen,
            reference=self.saisie.reference,
            solde_vu=self.facture.solde,
            escompte=self.escompte,
        )

    @property
    def porte(self) -> str:
        """What is typed, for the hidden field of a row that is not shown."""
        valeurs = {court: getattr(self.saisie, nom) for court, nom in ABREGES.items() if getattr(self.saisie, nom)}
        return json.dumps({"f": self.facture.pk, **valeurs}, ensure_ascii=False, separators=(",", ":"))


def lire_saisies(donnees: Any) -> dict[int, Saisie]:
    """What was posted, by invoice, in the order of the page; what makes no sense is left out."""
    saisies: dict[int, Saisie] = {}
    for texte in donnees.getlist("porte"):
        pk, saisie = _lire_porte(texte)
        if pk is not None:
            saisies[pk] = saisie
    for nom, texte in donnees.items():
        champ, _tiret, suite = nom.partition("-")
        pk = cle_lue(suite)
        if pk is None or champ not in ABREGES.values():
            continue
        valeur = str(texte).replace("\0", "").strip()[:140]
        setattr(saisies.setdefault(pk, Saisie()), champ, bool(valeur) if champ == "soldee" else valeur)
    return {pk: saisie for pk, saisie in saisies.items() if saisie}


def _lire_porte(texte: str) -> tuple[int | None, Saisie]:
    try:
        valeurs = json.loads(texte)
        pk = cle_lue(str(valeurs["f"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None, Saisie()
    lues = {nom: str(valeurs.get(court, "")).replace("\0", "")[:140] for court, nom in ABREGES.items()}
    soldee = bool(valeurs.get("s"))
    return pk, Saisie(**{**lues, "soldee": soldee})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Total:
    """What is ticked in one currency, and what the bank statement says, when that was given."""

    devise: str
    somme: Decimal
    attendu: str = ""
    ecart: Decimal | None = None
    erreur: str = ""


def totaliser(lignes: Iterable[LignePointee], devises: Iterable[str], donnees: Any) -> list[Total]:
    """One per currency of the list, what is typed as « total attendu » compared to the cent."""
    sommes = dict.fromkeys(devises, ZERO)
    for ligne in lignes:
        sommes[ligne.facture.devise] = sommes.get(ligne.facture.devise, ZERO) + ligne.montant
    return [_total(d, somme, str(donnees.get(f"attendu-{d}", "")).strip()) for d, somme in sommes.items()]


def _total(devise: str, somme: Decimal, attendu: str) -> Total:
    if not attendu:
        return Total(devise, somme)
    try:
        voulu = ChampMontant(min_value=ZERO).clean(attendu)
    except ValidationError as erreur:
        return Total(devise, somme, attendu, erreur=" ".join(erreur.messages))
    ecart = somme - voulu
    if ecart == 0:
        return Total(devise, somme, attendu, ecart)
    manque, trop = _("Il manque %(ecart)s pour le total attendu."), _("Le total attendu est dépassé de %(ecart)s.")
    phrase = manque if ecart < 0 else trop
    return Total(devise, somme, attendu, ecart, phrase % {"ecart": ecrire_montant(abs(ecart), devise)})
