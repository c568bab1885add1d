"""Replay a ladder over what really happened: what would have left, and when? Writes nothing.

The history is read once, then each client is played alone in memory, by the same `decider_client` and `grouper` as the
night, from one interesting day to the next: a fact, or the day that a decision waits for.

Conventions
* An act leaves on the first sending day from the night that decided it, after being decided again on that day.
  Approvals are granted, letters posted and calls answered on that same day. Missing contacts and stale payments hold
  nothing back.
* An invoice is known from its issue, or from `du` when it was issued before; late on that day, it begins with the
  "reprise".
* What the company really sent, and whom it really called, is left aside. A deadline that runs from receipt is counted
  from three days after the posting.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

from clients.models import Client
from entreprises.models import Entreprise
from noyau.echelle import Acte, Decision, Echelon, a_examiner_le
from noyau.groupement import ActeAFaire, Contact
from noyau.montants import ZERO
from noyau.relecture import LignePrevue, relire
from relances import delais, rejeu_faits
from relances.dossier import Dossier
from relances.examen import decisions, examiner
from relances.regime import JoursEnvoi, Regime, jours_d_envoi, lire_regime

UN_JOUR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Depart:
    """An act that would have left. `factures`: the numbers acted for; `total`: what their lines asked for."""

    le: date
    client: Client
    devise: str
    canal: str
    etape: str
    factures: tuple[str, ...]
    total: Decimal


def rejouer(entreprise: Entreprise, du: date, au: date) -> list[Depart]:
    """Every act from `du` to `au`, both included, in the order of days, then of clients."""
    regime = lire_regime(entreprise)
    histoire = rejeu_faits.lire(regime)
    envois = jours_d_envoi(regime)
    departs = chain.from_iterable(
        _Partie(regime, envois, histoire, client, du).jouer(au) for client in histoire.faits.clients.values()
    )
    return sorted(departs, key=lambda depart: (depart.le, depart.client.pk, depart.devise))


@dataclass(slots=True)
class _Partie:
    """One client, played day by day. `en_attente`: by currency, the act that has not left yet."""

    regime: Regime
    envois: JoursEnvoi
    histoire: rejeu_faits.Histoire
    client: Client
    du: date
    actes: dict[int, list[Acte]] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    en_attente: dict[str, ActeAFaire] = field(default_factory=dict)
    departs: list[Depart] = field(default_factory=list)

    def jouer(self, au: date) -> Sequence[Depart]:
        faits = sorted({self.du, *(jour for jour in self.histoire.jours(self.client.pk) if jour > self.du)})
        jour: date | None = self.du
        while jour is not None and jour <= au:
            reveil = self._jour(jour)
            suivant = bisect_right(faits, jour)
            prochains = [reveil, faits[suivant] if suivant < len(faits) else None]
            jour = min((p for p in prochains if p is not None), default=None)
        return self.departs

    def _jour(self, jour: date) -> date | None:
        """The night of this day, then its sending. The next day that it asks for."""
        dossier = self.histoire.dossier(self.client, jour, self.du)
        if not dossier.creances and not self.en_attente:
            return None
        self._completer(dossier)
        examen = examiner(self.regime, dossier, jour)
        self.en_attente |= {acte.devise: acte for acte in examen.actes}
        if self.en_attente and self.envois.est_ouvre(jour):
            self._envoyer(dossier, jour, {acte.devise for acte in examen.actes})
            return jour + UN_JOUR
        reveils = [r for r in (a_examiner_le(d, jour) for d in examen.decisions) if r is not None and r > jour]
        if self.en_attente and (envoi := self.envois.prochain_ouvre(jour)) is not None:
            reveils.append(envoi)
        return min(reveils, default=None)

    def _completer(self, dossier: Dossier) -> None:
        dossier.actes = {cle: self.actes[cle] for cle in dossier.echeances if cle in self.actes}
        dossier.contacts = self.contacts
        dossier.devises_en_cours = frozenset(self.en_attente)

    def _envoyer(self, dossier: Dossier, jour: date, du_jour: set[str]) -> None:
        """What was decided on an earlier day is decided again: its lines that are still due leave."""
        for devise, acte in self.en_attente.items():
            lignes: Sequence[Decision] = acte.lignes
            if devise not in du_jour:
                lignes = self._relire(dossier, jour, acte)
            if lignes:
                self._partir(dossier, jour, acte, lignes)
        self.en_attente = {}

    def _relire(self, dossier: Dossier, jour: date, acte: ActeAFaire) -> Sequence[Decision]:
        dossier.devises_en_cours -= {acte.devise}
        par_cle = {d.creance.cle: d for d in decisions(self.regime, dossier, jour)}
        prevues = [_prevue(ligne) for ligne in acte.lignes if ligne.creance.cle in par_cle]
        return relire(prevues, par_cle.values()).dues

    def _partir(self, dossier: Dossier, jour: date, acte: ActeAFaire, lignes: Sequence[Decision]) -> None:
        fin_delai = self._fin_delai(jour, acte)
        for ligne in lignes:
            echelon = ligne.echelon
            assert echelon is not None  # a line that is due has its rung
            self.actes.setdefault(ligne.creance.cle, []).append(_acte(echelon, jour, fin_delai))
        self.contacts.append(Contact(jour, acte.devise))
        self.departs.append(_depart(self.client, dossier, jour, acte, lignes))

    def _fin_delai(self, jour: date, acte: ActeAFaire) -> date:
        jours, canal = self.regime.etapes[acte.echelon.cle].delai_jours, acte.canal.value
        entreprise, calendrier = self.regime.entreprise, self.regime.calendrier
        if delais.court_de_la_reception(canal, entreprise.pays, est_formelle=acte.est_formel):
            return delais.delai_depuis_reception(jour + timedelta(days=delais.POSTE), jours, calendrier)
        return delais.delai_le(jour, jours, canal, calendrier)


def _prevue(ligne: Decision) -> LignePrevue:
    assert ligne.echelon is not None  # a line that was due has its rung
    return LignePrevue(ligne.creance.cle, ligne.echelon.cle, ligne.creance.solde)


def _acte(echelon: Echelon, jour: date, fin_delai: date) -> Acte:
    return Acte(
        echelon=echelon.cle,
        le=jour,
        decalage=echelon.decalage,
        ancre=echelon.ancre,
        contact=True,
        est_formel=echelon.est_formel,
        fin_delai=fin_delai if echelon.est_formel else None,
        jours_ouvres=echelon.jours_ouvres,
    )


def _depart(client: Client, dossier: Dossier, jour: date, acte: ActeAFaire, lignes: Sequence[Decision]) -> Depart:
    numeros = [dossier.echeances[ligne.creance.cle].facture.numero for ligne in lignes]
    total = sum((ligne.creance.solde for ligne in lignes), ZERO)
    return Depart(jour, client, acte.devise, acte.canal.value, acte.echelon.nom, tuple(dict.fromkeys(numeros)), total)
