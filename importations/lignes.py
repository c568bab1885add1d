"""One row of the file, read as an invoice or refused.

Conventions
* An amount already paid is cumulative: "paid to date" for that invoice, whatever the number of payments.
* A settlement date alone means paid in full. A paid amount without a date is known, its date is not: see `decision`.
* Without a total, the open balance is the total (a list of open items).
* A negative total, or a row whose type says so, is a credit note.
* Drafts and cancelled invoices are refused: nothing is owed for them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from importations.analyse import Lecture
from importations.dates import lire_date
from importations.delais import lire_delai
from importations.montants import MontantLu, lire_devise, lire_montant
from importations.rangee import ClientLu, Rangee, lire_client
from importations.refus import LigneRefusee
from importations.tableau import Cellule, Ligne
from importations.textes import lire_identifiant, lire_oui_non, propre
from importations.vocabulaire import ANNULEES, AVOIRS, BROUILLONS, FACTURES, PAYEES, mot
from noyau.delais import Delai
from noyau.montants import ZERO

AVANCE_MAXIMALE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class LigneLue:
    """An invoice, or a credit note, as one row tells it. Amounts are positive; None: the file does not say.

    `regle` is what was paid to date; `est_soldee`: paid in full, whatever the total. `devise` "" is the company's.
    """

    ligne: int = field(compare=False)
    numero: str
    client: ClientLu
    date_emission: date
    date_echeance: date | None = None
    delai: Delai | None = None
    total: Decimal | None = None
    solde: Decimal | None = None
    regle: Decimal | None = None
    est_soldee: bool = False
    date_reglement: date | None = None
    devise: str = ""
    est_avoir: bool = False
    en_litige: bool = False
    reference_commande: str = field(default="", compare=False)
    objet: str = field(default="", compare=False)


def additionner(lecture: Lecture, rangees: Iterable[Ligne]) -> dict[str, Decimal | None]:
    """The total of each invoice whose lines are spread over rows; None when one of its lines cannot be read."""
    totaux: dict[str, Decimal | None] = {}
    if "total_ligne" not in lecture.colonnes:
        return totaux
    for _numero, cellules in rangees:
        rangee = Rangee(lecture.colonnes, cellules)
        try:
            numero = rangee.obligatoire("numero", lambda c: lire_identifiant(c, 60))
        except LigneRefusee:
            continue
        try:
            lu = rangee.obligatoire("total_ligne", lambda c: lire_montant(c, lecture.decimale))
        except LigneRefusee:
            totaux[numero] = None
            continue
        somme = totaux.get(numero, ZERO)
        totaux[numero] = None if somme is None else somme + lu.valeur
    return totaux


class Lecteur:
    """Reads rows under a confirmed `Lecture`."""

    def __init__(self, lecture: Lecture, aujourd_hui: date, totaux: Mapping[str, Decimal | None] | None = None) -> None:
        self.lecture = lecture
        self.colonnes = lecture.colonnes
        self.aujourd_hui = aujourd_hui
        self.totaux = totaux or {}

    def lire(self, ligne: int, cellules: list[Cellule]) -> LigneLue:
        """LigneRefusee, with the field and the reason, for a row that cannot be read whole."""
        if any(propre(cellule) for cellule in cellules[len(self.lecture.entetes) :]):
            raise LigneRefusee("ligne", _("la ligne a plus de cellules que d’en-têtes"))
        rangee = Rangee(self.colonnes, cellules)
        self._verifier_statut(rangee)
        numero = rangee.obligatoire("numero", lambda c: lire_identifiant(c, 60))
        montants = self._montants(rangee, numero)
        emission = self._emission(rangee)
        return LigneLue(
            ligne=ligne,
            numero=numero,
            client=lire_client(rangee),
            date_emission=emission,
            date_echeance=self._date(rangee, "date_echeance"),
            delai=self._delai(rangee),
            en_litige=rangee.lire("litige", lire_oui_non) or False,
            reference_commande=(rangee.lire("reference_commande", lambda c: lire_identifiant(c, 60)) or ""),
            objet=propre(rangee.cellule("objet"))[:200],
            **montants,
        )

    def _verifier_statut(self, rangee: "Rangee") -> None:
        statut = mot(rangee.cellule("statut"))
        if statut in BROUILLONS:
            raise LigneRefusee("statut", _("c’est un brouillon : rien n’est dû"))
        if statut in ANNULEES:
            raise LigneRefusee("statut", _("la facture est annulée"))

    def _emission(self, rangee: "Rangee") -> date:
        emission = rangee.obligatoire("date_emission", lambda c: lire_date(c, self.lecture.ordres["date_emission"]))
        if emission > self.aujourd_hui + AVANCE_MAXIMALE:
            raise LigneRefusee("date_emission", _("la date est à plus d’un an dans le futur"))
        return emission

    def _date(self, rangee: "Rangee", champ: str) -> date | None:
        return rangee.lire(champ, lambda c: lire_date(c, self.lecture.ordres[champ]))

    def _delai(self, rangee: "Rangee") -> Delai | None:
        if "date_echeance" in self.colonnes and propre(rangee.cellule("date_echeance")):
            return None  # the terms only say again what the date says, sometimes in a code of the program's own
        return rangee.lire("conditions", lire_delai)

    def _montants(self, rangee: "Rangee", numero: str) -> dict[str, Any]:
        lus = {champ: self._montant(rangee, champ) for champ in ("total", "solde", "montant_regle")}
        total, solde, regle = (lu.valeur if lu else None for lu in lus.values())
        if total is None and "total_ligne" in self.colonnes:
            total = self.totaux.get(numero)
            if total is None:
                raise LigneRefusee("total_ligne", _("une ligne de cette facture n’a pas de total lisible"))
        if total is None and solde is None:
            champ = next((c for c in ("total", "total_ligne", "solde") if c in self.colonnes), "total")
            raise LigneRefusee(champ, _("valeur manquante"))
        devise = self._devise(rangee, [lu.devise for lu in lus.values() if lu])
        reference = solde if total is None else total
        if _est_avoir(rangee, reference or ZERO):
            montant = abs(reference or ZERO)
            if not montant:
                raise LigneRefusee("total", _("l’avoir est de zéro"))
            return {"total": montant, "devise": devise, "est_avoir": True}
        if total == 0:
            raise LigneRefusee("total", _("le total est nul : rien n’est à réclamer"))
        return {"total": total, "solde": solde, "devise": devise, **self._paye(rangee, total, solde, regle)}

    def _paye(
        self, rangee: "Rangee", total: Decimal | None, solde: Decimal | None, regle: Decimal | None
    ) -> dict[str, Any]:
        """What was paid, on which day, from the columns that tell it, once they agree."""
        jour = self._date(rangee, "date_reglement")
        if jour and jour > self.aujourd_hui:
            raise LigneRefusee("date_reglement", _("un règlement ne peut pas être daté du futur"))
        if regle is not None and regle < 0:
            raise LigneRefusee("montant_regle", _("le montant réglé est négatif"))
        if total is not None and solde is not None:
            if solde > total:
                raise LigneRefusee("solde", _("le solde dépasse le total"))
            if regle is not None and regle != total - solde:
                raise LigneRefusee("solde", _("total, montant réglé et solde ne concordent pas"))
            regle = total - solde
        dite_payee = mot(rangee.cellule("statut")) in PAYEES
        if dite_payee and (solde or (regle is not None and total is not None and regle < total)):
            raise LigneRefusee("statut", _("la facture est dite payée, mais il reste un solde"))
        if regle is None and solde is None and (jour or dite_payee):
            if jour and not dite_payee and "montant_regle" in self.colonnes:
                raise LigneRefusee("montant_regle", _("une date de règlement sans montant"))
            return {"est_soldee": True, "date_reglement": jour}
        return {"regle": regle, "date_reglement": jour if regle is None or regle > 0 else None}

    def _montant(self, rangee: "Rangee", champ: str) -> MontantLu | None:
        return rangee.lire(champ, lambda c: lire_montant(c, self.lecture.decimale))

    def _devise(self, rangee: "Rangee", ecrites: list[str]) -> str:
        colonne = rangee.lire("devise", lire_devise) or ""
        signes = {devise for devise in ecrites if devise}
        if len(signes | ({colonne} - {""})) > 1:
            raise LigneRefusee("devise", _("plusieurs devises sur la même ligne"))
        return colonne or next(iter(signes), "")


def _est_avoir(rangee: Rangee, montant: Decimal) -> bool:
    genre = mot(rangee.cellule("type"))
    if genre in AVOIRS:
        return True
    if genre and genre not in FACTURES:
        raise LigneRefusee(
            "type",
            _("« %(valeur)s » n’est ni une facture ni un avoir") % {"valeur": propre(rangee.cellule("type"))[:40]},
        )
    return montant < 0
