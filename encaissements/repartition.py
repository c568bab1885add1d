"""Where an amount goes: first where it is directed, then to the oldest due (`noyau.imputation`).

An amount directed to an invoice is put on it as a whole and fills its instalments oldest first; one directed to an
instalment is put on that instalment. Nothing receives more than its balance.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from clients.models import Client
from encaissements.models import Imputation
from entreprises.refus import refus
from entreprises.templatetags.formats import ecrire_montant
from factures.models import Acompte, Echeance, Facture
from noyau.imputation import Dette, imputer
from noyau.montants import ZERO, en_centimes

Cible = Facture | Echeance | Acompte | int
"""An invoice, one of its instalments, a deposit expected on it, or the key of an invoice."""
Repartition = Mapping[Cible, Decimal]


@dataclass(frozen=True, slots=True)
class Part:
    """What one invoice receives, on one instalment or on none in particular; maybe as the deposit that it expected."""

    facture: Facture
    echeance: Echeance | None
    montant: Decimal
    acompte: Acompte | None = None

    def imputation(self, nature: str, date_valeur: date, **origine: object) -> Imputation:
        """The row to write. `origine`: the payment, the credit note or the deposit it comes from."""
        if self.acompte is not None:
            nature, origine = Imputation.Nature.ACOMPTE, {"acompte": self.acompte, **origine}
        return Imputation(
            entreprise_id=self.facture.entreprise_id,
            facture=self.facture,
            echeance=self.echeance,
            nature=nature,
            date_valeur=date_valeur,
            montant=self.montant,
            **origine,
        )


class Compte:
    """What a client owes in one currency, as an allocation goes on. The client's row is locked."""

    def __init__(self, client: Client, devise: str) -> None:
        ouvertes = Echeance.objects.filter(client=client, devise=devise).ouvertes().select_related("facture")
        self.devise = devise
        self.echeances = {e.pk: e for e in ouvertes.order_by("date_echeance", "pk")}
        self.restes = {e.pk: e.solde for e in self.echeances.values()}
        self.factures = {e.facture_id: e.facture for e in self.echeances.values()}

    def reste_de(self, facture_id: int) -> Decimal:
        """What the invoice still owes at this point."""
        return sum((self.restes[e.pk] for e in self._echeances_de(facture_id)), ZERO)

    def diriger(self, repartition: Repartition, montant: Decimal) -> list[Part]:
        """Put each amount where it is directed. ValidationError at "repartition" names the invoice at fault."""
        parts = [self._diriger_une(cible, somme) for cible, somme in repartition.items()]
        total = sum((part.montant for part in parts), ZERO)
        if total > montant:
            message = _("La répartition, %(total)s, dépasse la somme à répartir.")
            raise refus("repartition", message, total=ecrire_montant(total, self.devise))
        return parts

    def remplir(self, montant: Decimal) -> tuple[list[Part], Decimal]:
        """Put the amount on the oldest due; the parts, and what is left for a credit."""
        if montant <= 0:
            return [], montant
        dettes = [Dette(e.pk, self.restes[e.pk], e.date_echeance) for e in self.echeances.values()]
        prises, reste = imputer(montant, dettes)
        parts = []
        for prise in prises:
            echeance = self.echeances[prise.cle]
            self.restes[prise.cle] -= prise.montant
            parts.append(Part(self.factures[echeance.facture_id], echeance, prise.montant))
        return parts, reste

    def prendre(self, facture_id: int, montant: Decimal) -> None:
        """Take the amount off the invoice's instalments, oldest first."""
        for echeance in self._echeances_de(facture_id):
            prise = min(self.restes[echeance.pk], montant)
            self.restes[echeance.pk] -= prise
            montant -= prise

    def _echeances_de(self, facture_id: int) -> Iterable[Echeance]:
        return [e for e in self.echeances.values() if e.facture_id == facture_id]

    def _viser(self, cible: Facture | Echeance | int) -> tuple[Facture, Echeance | None]:
        """The invoice, and the instalment if one is meant. ValidationError when nothing is due there."""
        if isinstance(cible, Echeance):
            if cible.pk in self.echeances:
                return self.factures[cible.facture_id], self.echeances[cible.pk]
        elif (facture := self.factures.get(cible if isinstance(cible, int) else cible.pk)) is not None:
            return facture, None
        vise = cible.facture if isinstance(cible, Echeance) else cible
        message = _("La facture n° %(numero)s n’attend aucun règlement de ce client dans cette devise.")
        raise refus("repartition", message, "non_due", numero=vise if isinstance(vise, int) else vise.numero)

    def _diriger_sur_acompte(self, acompte: Acompte, somme: Decimal) -> Part:
        """Never more than the deposit, nor than its invoice, has left."""
        facture, _echeance = self._viser(acompte.facture_id)
        recu = acompte.imputations.aggregate(somme=Sum("montant"))["somme"] or ZERO
        reste = min(acompte.montant - recu, self.reste_de(facture.pk))
        if not est_montant_positif(somme) or somme > reste:
            message = _("Pour l’acompte de la facture n° %(numero)s, donnez un montant entre 0,01 et %(reste)s.")
            refuse = ecrire_montant(max(reste, ZERO), self.devise)
            raise refus("repartition", message, "trop", numero=facture.numero, reste=refuse)
        self.prendre(facture.pk, somme)
        return Part(facture, None, somme, acompte)

    def _diriger_une(self, cible: Cible, somme: Decimal) -> Part:
        if isinstance(cible, Acompte):
            return self._diriger_sur_acompte(cible, somme)
        facture, echeance = self._viser(cible)
        numero = facture.numero
        reste = self.restes[echeance.pk] if echeance else self.reste_de(facture.pk)
        if not est_montant_positif(somme) or somme > reste:
            message = _("Pour la facture n° %(numero)s, donnez un montant entre 0,01 et %(reste)s.")
            raise refus("repartition", message, "trop", numero=numero, reste=ecrire_montant(reste, self.devise))
        if echeance:
            self.restes[echeance.pk] -= somme
        else:
            self.prendre(facture.pk, somme)
        return Part(facture, echeance, somme)


def est_montant_positif(valeur: Decimal) -> bool:
    """A positive amount, to the cent."""
    try:
        return en_centimes(valeur) > 0
    except ValueError:
        return False


def par_facture(parts: Iterable[Part]) -> dict[Facture, Decimal]:
    """What each invoice receives in all, in the order of the parts."""
    sommes: dict[Facture, Decimal] = {}
    for part in parts:
        sommes[part.facture] = sommes.get(part.facture, ZERO) + part.montant
    return sommes


def faits_des_parts(parts: Iterable[Part]) -> list[dict[str, str]]:
    """The same for a journal line."""
    return [{"facture": f.numero, "montant": str(montant)} for f, montant in par_facture(parts).items()]
