"""The history that a replay plays: rows read once, and what they say on any day, in memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from clients.models import Client
from encaissements.models import Imputation, Reglement
from factures.models import Echeance
from relances.dossier import Dossier, monter
from relances.lecture import Faits, lire_histoire
from relances.regime import Regime
from suivi.models import Pause
from suivi.promesses import EtatPromesse, _Recu, _servir

UN_JOUR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rentree:
    """Money that came in, and the day it was taken back."""

    le: date
    facture: int | None
    montant: Decimal
    repris_le: date | None


@dataclass(frozen=True, slots=True)
class Histoire:
    """All that happened to a company's invoices. `vies`: for each instalment, its issue and the day from which it owes
    nothing for good. `rentrees` by client and currency."""

    regime: Regime
    faits: Faits
    echeances: dict[int, list[Echeance]]
    vies: dict[int, tuple[date, date]]
    rentrees: dict[tuple[int, str], list[Rentree]]

    def dossier(self, client: Client, jour: date, du: date) -> Dossier:
        """The client's file on this day, without any act."""
        self.faits.echeances[client.pk] = [
            e for e in self.echeances.get(client.pk, ()) if self.vies[e.pk][0] <= jour < self.vies[e.pk][1]
        ]
        self.faits.etats = self._etats(client.pk, jour)
        return monter(self.regime, self.faits, client, jour, du=du)

    def jours(self, client: int) -> Iterator[date]:
        """The days on which a fact changed for this client."""
        factures = {e.facture_id: e.facture for e in self.echeances.get(client, ())}
        for pk, facture in factures.items():
            yield from (facture.date_emission, facture.transmise_le or date.min, facture.annulee_le or date.min)
            yield from (palier.le for palier in self.faits.paliers[pk])
            yield from (
                jour for litige in self.faits.litiges.get(pk, ()) for jour in _bornes(litige.ouvert_le, litige.clos_le)
            )
            yield from _jours_des_pauses(self.faits.pauses_facture.get(pk, ()))
        for promesse in self.faits.promesses.get(client, ()):
            yield from (promesse.faite_le, promesse.annulee_le or date.min)
        yield from (r.le for (qui, _devise), liste in self.rentrees.items() if qui == client for r in liste)
        yield from _jours_des_pauses(self.faits.pauses_client.get(client, ()))
        yield from _jours_des_pauses(self.regime.pauses)
        yield self.faits.clients[client].insolvable_le or date.min

    def _etats(self, client: int, jour: date) -> dict[int, EtatPromesse]:
        """The promises that stand on this day, as `suivi.promesses` tells them."""
        promesses = [
            p
            for p in self.faits.promesses.get(client, ())
            if p.faite_le <= jour and (p.annulee_le is None or p.annulee_le > jour)
        ]
        etats: dict[int, EtatPromesse] = {}
        for devise in {p.devise for p in promesses}:
            leurs = sorted((p for p in promesses if p.devise == devise), key=lambda p: (p.date_promise, p.pk))
            recues = [r for r in self.rentrees.get((client, devise), ()) if _compte(r, jour)]
            etats |= _servir(leurs, [_Recu(r.le, r.facture, r.montant) for r in recues])
        return etats


def lire(regime: Regime) -> Histoire:
    """A constant number of queries, whatever the history."""
    faits, mouvements = lire_histoire(regime)
    echeances = dict(faits.echeances)
    vies = {e.pk: (e.facture.date_emission, _fin(faits, e)) for liste in echeances.values() for e in liste}
    return Histoire(regime, faits, echeances, vies, _rentrees(regime, echeances, mouvements))


def _fin(faits: Faits, echeance: Echeance) -> date:
    """The first day from which its balance stays at nothing."""
    fin = date.max
    for palier in reversed(faits.paliers[echeance.facture_id]):
        if palier.soldes[echeance.pk] > 0:
            return fin
        fin = palier.le
    return fin


def _rentrees(
    regime: Regime, echeances: dict[int, list[Echeance]], mouvements: Iterable[Imputation]
) -> dict[tuple[int, str], list[Rentree]]:
    comptes = {e.facture_id: (e.client_id, e.devise) for liste in echeances.values() for e in liste}
    mouvements = list(mouvements)
    reprises = {m.annule_id: m.date_valeur for m in mouvements if m.annule_id}
    rentrees: dict[tuple[int, str], list[Rentree]] = defaultdict(list)
    for m in mouvements:
        if m.montant > 0 and m.facture_id in comptes:
            rentree = Rentree(m.date_valeur, m.facture_id, m.montant, reprises.get(m.pk))
            rentrees[comptes[m.facture_id]].append(rentree)
    for reglement in Reglement.objects.de(regime.entreprise).filter(disponible__gt=0):
        avance = Rentree(reglement.date_reglement, None, reglement.disponible, None)
        rentrees[reglement.client_id, reglement.devise].append(avance)
    return rentrees


def _compte(rentree: Rentree, jour: date) -> bool:
    return rentree.le <= jour and (rentree.repris_le is None or rentree.repris_le > jour)


def _bornes(du: date, au: date | None) -> tuple[date, ...]:
    return (du,) if au is None or au == date.max else (du, au + UN_JOUR)


def _jours_des_pauses(pauses: Iterable[Pause]) -> Iterator[date]:
    for pause in pauses:
        yield from _bornes(pause.du, pause.au)
        if pause.levee_le:
            yield pause.levee_le
