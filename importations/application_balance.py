"""What was kept of a balance: payments on known invoices, and new invoices, one client at a time.

Every payment carries a key made of the import and of the invoice, so that none is ever entered twice. The key also
tells that it stands for the day of the balance, and not for the day when somebody entered it (R17).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from encaissements.lot import NouveauReglement, enregistrer_reglements
from encaissements.models import Reglement
from entreprises.documents import lire
from entreprises.templatetags.formats import ecrire_nombre
from factures.models import Facture
from importations.analyse import Lecture, lignes_de_donnees, rouvrir
from importations.bilan import Bilan
from importations.decision import Decideur
from importations.ecriture import ecrire
from importations.etat import Lot
from importations.lignes import LigneLue
from importations.lignes_balance import LecteurBalance
from importations.models import Importation
from importations.propositions import Compte, Proposition, Sorte
from journal.lot import verrouiller_lot

PREFIXE_BALANCE = "balance-"
_DE_NOS_FACTURES = {Sorte.REGLEMENT, Sorte.SOLDEE, Sorte.LITIGE}
Rangees = Sequence[tuple[int, Proposition]]


class EcritureBalance:
    """Writes for one run. The rows of new invoices are read again from the file, once."""

    def __init__(self, importation: Importation, a_venir: Sequence[Proposition], aujourd_hui: date) -> None:
        self.importation, self.aujourd_hui = importation, aujourd_hui
        self.entreprise = importation.entreprise
        self.lecture = Lecture.depuis_dict(importation.lecture)
        self.au = date.fromisoformat(self.lecture.au)
        numeros = {p.ligne for p in a_venir if p.sorte == Sorte.NOUVELLE and p.est_retenue and p.ligne}
        self.factures = self._relire(numeros) if numeros else {}
        self.recommencer()

    def recommencer(self) -> None:
        self._decideur: Decideur | None = None

    def ecrire(self, retenues: Rangees, compte: Compte) -> None:
        """New invoices first, then what was paid of the others."""
        self._creer([rangee for rangee in retenues if rangee[1].sorte == Sorte.NOUVELLE], compte)
        self._encaisser([rangee for rangee in retenues if rangee[1].sorte in _DE_NOS_FACTURES], compte)

    def _relire(self, numeros: set[int]) -> dict[int, LigneLue]:
        """The rows of the new invoices still to come."""
        lecteur = LecteurBalance(self.lecture)
        source = rouvrir(lire(self.importation.document), self.lecture)
        rangees = (rangee for rangee in lignes_de_donnees(source, self.lecture) if rangee[0] in numeros)
        return {numero: lecteur.lire(numero, cellules).en_facture() for numero, cellules in rangees}

    def _encaisser(self, rangees: Rangees, compte: Compte) -> None:
        if not rangees:
            return
        cles = [proposition.cle or 0 for _rang, proposition in rangees]
        nos_factures = Facture.objects.de(self.entreprise)
        verrouiller_lot(nos_factures.filter(pk__in=cles).values_list("client_id", flat=True))
        factures = nos_factures.in_bulk(cles)
        reglements = []
        for rang, proposition in rangees:
            facture = factures[proposition.cle or 0]
            if raison := _ne_va_plus(facture, proposition):
                compte.sautees[str(rang)] = raison
                continue
            reglements.append(self._reglement(facture, proposition))
            compte.faites[proposition.sorte] = compte.faites.get(proposition.sorte, 0) + 1
        if reglements:
            enregistrer_reglements(
                self.entreprise, reglements, aujourd_hui=self.aujourd_hui, auteur=self.importation.par
            )
        compte.reglements_crees += len(reglements)

    def _reglement(self, facture: Facture, proposition: Proposition) -> NouveauReglement:
        reference = _("Balance du %(jour)s") % {"jour": self.au.strftime("%d/%m/%Y")}
        return NouveauReglement(
            facture=facture,
            montant=facture.solde - Decimal(proposition.apres),
            date_reglement=self.au,
            moyen=Reglement.Moyen.AUTRE,
            reference=reference,
            cle_idempotence=self._cle(facture.numero),
        )

    def _cle(self, numero: str) -> str:
        return f"{PREFIXE_BALANCE}{self.importation.pk}-{numero}"[:80]

    def _creer(self, rangees: Rangees, compte: Compte) -> None:
        if not rangees:
            return
        decideur = self._decideur = self._decideur or self._nouveau_decideur()
        lignes = {rang: self.factures[proposition.ligne or 0] for rang, proposition in rangees}
        verrouiller_lot(decideur.clients_concernes(lignes.values()))
        decideur.connues.clear()
        decideur.charger(list(lignes.values()))
        lot, bilan = Lot(), Bilan()
        for rang, ligne in lignes.items():
            if ligne.numero in decideur.connues:
                compte.sautees[str(rang)] = _("enregistrée entre-temps")
                continue
            decideur.decider(ligne, lot, bilan)
        lot.paiements = [replace(paiement, cle=self._cle(paiement.numero)) for paiement in lot.paiements]
        ecrire(self.entreprise, lot, decideur.clients, aujourd_hui=self.aujourd_hui, auteur=self.importation.par)
        compte.creees += bilan.creees
        compte.clients_crees += bilan.clients_crees
        compte.reglements_crees += bilan.reglements_crees
        compte.faites[Sorte.NOUVELLE] = compte.faites.get(Sorte.NOUVELLE, 0) + bilan.creees

    def _nouveau_decideur(self) -> Decideur:
        return Decideur(self.entreprise, self.aujourd_hui, delai_defaut=self.lecture.delai_defaut)


def _ne_va_plus(facture: Facture, proposition: Proposition) -> str:
    """Why this payment no longer fits; "" while the invoice is as it was shown."""
    if facture.annulee_le is not None:
        return _("annulée entre-temps")
    if facture.solde != Decimal(proposition.avant):
        return _("son solde est devenu %(solde)s entre-temps") % {"solde": ecrire_nombre(facture.solde)}
    return ""
