"""What a row changes: a new invoice, a payment on a known one, a credit note, or nothing (R16).

Conventions
* A known number whose amount, date, currency or client differs is refused, naming the field: the person decides.
* A paid amount is compared with what our books have already allocated: only what is missing becomes a payment. Never
  less: a file older than our books undoes nothing. Several rows of one invoice that tell different payments add up.
* A payment whose date the file does not tell counts, for an invoice that comes in with it, from the due date, or from
  today when that is still to come: neither early nor late. For an invoice we already had, from today: it came between
  two imports. Its reference says so.
* A credit note is the client's and stays to be allocated by a person.
* A disputed invoice is in dispute from its due date on. Once a dispute was recorded, the file opens none again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.models import Entreprise
from factures.creation import NouvelleFacture
from factures.models import ConditionsPaiement, Facture
from factures.saisie import verifier
from importations.bilan import Bilan
from importations.comparaison import comparer
from importations.etat import Connue, Lot, Paiement, lire_connues
from importations.identification import Identification
from importations.lignes import LigneLue
from importations.refus import LigneRefusee
from noyau.conditions import EcheancePrevue, conditions_simples, echeances
from noyau.delais import DelaiNet
from noyau.montants import ZERO

_CHAMPS = {
    "echeances": "date_echeance",
    "conditions": "date_echeance",
    "siren": "numero_legal",
    "siret": "numero_legal",
}
_CHAMPS |= {"bce": "numero_legal", "ide": "numero_legal", "neq": "numero_legal", "code": "client_code"}
_CHAMPS |= {"nom": "client_nom", "client": "client_nom"}


class Decideur:
    """Decides row after row, each one knowing what those above it changed. Reads in blocks, writes nothing."""

    def __init__(
        self, entreprise: Entreprise, aujourd_hui: date, *, delai_defaut: int | None = None, par_lignes: bool = False
    ) -> None:
        self.entreprise, self.aujourd_hui = entreprise, aujourd_hui
        self.delai_defaut, self.par_lignes = delai_defaut, par_lignes
        self.conditions = ConditionsPaiement.objects.filter(entreprise=entreprise, est_defaut=True).first()
        self.clients = Identification(entreprise)
        self.connues: dict[str, Connue] = {}
        self._cumuls: dict[str, dict[tuple[date | None, Decimal], None]] = defaultdict(dict)
        self._vus: set[str] = set()

    def clients_concernes(self, lignes: Iterable[LigneLue]) -> set[int]:
        """The clients that these rows may touch: to lock before anything about them is read."""
        numeros = {ligne.numero for ligne in lignes}
        cles = set(Facture.objects.de(self.entreprise).filter(numero__in=numeros).values_list("client_id", flat=True))
        for ligne in lignes:
            try:
                client = self.clients.trouver(ligne.client)
            except (ValidationError, LigneRefusee):
                continue
            if client is not None and client.pk:
                cles.add(client.pk)
        return cles

    def charger(self, lignes: Sequence[LigneLue]) -> None:
        """Read what we know of these rows' numbers, and which clients have a contact: five queries at most."""
        self.charger_numeros(ligne.numero for ligne in lignes)
        self.clients.charger(ligne.client for ligne in lignes)

    def charger_numeros(self, numeros: Iterable[str]) -> None:
        """Read what we know of these numbers: four queries at most."""
        self.connues.update(lire_connues(self.entreprise, set(numeros) - self.connues.keys()))

    def rappeler(self, ligne: LigneLue) -> None:
        """Take note of a row, for the further rows of the same invoice. For those of an earlier run: this alone."""
        if ligne.regle and ligne.solde is None:
            self._cumuls[ligne.numero][ligne.date_reglement, ligne.regle] = None
        if self.par_lignes:
            self._vus.add(ligne.numero)

    def decider(self, ligne: LigneLue, lot: Lot, bilan: Bilan) -> None:
        """Put what the row changes in `lot`, and count it. LigneRefusee, with nothing changed, when it cannot be."""
        try:
            connue = self.connues.get(ligne.numero)
            if connue is None:
                self._creer(ligne, lot, bilan)
            else:
                comparer(ligne, connue, self.clients.trouver(ligne.client), self.entreprise.devise)
                self._completer(ligne, connue, lot, bilan)
            self.rappeler(ligne)
        except ValidationError as erreur:
            raise en_refus(erreur) from erreur

    def _creer(self, ligne: LigneLue, lot: Lot, bilan: Bilan) -> None:
        total = ligne.total if ligne.total is not None else ligne.solde
        if not total:
            raise LigneRefusee("solde", _("le solde est nul et la facture n’est pas connue : rien n’est à réclamer"))
        if ligne.est_avoir and ligne.date_emission > self.aujourd_hui:
            raise LigneRefusee("date_emission", _("un avoir ne peut pas être daté du futur"))
        nouvelle = self._nouvelle(ligne, total, Client(entreprise=self.entreprise))
        prevues = () if ligne.est_avoir else verifier(nouvelle, self.aujourd_hui, strict=False)
        client = self.clients.obtenir(ligne.client, bilan)
        devise = nouvelle.devise
        connue = Connue(client, ligne.date_emission, total, devise, est_avoir=ligne.est_avoir)
        self.connues[ligne.numero] = connue
        if ligne.est_avoir:
            lot.avoirs.append((ligne, client))
            bilan.avoirs_crees += 1
            return
        connue.echeances = tuple(prevue.date_echeance for prevue in prevues)
        lot.nouvelles.append(self._nouvelle(ligne, total, client))
        bilan.creees += 1
        bilan.totaux[devise] += total
        self._payer(ligne, connue, lot, bilan, est_nouvelle=True)
        self._contester(ligne, connue, lot, bilan)
        bilan.soldes[devise] += total - connue.paye

    def _completer(self, ligne: LigneLue, connue: Connue, lot: Lot, bilan: Bilan) -> None:
        """A row about an invoice we have: a payment, a dispute, or nothing new."""
        if self.par_lignes and ligne.numero in self._vus:
            bilan.regroupees += 1
            return
        change = False
        if not (connue.est_avoir or connue.est_annulee):
            paye = self._payer(ligne, connue, lot, bilan, est_nouvelle=False)
            change = self._contester(ligne, connue, lot, bilan) or paye
            if change and connue.facture is not None:
                lot.connues[ligne.numero] = connue.facture
        bilan.deja_la += 1
        bilan.mises_a_jour += change

    def _payer(self, ligne: LigneLue, connue: Connue, lot: Lot, bilan: Bilan, *, est_nouvelle: bool) -> bool:
        """Plan the payment that our books lack. True when there is one."""
        dit = self._dit_paye(ligne, connue)
        manque = min(dit, connue.total) - connue.paye
        if manque <= 0:
            return False
        en_trop = max(dit - connue.total, ZERO) if est_nouvelle else ZERO
        jour = ligne.date_reglement or self._jour_suppose(connue, est_nouvelle=est_nouvelle)
        lot.paiements.append(
            Paiement(
                ligne.numero, connue.client, manque + en_trop, connue.devise, jour, ligne.date_reglement is not None
            )
        )
        connue.paye += manque
        bilan.reglements_crees += 1
        return True

    def _dit_paye(self, ligne: LigneLue, connue: Connue) -> Decimal:
        """What was paid to date for this invoice, as the rows down to this one tell."""
        if ligne.est_soldee:
            return connue.total
        if ligne.solde is not None:
            return connue.total - ligne.solde
        dits = {*self._cumuls.get(ligne.numero, ()), (ligne.date_reglement, ligne.regle or ZERO)}
        somme = sum((montant for _jour, montant in dits), ZERO)
        if len(dits) > 1 and somme > connue.total:
            raise LigneRefusee("montant_regle", _("les règlements de cette facture dépassent son total"))
        return somme

    def _jour_suppose(self, connue: Connue, *, est_nouvelle: bool) -> date:
        if not est_nouvelle:
            return self.aujourd_hui
        return min(self.aujourd_hui, max([connue.date_emission, *connue.echeances]))

    def _contester(self, ligne: LigneLue, connue: Connue, lot: Lot, bilan: Bilan) -> bool:
        if not ligne.en_litige or connue.a_litige:
            return False
        lot.litiges.append((ligne.numero, min(connue.echeances, default=ligne.date_emission)))
        connue.a_litige = True
        bilan.litiges_crees += 1
        return True

    def _nouvelle(self, ligne: LigneLue, total: Decimal, client: Client) -> NouvelleFacture:
        prevues: tuple[EcheancePrevue, ...] = ()
        delai = ligne.delai or (DelaiNet(self.delai_defaut) if self.delai_defaut is not None else None)
        if ligne.date_echeance:
            prevues = (EcheancePrevue(ligne.date_echeance, total),)
        elif delai:
            prevues = echeances(conditions_simples(delai), ligne.date_emission, total)
        elif self.conditions is None and not ligne.est_avoir:
            raise LigneRefusee(
                "date_echeance", _("ni échéance ni délai, et l’entreprise n’a pas de conditions par défaut")
            )
        return NouvelleFacture(
            client=client,
            numero=ligne.numero,
            date_emission=ligne.date_emission,
            total=total,
            devise=ligne.devise or self.entreprise.devise,
            conditions=None if prevues else self.conditions,
            echeances=prevues,
            reference_commande=ligne.reference_commande,
            objet=ligne.objet,
        )


def en_refus(erreur: ValidationError) -> LigneRefusee:
    """What a room below refused, at the field of the file that tells it."""
    if hasattr(erreur, "error_dict"):
        champ, messages = next(iter(erreur.message_dict.items()))
        return LigneRefusee(_CHAMPS.get(champ, champ), messages[0])
    return LigneRefusee("ligne", erreur.messages[0])
