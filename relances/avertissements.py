"""What looks odd in a ladder, told and never refused. Pure: rungs in, sentences out."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

from relances.echelons import place
from relances.modeles_echelles.definitions import QUEBEC
from relances.models import Canal, Etape, Scenario

DELAI_FORMEL = 8  # days


def avertir(scenario: Scenario, etapes: Sequence[Etape]) -> list[str]:
    """About the rungs in force of this ladder."""
    ordinaires = sorted((e for e in etapes if not e.est_reprise), key=place)
    return [
        *_rythme(scenario, ordinaires),
        *_mises_en_demeure(scenario, [e for e in ordinaires if e.est_formelle]),
        *_suites(ordinaires),
    ]


def _rythme(scenario: Scenario, etapes: Sequence[Etape]) -> Iterator[str]:
    for avant, apres in pairwise(etapes):
        # A call starts the interval only if someone answers, and what they say sets the next date.
        if avant.ancre != apres.ancre or avant.canal == Canal.APPEL:
            continue
        ecart, noms = apres.decalage - avant.decalage, {"a": avant.nom, "b": apres.nom}
        if ecart < scenario.intervalle_minimum:
            jours = {"n": ecart, "intervalle": scenario.intervalle_minimum}
            yield _(
                "« %(a)s » et « %(b)s » ne sont séparés que de %(n)d jours : l’intervalle de %(intervalle)d jours "
                "repoussera le second."
            ) % {**noms, **jours}
        elif avant.decalage > 0 and avant.delai_jours > ecart:
            yield _(
                "« %(a)s » donne %(delai)d jours, mais « %(b)s » suit %(n)d jours après : "
                "le client n’aura pas son délai."
            ) % {**noms, "delai": avant.delai_jours, "n": ecart}


def _mises_en_demeure(scenario: Scenario, formelles: Sequence[Etape]) -> Iterator[str]:
    if not formelles:
        yield _("Cette échelle n’a pas de mise en demeure : rien n’y fera courir un délai de droit.")
    for etape in formelles:
        if etape.delai_jours < DELAI_FORMEL and scenario.entreprise.pays != QUEBEC:
            yield _("« %(a)s » donne moins de huit jours : c’est court pour une mise en demeure.") % {"a": etape.nom}
        if etape.canal != Canal.RECOMMANDE:
            yield _("« %(a)s » ne part pas en recommandé : vous n’aurez pas de preuve de réception.") % {"a": etape.nom}


def _suites(etapes: Sequence[Etape]) -> Iterator[str]:
    formelles = [e for e in etapes if e.est_formelle]
    for etape in etapes:
        nom = {"a": etape.nom}
        if etape.ancre == "fin_delai" and not formelles:
            yield _("« %(a)s » n’arrivera jamais : il part de la fin du délai d’une mise en demeure.") % {
                "a": etape.nom
            }
        elif etape.ancre == "echeance" and not etape.est_formelle and any(place(f) < place(etape) for f in formelles):
            yield _("« %(a)s » vient après la mise en demeure, qui ne sera plus la dernière parole.") % nom
