"""The ladder's decision: for one debt on one day, act, wait or stop, and why.

Conventions (offsets, order and lapsing of rungs: ``noyau.echelons``; ends of suspensions: ``noyau.suspensions``)
* ``aujourd_hui`` is an argument (R14). Dates are the company's local dates.
* A delay of n days after a day D leaves D+n free: a contact on the 3rd with an interval of 5 allows the 8th.
* A rung's date is R2's: the latest of its natural date, the last contact + interval and the sending of the invoice +
  delay, on a working day. Nothing is decided on a day off: what is due waits for the next working day.
* ``jusqu_au`` is the day on which the debt is worth deciding again: on no earlier day can the answer be "relancer"
  unless a fact changes. None: only a new fact can change the answer.
* A broken promise that no act has followed brings the next rung forward to the day after its grace, but neither a rung
  before the due date, nor a day before the due date or the deadline of a formal demand is over.
* Kindness delays a rung by no more than the cap, counted from its natural date; the minimum interval still applies.
* The words of a motif are the app's; here it is a code and its parameters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from noyau.echelons import Acte, Ancre, Canal, Creance, Echelle, Echelon, Position, Prochain
from noyau.suspensions import (
    TERMINAUX,
    UN_JOUR,
    JoursOuvres,
    Obstacle,
    Periode,
    Suspension,
    limite_bienveillance,
    periodes,
)

__all__ = [
    "Acte",
    "Ancre",
    "Canal",
    "Creance",
    "Decision",
    "Echelle",
    "Echelon",
    "JoursOuvres",
    "Motif",
    "Obstacle",
    "Suspension",
    "Verdict",
    "a_examiner_le",
    "decider",
]


class Verdict(StrEnum):
    RELANCER = "relancer"
    ATTENDRE = "attendre"
    TERMINER = "terminer"


@dataclass(frozen=True, slots=True)
class Motif:
    """A reason: a code, and what the app needs to word it (dates, amounts, names)."""

    code: str
    parametres: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one debt. ``depuis`` for an act: the rung's date. ``jusqu_au`` for a wait (None: until something
    happens). ``echelon``: the rung to act, or the next one while waiting, when there is one. ``avant_echeance`` says it
    of that rung; ``est_echue`` says that the due date had passed on the day of the decision."""

    creance: Creance
    verdict: Verdict
    motif: Motif
    echelon: Echelon | None = None
    depuis: date | None = None
    jusqu_au: date | None = None
    avant_echeance: bool = False
    est_echue: bool = False


def decider(  # noqa: PLR0917 (the facts, in the order in which they are read)
    creance: Creance,
    echelle: Echelle,
    actes: Sequence[Acte],
    suspensions: Sequence[Suspension],
    aujourd_hui: date,
    jours: JoursOuvres,
    *,
    dernier_contact: date | None = None,
) -> Decision:
    """Act, wait or stop, for one debt.

    ``actes``: the active acts of the debt in its current cycle, in any order. ``dernier_contact``: the last day on
    which the client was reached about any of its debts (the contacts among ``actes`` count too).
    To decide again at sending, leave the open act's own rungs out of ``actes``: the same rung must come out as due.
    """
    position = Position(creance, echelle, tuple(actes), jours)
    toutes = periodes(suspensions, jours, echelle.grace_promesse)
    cas = _Cas(position, toutes, aujourd_hui, dernier_contact)
    if (arret := cas.arret()) is not None:
        return arret
    suivant = cas.suivant()
    if (obstacle := cas.obstacle(suivant)) is not None:
        return obstacle
    return cas.fin_d_echelle() if suivant is None else cas.au_tour_de(suivant)


def a_examiner_le(decision: Decision, aujourd_hui: date) -> date | None:
    """The day on which the night must look at this debt again: the day after an act, the end of a wait, else never."""
    return aujourd_hui + UN_JOUR if decision.verdict is Verdict.RELANCER else decision.jusqu_au


