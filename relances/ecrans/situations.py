"""Where the ladder stands for clients and instalments: rungs done, the next one, what holds it back and until when.

Built from the decision itself (`relances.decision`), so that the screens say what the night would do (R18).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import Coalesce, RowNumber

from entreprises.models import Entreprise
from factures.models import Echeance
from noyau.echelle import Decision, Obstacle, Verdict
from noyau.echelons import Acte, Ancre, Echelon, Position
from noyau.suspensions import periodes
from relances.decision import decider
from relances.examen import Examen
from relances.models import LigneRelance, Relance
from relances.motifs import raison
from relances.regime import Regime, lire_regime
from suivi.models import Appel

FAITE, EN_COURS, PASSEE, PROCHAINE, A_VENIR = "faite", "en_cours", "passee", "prochaine", "a_venir"
PAS_ENCORE_PARTIES = (Relance.Statut.A_VALIDER, Relance.Statut.A_ENVOYER, Relance.Statut.EN_COURS)
DRAPEAUX = {
    Obstacle.LITIGE: "litige",
    Obstacle.PROMESSE: "promesse",
    Obstacle.PLAN: "plan",
    Obstacle.PAUSE_CLIENT: "pause",
    Obstacle.PAUSE_FACTURE: "pause",
    Obstacle.PAUSE_ENTREPRISE: "pause_entreprise",
    Obstacle.INSOLVABLE: "insolvable",
    Obstacle.NE_PAS_RELANCER: "ne_pas_relancer",
}


@dataclass(frozen=True)
class Marche:
    """A rung as it is drawn. `le`: the day it was acted or prepared, or the day on which the next one is decided."""

    nom: str
    canal: str
    etat: str
    le: date | None = None


@dataclass(frozen=True)
class Situation:
    """One instalment: its decision in words, its ladder, and the act that is open for it."""

    echeance: Echeance
    decision: Decision
    raison: str
    marches: list[Marche]
    acte: Relance | None = None

    @property
    def prochaine_le(self) -> date | None:
        """The day of the next act, as far as it is known today."""
        return self.decision.depuis if self.decision.verdict is Verdict.RELANCER else self.decision.jusqu_au

    @property
    def prochaine(self) -> str:
        """The next rung. Nothing while an act is open: what comes next depends on what becomes of it."""
        return self.decision.echelon.nom if self.decision.echelon and self.acte is None else ""

    @property
    def attend_son_jour(self) -> bool:
        """Nothing holds it back but the calendar: the next act and its date say it all."""
        return self.decision.motif.code == "pas_encore" and bool(self.prochaine)

    @property
    def est_recommencable(self) -> bool:
        return self.acte is None and any(marche.etat == FAITE for marche in self.marches)

    @property
    def verdict(self) -> str:
        return self.decision.verdict.value

    @property
    def niveau(self) -> "Niveau":
        return niveau(self.marches)


@dataclass(frozen=True)
class Niveau:
    """How far up: the last rung acted, and how many of the five marks of the small ladder are filled."""

    nom: str = ""
    marques: tuple[bool, ...] = (False,) * 5


@dataclass(frozen=True)
class Compte:
    """A client's overdue debts in one currency: how far up they are, what comes next, what holds them back."""

    niveau: Niveau = Niveau()
    prochaine: str = ""
    prochaine_le: date | None = None
    raison: str = ""
    drapeaux: tuple[str, ...] = ()
    erreur: str = ""


@dataclass
class Lecture:
    """The ladder's answer for some clients."""

    regime: Regime
    au: date
    examens: dict[int, Examen] = field(default_factory=dict)
    ouvertes: dict[int, LigneRelance] = field(default_factory=dict)  # by instalment, the line of the act still open

    def situations(self, client: int, facture: int | None = None) -> list[Situation]:
        """The client's open instalments (of one invoice), by due date."""
        examen = self.examens.get(client)
        if examen is None or examen.dossier is None:
            return []
        trouvees = [self._situation(examen, decision) for decision in examen.decisions]
        gardees = [s for s in trouvees if facture is None or s.echeance.facture_id == facture]
        return sorted(gardees, key=lambda s: (s.echeance.date_echeance, s.echeance.pk))

    def _situation(self, examen: Examen, decision: Decision) -> Situation:
        cle, dossier = decision.creance.cle, examen.dossier
        assert dossier is not None  # only a client that could not be decided has none
        actes = tuple(dossier.actes.get(cle, ()))
        position = Position(decision.creance, dossier.echelles[cle], actes, self.regime.jours)
        ouverte = self.ouvertes.get(cle)
        marches = list(_marches(position, decision, ouverte, self.au))
        acte = ouverte.relance if ouverte else None
        return Situation(dossier.echeances[cle], decision, _phrase(raison(decision.motif, self.au)), marches, acte)

    def erreur(self, client: int) -> str:
        examen = self.examens.get(client)
        return examen.erreur if examen else ""

    def compte(self, client: int, devise: str) -> Compte:
        """The overdue debts of a client in one currency, as one line."""
        situations = [s for s in self.situations(client) if s.echeance.devise == devise and s.decision.est_echue]
        if not situations:
            return Compte(erreur=self.erreur(client))
        plus_haute = max(situations, key=lambda s: sum(m.etat == FAITE for m in s.marches))
        avec_date = [s for s in situations if s.prochaine_le and s.prochaine]
        suivante = min(avec_date, key=lambda s: s.prochaine_le or date.max, default=situations[0])
        return Compte(
            niveau=plus_haute.niveau,
            prochaine=suivante.prochaine,
            prochaine_le=suivante.prochaine_le,
            raison=suivante.raison,
            drapeaux=self._drapeaux(client, {s.echeance.pk for s in situations}),
        )

    def _drapeaux(self, client: int, echeances: Collection[int]) -> tuple[str, ...]:
        dossier = self.examens[client].dossier
        trouves: dict[str, None] = {}
        for pk in echeances:
            siennes = dossier.suspensions.get(pk, []) if dossier else []
            for periode in periodes(siennes, self.regime.jours, self.regime.reglages.grace_promesse):
                if periode.suspension.rompue and not periode.couvre(self.au):
                    trouves["promesse_rompue"] = None
                elif periode.couvre(self.au) and periode.obstacle in DRAPEAUX:
                    trouves[DRAPEAUX[periode.obstacle]] = None
        return tuple(trouves)


