"""What rules a company's night: its settings, its calendar, its ladders, the pauses of the whole company. Read once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from entreprises.models import Entreprise
from noyau.calendrier import Calendrier
from noyau.echelle import Ancre, Canal, Echelle, Echelon
from noyau.suspensions import UN_JOUR, JoursOuvres
from relances.models import Affectation, Etape, Reglages, Scenario
from suivi.models import Pause

SANS_ECHELLE = Echelle(())


@dataclass(frozen=True, slots=True)
class Regime:
    """`echelles` by ladder; `par_genre`: the ladder of each kind of client; `lignees`: by ladder and line, the rung in
    force; `pauses`: those of the whole company."""

    entreprise: Entreprise
    reglages: Reglages
    calendrier: Calendrier
    jours: JoursOuvres
    echelles: Mapping[int, Echelle]
    par_genre: Mapping[str, int]
    etapes: Mapping[int, Etape]
    pauses: Sequence[Pause]
    lignees: Mapping[tuple[int, str], int] = field(default_factory=dict)

    def un_jour_de_travail(self, jour: date) -> "Regime":
        """The same, where `jour` is worked whatever the calendar says: someone is at work on this act today."""
        return replace(self, jours=JourTravaille(self.calendrier, jour))


@dataclass(frozen=True, slots=True)
class JourTravaille:
    """The company's calendar, with one more working day."""

    calendrier: Calendrier
    jour: date

    def prochain_ouvre(self, jour: date) -> date:
        suivant = self.calendrier.prochain_ouvre(jour)
        return self.jour if jour <= self.jour <= suivant else suivant

    def ajouter_ouvres(self, jour: date, nombre: int) -> date:
        return self.calendrier.ajouter_ouvres(jour, nombre)


def lire_regime(entreprise: Entreprise) -> Regime:
    """A company that has no settings yet gets the defaults: nothing leaves by itself."""
    reglages = Reglages.objects.filter(entreprise=entreprise).first() or Reglages(entreprise=entreprise)
    etapes = list(Etape.objects.de(entreprise).en_vigueur().order_by("scenario", "rang"))
    scenarios = Scenario.objects.de(entreprise).in_bulk()
    par_genre = Affectation.objects.de(entreprise).filter(client=None, facture=None)
    calendrier = entreprise.calendrier()
    return Regime(
        entreprise,
        reglages,
        calendrier,
        calendrier,
        {pk: _echelle(scenario, etapes, reglages) for pk, scenario in scenarios.items()},
        dict(par_genre.values_list("genre_client", "scenario_id")),
        {etape.pk: etape for etape in etapes},
        list(Pause.objects.de(entreprise).filter(client=None, facture=None)),
        {(etape.scenario_id, etape.lignee): etape.pk for etape in etapes if etape.lignee},
    )


@dataclass(frozen=True, slots=True)
class JoursEnvoi:
    """The working days of the company's calendar, among the days of the week it chose to send on."""

    calendrier: Calendrier
    jours: frozenset[int]

    def est_ouvre(self, jour: date) -> bool:
        return jour.weekday() in self.jours and self.calendrier.est_ouvre(jour)

    def prochain_ouvre(self, jour: date) -> date | None:
        """The day itself or the first one after it; None for a company that sends on no day."""
        if not self.jours & self.calendrier.jours_ouvres:
            return None
        while not self.est_ouvre(jour):
            jour += UN_JOUR
        return jour


def jours_d_envoi(regime: Regime) -> JoursEnvoi:
    return JoursEnvoi(regime.calendrier, frozenset(regime.reglages.jours_envoi))


def _echelle(scenario: Scenario, etapes: Iterable[Etape], reglages: Reglages) -> Echelle:
    return Echelle(
        tuple(echelon(etape) for etape in etapes if etape.scenario_id == scenario.pk),
        intervalle_minimum=scenario.intervalle_minimum,
        delai_apres_envoi=reglages.delai_apres_envoi,
        grace_promesse=reglages.grace_promesse,
        plafond_bienveillance=reglages.plafond_bienveillance,
    )


def echelon(etape: Etape) -> Echelon:
    """The rung as the rules see it."""
    return Echelon(
        cle=etape.pk,
        nom=etape.nom,
        rang=etape.rang,
        canal=Canal(etape.canal),
        decalage=etape.decalage,
        ancre=Ancre(etape.ancre),
        jours_ouvres=etape.en_jours_ouvres,
        est_formel=etape.est_formelle,
        est_reprise=etape.est_reprise,
    )