@dataclass(frozen=True, slots=True)
class _Cas:
    """One debt on one day: everything the rules look at."""

    position: Position
    periodes: tuple[Periode, ...]
    aujourd_hui: date
    contact_client: date | None

    @property
    def creance(self) -> Creance:
        return self.position.creance

    @property
    def echelle(self) -> Echelle:
        return self.position.echelle

    @property
    def en_cours(self) -> list[Periode]:
        return [p for p in self.periodes if p.couvre(self.aujourd_hui)]

    # The three answers

    def arret(self) -> Decision | None:
        """Settled, cancelled, handed over: nothing more to ask of the ladder."""
        if self.creance.solde <= 0:
            return self._reponse(Verdict.TERMINER, Motif(Obstacle.SOLDEE.value))
        if self.creance.est_annulee:
            return self._reponse(Verdict.TERMINER, Motif(Obstacle.ANNULEE.value))
        fin = max((p for p in self.en_cours if p.obstacle in TERMINAUX), key=lambda p: p.priorite, default=None)
        if fin is None:
            return None
        return self._reponse(Verdict.TERMINER, Motif(fin.obstacle.value, fin.parametres()), jusqu_au=fin.lendemain)

    def obstacle(self, suivant: Prochain | None) -> Decision | None:
        """The first obstacle that holds today, but for kindness whose cap is reached."""
        limite = None if suivant is None else self._limite(suivant)
        plafonne = limite is not None and limite <= self.aujourd_hui
        tenus = [p for p in self.en_cours if not (plafonne and p.est_bienveillante)]
        if not tenus:
            return None
        premier = max(tenus, key=lambda p: p.priorite)
        parametres, jusqu_au = premier.parametres(), premier.lendemain
        if premier.est_bienveillante and limite is not None:
            parametres["plafond_le"] = limite
            jusqu_au = min(limite, jusqu_au or limite)
        return self._reponse(Verdict.ATTENDRE, Motif(premier.obstacle.value, parametres), suivant, jusqu_au=jusqu_au)

    def fin_d_echelle(self) -> Decision:
        """No rung is left: the deadline of the formal demand runs out, then the ladder is over."""
        actes, formel = self.position.actes, self.position.mise_en_demeure
        if formel is not None:
            derniere_main = all(a.le <= formel.le for a in actes)
            suites = {e.cle for e in self.echelle.echelons if e.ancre is Ancre.FIN_DELAI} - self.position.faits
            if formel.fin_delai is None and (derniere_main or suites):
                return self._reponse(Verdict.ATTENDRE, Motif("fin_delai_inconnue", {"mise_en_demeure": formel.le}))
            if formel.fin_delai is not None and derniere_main:
                delai = self.echelle.delai_apres_mise_en_demeure
                terme = self.position.jours.ajouter_ouvres(formel.fin_delai, delai)
                if self.aujourd_hui < terme:
                    motif = Motif("delai_mise_en_demeure", {"fin_delai": formel.fin_delai, "delai": delai})
                    return self._reponse(Verdict.ATTENDRE, motif, jusqu_au=terme)
        return self._reponse(Verdict.TERMINER, Motif("echelle_epuisee" if actes else "aucun_echelon"))

    def au_tour_de(self, suivant: Prochain) -> Decision:
        """Nothing but the rhythm stands in the way of this rung."""
        possible, code = self._date(suivant)
        depart = self._depart(suivant)
        if depart == self.aujourd_hui:
            return self._reponse(Verdict.RELANCER, self._raison(suivant), suivant, depuis=possible)
        motif = self._attente(code, possible) if possible > self.aujourd_hui else Motif("jour_non_ouvre")
        return self._reponse(Verdict.ATTENDRE, motif, suivant, jusqu_au=depart)

    # The rung and its date

    def suivant(self) -> Prochain | None:
        """The first rung that can still be acted before it lapses."""
        for prochain in self.position.restants():
            if prochain.dernier_jour is None or self._depart(prochain) <= prochain.dernier_jour:
                return prochain
        return None

    def _depart(self, prochain: Prochain) -> date:
        return self.position.jours.prochain_ouvre(max(self._date(prochain)[0], self.aujourd_hui))

    def _date(self, prochain: Prochain) -> tuple[date, str]:
        """The rung's date (R2), and the code of what sets it; of two on one day, the last code of the alphabet."""
        actes, creance, echelle = self.position.actes, self.creance, self.echelle
        bornes = [(self._jour_avance(prochain), "pas_encore")]
        if creance.envoyee_le is not None:
            bornes.append((creance.envoyee_le + timedelta(days=echelle.delai_apres_envoi), "facture_envoyee_recemment"))
        if actes:
            # One act a day, even after a call that reached nobody and starts no interval.
            bornes.append((max(a.le for a in actes) + UN_JOUR, "acte_du_jour"))
        if (contact := self._dernier_contact()) is not None:
            bornes.append((contact + timedelta(days=echelle.intervalle_minimum), "relance_recente"))
        jour, code = max(bornes)
        return self.position.jours.prochain_ouvre(jour), code

    def _dernier_contact(self) -> date | None:
        contacts = [a.le for a in self.position.actes if a.contact]
        if self.contact_client is not None:
            contacts.append(self.contact_client)
        return max(contacts, default=None)

    def _rupture(self) -> tuple[date, Suspension] | None:
        """The first broken promise that no act has followed, and the day after its grace; none older than a restart."""
        dernier = max((a.le for a in self.position.actes), default=self.creance.recommencee_le or date.min)
        rompues = [
            (p.lendemain, p.suspension)
            for p in self.periodes
            if p.suspension.rompue and p.lendemain is not None and p.lendemain > dernier
        ]
        return min(rompues, key=lambda r: r[0], default=None)

    def _jour_avance(self, prochain: Prochain) -> date:
        """Its natural date, or the day after a broken promise when that comes first."""
        if (rupture := self._rupture()) is None:
            return prochain.jour
        termes = max(self.creance.date_echeance, self.position.fin_delai or date.min)
        au_plus_tot = max(rupture[0], self.creance.depart, termes + UN_JOUR)
        return min(prochain.jour, self.position.jours.prochain_ouvre(au_plus_tot))

    def _limite(self, prochain: Prochain) -> date | None:
        plafond = self.echelle.plafond_bienveillance
        return None if plafond is None else limite_bienveillance(prochain.jour, plafond, self.periodes)

    # The reasons

    def _attente(self, code: str, possible: date) -> Motif:
        """Why the rung's date is still to come."""
        echelle, creance = self.echelle, self.creance
        le: date | None = possible
        delais: dict[str, object] = {}
        if code == "relance_recente":
            le, delais = self._dernier_contact(), {"intervalle": echelle.intervalle_minimum}
        elif code == "facture_envoyee_recemment":
            le, delais = creance.envoyee_le, {"delai": echelle.delai_apres_envoi}
        elif code == "acte_du_jour":
            le = max(a.le for a in self.position.actes)
        return Motif(code, {"le": le, **delais})

    def _raison(self, prochain: Prochain) -> Motif:
        """Why the rung is acted today: what is out of the ordinary comes first."""
        creance = self.creance
        retard = {"jours_retard": max(0, (self.aujourd_hui - creance.date_echeance).days)}
        bienveillantes = [p for p in self.en_cours if p.est_bienveillante]
        if bienveillantes:
            autres = {"obstacle": bienveillantes[0].obstacle.value, "plafond": self.echelle.plafond_bienveillance}
            return Motif("plafond_bienveillance", {**retard, **autres})
        if prochain.est_avant_echeance:
            return self._raison_d_avance(prochain.echelon)
        if (rupture := self._rupture()) is not None:
            return Motif("promesse_rompue", {**retard, "promesse": rupture[1].au})
        if prochain.echelon.est_reprise:
            return self._raison_de_reprise(retard)
        if prochain.echelon.ancre is Ancre.FIN_DELAI:
            return Motif("delai_depasse", {**retard, "fin_delai": self.position.fin_delai})
        return Motif("echeance_depassee", retard)

    def _raison_de_reprise(self, retard: Mapping[str, object]) -> Motif:
        if self.creance.recommencee_le is not None:
            return Motif("recommencee", {**retard, "recommencee_le": self.creance.recommencee_le})
        return Motif("reprise", {**retard, "connue_le": self.creance.connue_le})

    def _raison_d_avance(self, echelon: Echelon) -> Motif:
        if echelon.ancre is Ancre.ESCOMPTE:
            return Motif("escompte", {"limite_escompte": self.creance.limite_escompte})
        return Motif("avant_echeance", {"jours_restants": (self.creance.date_echeance - self.aujourd_hui).days})

    def _reponse(
        self,
        verdict: Verdict,
        motif: Motif,
        suivant: Prochain | None = None,
        *,
        depuis: date | None = None,
        jusqu_au: date | None = None,
    ) -> Decision:
        return Decision(
            self.creance,
            verdict,
            motif,
            None if suivant is None else suivant.echelon,
            depuis,
            jusqu_au,
            avant_echeance=suivant is not None and suivant.est_avant_echeance,
            est_echue=self.creance.date_echeance < self.aujourd_hui,
        )
