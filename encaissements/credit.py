"""What a payment left as a credit, put on what its client owes: the screen « Imputer ce crédit »."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from encaissements.encaissement import imputer_disponible
from encaissements.models import Imputation, Reglement
from encaissements.repartition import Compte
from encaissements.saisie import LigneRepartition
from noyau.montants import ZERO


class Credit:
    """The open instalments and what each one receives. `donnees`: what was posted, or None for a proposal."""

    def __init__(self, reglement: Reglement, donnees: Any) -> None:
        self.reglement, self.donnees = reglement, donnees
        compte = Compte(reglement.client, reglement.devise)
        self.lignes = [LigneRepartition(e) for e in compte.echeances.values()]
        self.erreur = ""
        reste = reglement.disponible
        for ligne in self.lignes:
            if donnees is None:
                reste = ligne.proposer(reste)
            else:
                ligne.lire(str(donnees.get(ligne.nom, "")))

    @property
    def reparti(self) -> Decimal:
        return sum((ligne.montant for ligne in self.lignes), ZERO)

    @property
    def reste(self) -> Decimal:
        return self.reglement.disponible - self.reparti

    def enregistrer(self, aujourd_hui: date, auteur: Any) -> list[Imputation]:
        """Write it. Empty, with the reason in `erreur`, when it can't be: a second click finds another credit."""
        self.erreur = self._refuser()
        if self.erreur:
            return []
        repartition: dict[Any, Decimal] = {ligne.echeance: ligne.montant for ligne in self.lignes if ligne.montant}
        try:
            return imputer_disponible(self.reglement, repartition, aujourd_hui=aujourd_hui, auteur=auteur)
        except ValidationError as erreur:
            self.erreur = " ".join(erreur.messages)
            return []

    def _refuser(self) -> str:
        if self.donnees.get("vu") != str(self.reglement.disponible):
            return _("Ce crédit a changé entre-temps. Vérifiez la répartition, puis enregistrez de nouveau.")
        if any(ligne.erreur for ligne in self.lignes):
            return _("La répartition est à corriger dans le tableau.")
        if self.reste < 0:
            return _("La répartition dépasse le crédit.")
        return "" if self.reparti else _("Donnez un montant à une facture au moins.")