def lire_situations(entreprise: Entreprise, au: date, clients: Iterable[int]) -> Lecture:
    """What the ladder says of these clients on `au`; the number of queries does not depend on theirs (200 at most)."""
    regime, clients = lire_regime(entreprise), list(clients)
    examens = decider(entreprise, au, clients, regime=regime)
    ouvertes = (
        LigneRelance.objects.filter(entreprise=entreprise)
        .filter(echeance__client__in=clients, relance__statut__in=PAS_ENCORE_PARTIES, etape__isnull=False)
        .select_related("relance__etape")
    )
    return Lecture(regime, au, {e.client: e for e in examens}, {ligne.echeance_id: ligne for ligne in ouvertes})


def _phrase(texte: str) -> str:
    return f"{texte[:1].upper()}{texte[1:]}."


def _marches(position: Position, decision: Decision, ouverte: LigneRelance | None, au: date) -> Iterable[Marche]:
    """The rungs in the order of the ladder. The gentle rung of an old stock is drawn only where it applies."""
    actes: dict[int, Acte] = {acte.echelon: acte for acte in position.actes}
    restants = {p.echelon.cle: p for p in position.restants()}
    en_cours = ouverte.etape_id if ouverte else None
    suivant = decision.echelon.cle if decision.echelon and ouverte is None else None
    for echelon in sorted(position.echelle.echelons, key=_ordre):
        acte, restant = actes.get(echelon.cle), restants.get(echelon.cle)
        est_perdu = restant is None or (restant.dernier_jour is not None and restant.dernier_jour < au)
        if acte is not None:
            yield Marche(echelon.nom, echelon.canal.value, EN_COURS if echelon.cle == en_cours else FAITE, acte.le)
        elif echelon.cle == suivant:
            yield Marche(echelon.nom, echelon.canal.value, PROCHAINE, decision.depuis or decision.jusqu_au)
        elif not est_perdu:
            yield Marche(echelon.nom, echelon.canal.value, A_VENIR)
        elif not echelon.est_reprise and echelon.ancre is Ancre.ECHEANCE:
            yield Marche(echelon.nom, echelon.canal.value, PASSEE)


def _ordre(echelon: Echelon) -> tuple[int, int]:
    return echelon.rang, echelon.decalage


def niveau(marches: list[Marche]) -> Niveau:
    """Five marks whatever the number of rungs: a rung done or left behind fills its share."""
    faites = [i for i, marche in enumerate(marches, start=1) if marche.etat == FAITE]
    if not faites:
        return Niveau()
    pleines = max(1, round(5 * faites[-1] / len(marches)))
    return Niveau(marches[faites[-1] - 1].nom, tuple(i < pleines for i in range(5)))


def actes_ouverts(entreprise: Entreprise, clients: Collection[int]) -> dict[tuple[int, str], Relance]:
    """The open act of each account."""
    ouverts = Relance.objects.de(entreprise).ouvertes().filter(client__in=clients).select_related("etape")
    return {(acte.client_id, acte.devise): acte for acte in ouverts}


def derniers_contacts(entreprise: Entreprise, clients: Collection[int]) -> dict[int, Any]:
    """The last act that left, or call that was made, by client: a Relance or an Appel. Two queries."""
    relances = (
        Relance.objects.de(entreprise)
        .parties()
        .filter(client__in=clients)
        .exclude(canal="appel")
        .annotate(instant=Coalesce("envoyee_le", "remise_le"))
        .select_related("etape")
    )
    appels = Appel.objects.filter(entreprise=entreprise, client__in=clients).annotate(instant=F("passe_le"))
    derniers: dict[int, Any] = {}
    for requete in (relances, appels):
        rang = Window(RowNumber(), partition_by=[F("client")], order_by=[F("instant").desc(), F("pk").desc()])
        for trouve in requete.annotate(place=rang).filter(place=1):
            connu = derniers.get(trouve.client_id)
            if connu is None or trouve.instant > connu.instant:
                derniers[trouve.client_id] = trouve
    return derniers
