"""One client, one night (R5): decide its debts together, group what is due into acts.

Conventions
* Amounts are never summed across currencies. A threshold is one amount, or one per currency (none where it is missing).
* What a client owes for the threshold: its debts due today or before, promised and paused ones included, but not those
  it may not owe or that are collected some other way (``HORS_TOTAL``). For a message before the due date nothing need
  be overdue yet: the total takes in what is still to come.
* The order is always: ``decider_client`` -> ``grouper`` -> ``decisions_finales``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from noyau.echelle import (
    Acte,
    Ancre,
    Canal,
    Creance,
    Decision,
    Echelle,
    Echelon,
    JoursOuvres,
    Motif,
    Obstacle,
    Suspension,
    Verdict,
    decider,
)
from noyau.suspensions import TERMINAUX, UN_JOUR, Periode

type_seuil = Decimal | Mapping[str, Decimal]

HORS_TOTAL = TERMINAUX | {Obstacle.INSOLVABLE, Obstacle.LITIGE, Obstacle.PLAN, Obstacle.PRELEVEMENT}
"""A debt under one of these is not part of what the client is asked to pay now."""

_SUSPENDUE = frozenset(obstacle.value for obstacle in Obstacle)
_ETAPES = {Ancre.ESCOMPTE: 0, Ancre.ECHEANCE: 1, Ancre.FIN_DELAI: 2}


@dataclass(frozen=True, slots=True)
class Contact:
    """A day on which the client was reached, about its debts in a currency (None: about all of them)."""

    le: date
    devise: str | None = None


@dataclass(frozen=True, slots=True)
class ActeAFaire:
    """One act toward one client in one currency (R5). ``lignes`` carry and consume their own rung; ``pour_information``
    are the other overdue debts, listed and consuming nothing. ``echelon`` gives the text, ``canal`` the channel: it is
    not the rung's own when the amount is small."""

    client: int
    devise: str
    echelon: Echelon
    canal: Canal
    lignes: tuple[Decision, ...]
    pour_information: tuple[Decision, ...] = ()

    @property
    def total(self) -> Decimal:
        """What the lines ask for, the debts listed for information left out."""
        return sum((ligne.creance.solde for ligne in self.lignes), Decimal(0))

    @property
    def est_formel(self) -> bool:
        return self.echelon.est_formel

    @property
    def avant_echeance(self) -> bool:
        return self.lignes[0].avant_echeance


def dernier_contact(contacts: Iterable[Contact], devise: str, aujourd_hui: date) -> date | None:
    """The last day that counts for the interval of a debt in ``devise``: today's contacts in another currency do not,
    or the second of two acts of one night would never leave."""
    return max(
        (c.le for c in contacts if c.le < aujourd_hui or (c.le == aujourd_hui and c.devise in (None, devise))),
        default=None,
    )


def decider_client(  # noqa: PLR0917 (the order of ``decider``)
    creances: Sequence[Creance],
    echelles: Mapping[int, Echelle],
    actes: Mapping[int, Sequence[Acte]],
    suspensions: Mapping[int, Sequence[Suspension]],
    aujourd_hui: date,
    jours: JoursOuvres,
    *,
    contacts: Sequence[Contact] = (),
    devises_en_cours: frozenset[str] = frozenset(),
    seuil: type_seuil = Decimal(0),
) -> list[Decision]:
    """Decide every open debt of ONE client, in the order given; mappings are by ``Creance.cle``.

    ``contacts``: at least the last one of each currency, and the last before today. ``devises_en_cours``: currencies in
    which an act is still open; nothing new is due there until it is closed (R5).
    To decide an open act again at sending: leave its currency out of ``devises_en_cours`` and its lines out of
    ``actes``, keep the debts settled meanwhile among ``creances``, and compare with ``noyau.relecture.relire``.
    """
    decisions = [
        decider(
            creance,
            echelles[creance.cle],
            actes.get(creance.cle, ()),
            suspensions.get(creance.cle, ()),
            aujourd_hui,
            jours,
            dernier_contact=dernier_contact(contacts, creance.devise, aujourd_hui),
        )
        for creance in creances
    ]
    comptes = {devise: _compte(devise, creances, suspensions, aujourd_hui) for devise in {c.devise for c in creances}}
    return [
        _retenir(
            decision,
            comptes[decision.creance.devise],
            en_cours=decision.creance.devise in devises_en_cours,
            seuil=_montant(seuil, decision.creance.devise),
        )
        for decision in decisions
    ]


@dataclass(frozen=True, slots=True)
class _Compte:
    """What one client owes in one currency. ``change_le``: the next day on which that can rise by itself."""

    exigible: Decimal
    a_echoir: Decimal
    change_le: date | None


