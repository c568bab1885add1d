"""Where a debt stands on its ladder: which rungs are done, which remain and on what day.

Conventions
* An offset counts calendar days from its anchor, or working days when ``jours_ouvres``; the result is then moved to the
  next working day of the company's calendar when it falls on a day off. ``Ancre.ESCOMPTE`` always counts working days,
  backwards: -3 (or 3) is the third working day before the limit of the discount.
* Rungs are ordered by (anchor + offset, rang). A rung is *before the due date* when that day falls before it; it lapses
  on the due date, and a reminder of the discount lapses after the limit of the discount.
* No rung has a date before the day on which the debt became known, or its ladder was restarted.
"""

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from noyau.suspensions import UN_JOUR, JoursOuvres

type_place = tuple[date, int, int]

_AVANT_TOUT: type_place = (date.min, 0, 0)


class Canal(StrEnum):
    COURRIEL = "courriel"
    APPEL = "appel"
    COURRIER = "courrier"
    RECOMMANDE = "recommande"


class Ancre(StrEnum):
    """What a rung counts from."""

    ECHEANCE = "echeance"
    ESCOMPTE = "escompte"  # last day of the cash discount; offset in working days before it
    FIN_DELAI = "fin_delai"  # last day given by the formal demand


@dataclass(frozen=True, slots=True)
class Echelon:
    """One rung. ``decalage`` is in days from the anchor, negative before it. ``est_reprise``: the gentle rung that
    replaces the ones up to its offset for a debt that was already late when it became known; ignored for others."""

    cle: int
    nom: str
    rang: int
    canal: Canal
    decalage: int
    ancre: Ancre = Ancre.ECHEANCE
    jours_ouvres: bool = False
    est_formel: bool = False
    est_reprise: bool = False


@dataclass(frozen=True, slots=True)
class Echelle:
    """A ladder and its rhythm. Days are calendar days unless said otherwise."""

    echelons: tuple[Echelon, ...]
    intervalle_minimum: int = 5
    delai_apres_envoi: int = 7
    delai_apres_mise_en_demeure: int = 5  # working days after the deadline before the ladder is over
    grace_promesse: int = 3  # working days
    plafond_bienveillance: int | None = None  # days that pauses and promises may delay a rung, in all


@dataclass(frozen=True, slots=True)
class Acte:
    """A rung already acted for this debt in its current cycle. ``contact``: it reached the client (email or letter that
    left, call that was answered). ``fin_delai``: last day given, for a formal demand. ``decalage`` and ``jours_ouvres``
    are the rung's at the time: they say where the debt stands after a change of ladder."""

    echelon: int
    le: date
    decalage: int
    ancre: Ancre = Ancre.ECHEANCE
    contact: bool = True
    est_formel: bool = False
    fin_delai: date | None = None
    jours_ouvres: bool = False


@dataclass(frozen=True, slots=True)
class Creance:
    """One open instalment, as the ladder sees it on ``aujourd_hui``."""

    cle: int
    client: int
    devise: str
    solde: Decimal
    date_echeance: date
    connue_le: date  # when it entered our books
    envoyee_le: date | None = None  # when the invoice is known to have been sent
    limite_escompte: date | None = None
    est_annulee: bool = False
    recommencee_le: date | None = None  # when a person sent it back to the foot of its ladder

    @property
    def depart(self) -> date:
        """The first day on which its ladder could act: late on that day means "reprise"."""
        return max(self.connue_le, self.recommencee_le or date.min)


@dataclass(frozen=True, slots=True)
class Prochain:
    """A rung still to act. ``brut`` is anchor + offset, ``jour`` its natural date, on a working day. ``dernier_jour``:
    it lapses after that day, because it is a rung before the due date; None for the others, which never lapse."""

    echelon: Echelon
    brut: date
    jour: date
    dernier_jour: date | None

    @property
    def place(self) -> type_place:
        return self.brut, self.echelon.rang, self.echelon.cle

    @property
    def est_avant_echeance(self) -> bool:
        return self.dernier_jour is not None


@dataclass(frozen=True, slots=True)
class Position:
    """A debt on its ladder, whatever the day."""

    creance: Creance
    echelle: Echelle
    actes: tuple[Acte, ...]
    jours: JoursOuvres

    @property
    def mise_en_demeure(self) -> Acte | None:
        """The last formal demand."""
        return max((a for a in self.actes if a.est_formel), key=lambda a: a.le, default=None)

    @property
    def fin_delai(self) -> date | None:
        """Last day given by the last formal demand; None too while that day is not known (letter not yet received)."""
        formel = self.mise_en_demeure
        return formel.fin_delai if formel else None

    @property
    def faits(self) -> frozenset[int]:
        return frozenset(a.echelon for a in self.actes)

    def restants(self) -> list[Prochain]:
        """The rungs not yet acted whose date is known, in order, lapsed ones included."""
        faits, franchis, reprise = self.faits, self._franchis(), self._commence_par_reprise()
        prochains = []
        for echelon in self.echelle.echelons:
            brut = self._jour_brut(echelon.ancre, echelon.decalage, echelon.jours_ouvres)
            if brut is None or echelon.cle in faits or (echelon.est_reprise and not reprise):
                continue
            prochain = self._prochain(echelon, brut)
            if prochain.place > franchis.get(echelon.ancre, _AVANT_TOUT):
                prochains.append(prochain)
        couvert = max((p.brut for p in prochains if p.echelon.est_reprise), default=date.min)
        gardes = (p for p in prochains if p.echelon.est_reprise or p.brut > couvert)
        return sorted(gardes, key=lambda p: p.place)

    def _prochain(self, echelon: Echelon, brut: date) -> Prochain:
        naturel = self.creance.depart if echelon.est_reprise else max(brut, self.creance.depart)
        return Prochain(echelon, brut, self.jours.prochain_ouvre(naturel), self._dernier_jour(echelon, brut))

    def _dernier_jour(self, echelon: Echelon, brut: date) -> date | None:
        veille, limite = self.creance.date_echeance - UN_JOUR, self.creance.limite_escompte
        if echelon.ancre is Ancre.ESCOMPTE:
            return min(veille, limite or veille)
        return veille if echelon.ancre is Ancre.ECHEANCE and brut <= veille else None

    def _jour_brut(self, ancre: Ancre, decalage: int, jours_ouvres: bool) -> date | None:
        """Anchor + offset, before it is moved to a working day. None while the debt has no such anchor."""
        if ancre is Ancre.ESCOMPTE:
            limite = self.creance.limite_escompte
            return limite and self.jours.ajouter_ouvres(limite, -abs(decalage))
        base = self.creance.date_echeance if ancre is Ancre.ECHEANCE else self.fin_delai
        if base is None or not jours_ouvres:
            return base and base + timedelta(days=decalage)
        return self.jours.ajouter_ouvres(base, decalage)

    def _franchis(self) -> dict[Ancre, type_place]:
        """By anchor, the furthest place that was acted: whatever comes no later counts as done (R1).

        An act whose rung the ladder no longer knows, or a "reprise", stands for every rung of the same day.
        """
        connus = {e.cle: e for e in self.echelle.echelons if not e.est_reprise}
        places: dict[Ancre, type_place] = {}
        for acte in self.actes:
            brut = self._jour_brut(acte.ancre, acte.decalage, acte.jours_ouvres)
            if brut is not None:
                rang = connus[acte.echelon].rang if acte.echelon in connus else sys.maxsize
                places[acte.ancre] = max(places.get(acte.ancre, _AVANT_TOUT), (brut, rang, acte.echelon))
        return places

    def _commence_par_reprise(self) -> bool:
        """Already late when its ladder began, and no ordinary rung acted since the due date."""
        if self.creance.depart <= self.creance.date_echeance:
            return False
        reprises = {e.cle for e in self.echelle.echelons if e.est_reprise}
        return all(a.echelon in reprises for a in self.actes if a.decalage >= 0 and a.ancre is not Ancre.ESCOMPTE)