def _compte(
    devise: str, creances: Iterable[Creance], suspensions: Mapping[int, Sequence[Suspension]], aujourd_hui: date
) -> _Compte:
    exigible, a_echoir, changements = Decimal(0), Decimal(0), list[date]()
    for creance in creances:
        if creance.devise != devise or creance.solde <= 0 or creance.est_annulee:
            continue
        exclusions = [s for s in suspensions.get(creance.cle, ()) if _exclut(s, aujourd_hui)]
        changements.extend(s.au + UN_JOUR for s in exclusions if s.au is not None)
        if creance.date_echeance > aujourd_hui:
            changements.append(creance.date_echeance)
        if exclusions:
            continue
        if creance.date_echeance <= aujourd_hui:
            exigible += creance.solde
        else:
            a_echoir += creance.solde
    return _Compte(exigible, a_echoir, min(changements, default=None))


def _exclut(suspension: Suspension, jour: date) -> bool:
    return suspension.obstacle in HORS_TOTAL and Periode(suspension, suspension.au).couvre(jour)


def _retenir(decision: Decision, compte: _Compte, *, en_cours: bool, seuil: Decimal) -> Decision:
    """What is due for the debt alone, but not for its client."""
    if decision.verdict is not Verdict.RELANCER:
        return decision
    devise = decision.creance.devise
    if en_cours:
        return _attendre(decision, Motif("acte_en_cours", {"devise": devise}), None)
    total = compte.exigible + (compte.a_echoir if decision.avant_echeance else 0)
    if total < seuil:
        motif = Motif("sous_le_seuil", {"total": total, "seuil": seuil, "devise": devise})
        return _attendre(decision, motif, compte.change_le)
    return decision


def _attendre(decision: Decision, motif: Motif, jusqu_au: date | None) -> Decision:
    return replace(decision, verdict=Verdict.ATTENDRE, motif=motif, depuis=None, jusqu_au=jusqu_au)


def _montant(seuil: type_seuil, devise: str) -> Decimal:
    return seuil if isinstance(seuil, Decimal) else seuil.get(devise, Decimal(0))


def grouper(
    decisions: Iterable[Decision], *, seuil_appel: type_seuil = Decimal(0), seuil_recommande: type_seuil = Decimal(0)
) -> list[ActeAFaire]:
    """The acts of the night: at most one per (client, currency), in that order.

    ``decisions`` must hold all the decisions of each client in it, waits included: they are the debts told for
    information. When a formal demand is due it takes the night with the formal lines alone, so that no demand is ever
    consumed by an ordinary message. Lines that total less than ``seuil_appel`` make a call an email; less than
    ``seuil_recommande``, a registered letter a simple one, as formal as before.
    """

    def destinataire(decision: Decision) -> tuple[int, str]:
        return decision.creance.client, decision.creance.devise

    actes = []
    for (client, devise), groupe in groupby(sorted(decisions, key=destinataire), key=destinataire):
        toutes = sorted(groupe, key=lambda d: (d.creance.date_echeance, d.creance.cle))
        lignes = _lignes(toutes)
        if lignes:
            echelon = max(lignes, key=_avancement).echelon
            assert echelon is not None
            acte = ActeAFaire(client, devise, echelon, echelon.canal, lignes, _pour_information(toutes, lignes))
            canal = _canal(acte, _montant(seuil_appel, devise), _montant(seuil_recommande, devise))
            actes.append(replace(acte, canal=canal))
    return actes


def _lignes(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The lines that may share one act: formal ones, else overdue ones, else those before the due date."""
    dues = [d for d in decisions if d.verdict is Verdict.RELANCER]
    formelles = [d for d in dues if d.echelon is not None and d.echelon.est_formel]
    echues = [d for d in dues if not d.avant_echeance]
    return tuple(formelles or echues or dues)


def _avancement(decision: Decision) -> tuple[int, int, int]:
    """How far up the ladder, across ladders: the stage, then the offset."""
    echelon = decision.echelon
    assert echelon is not None
    return _ETAPES[echelon.ancre], echelon.decalage, echelon.rang


def _pour_information(decisions: Sequence[Decision], lignes: tuple[Decision, ...]) -> tuple[Decision, ...]:
    if lignes[0].avant_echeance:
        return ()
    prises = {ligne.creance.cle for ligne in lignes}
    autres = (d for d in decisions if d.creance.cle not in prises and d.est_echue)
    return tuple(d for d in autres if d.motif.code not in _SUSPENDUE)


def _canal(acte: ActeAFaire, seuil_appel: Decimal, seuil_recommande: Decimal) -> Canal:
    if acte.canal is Canal.APPEL and acte.total < seuil_appel:
        return Canal.COURRIEL
    if acte.canal is Canal.RECOMMANDE and acte.total < seuil_recommande:
        return Canal.COURRIER
    return acte.canal


def decisions_finales(decisions: Iterable[Decision], actes: Iterable[ActeAFaire], aujourd_hui: date) -> list[Decision]:
    """The decisions to show and to store (R18), in the order given: "relancer" is left only to the lines of an act of
    this night. What such an act keeps waiting is looked at again tomorrow, when that act or its contact counts."""
    prises = {ligne.creance.cle for acte in actes for ligne in acte.lignes}
    demain = aujourd_hui + UN_JOUR
    return [
        _attendre(d, Motif("autre_acte_cette_nuit", {"devise": d.creance.devise}), demain)
        if d.verdict is Verdict.RELANCER and d.creance.cle not in prises
        else d
        for d in decisions
    ]
