"""R1: a ladder sent back to its foot begins again gently, as if the debt were known from that day."""

from dataclasses import replace

import pytest

from noyau.echelle import Obstacle, Suspension, Verdict
from tests.noyau.fabrique_echelle import B2B, REPRISE, Partie, acte, chaque_jour, creance, jour

AVEC_REPRISE = replace(B2B, echelons=(*B2B.echelons, REPRISE))
RECOMMENCEE = creance(recommencee_le=jour(60))


def dates(partie: Partie, du: int, au: int) -> list[tuple[int, int]]:
    """Rungs acted, with their day counted from the due date."""
    return [(echelon, (le - jour(0)).days) for le, echelon in partie.jouer(chaque_jour(jour(du), jour(au)))]


def test_R1_it_climbs_again_from_the_gentle_rung_one_interval_at_a_time():
    assert dates(Partie(RECOMMENCEE, AVEC_REPRISE), 60, 100) == [(6, 60), (4, 65), (5, 70)]


def test_without_a_gentle_rung_it_climbs_in_the_ordinary_order():
    assert dates(Partie(RECOMMENCEE, B2B), 60, 90) == [(2, 60), (3, 65), (4, 70), (5, 77)]


def test_it_says_since_when_it_began_again():
    decision = Partie(RECOMMENCEE, AVEC_REPRISE).decider(jour(63))
    assert decision.motif.code == "recommencee"
    assert decision.motif.parametres == {"jours_retard": 63, "recommencee_le": jour(60)}


def test_restarted_before_the_due_date_it_goes_its_ordinary_way():
    assert dates(Partie(creance(recommencee_le=jour(-3)), AVEC_REPRISE), -3, 12) == [(1, -3), (2, 2), (3, 7)]


def test_the_cap_of_kindness_counts_from_the_restart():
    """A promise made after the restart is honoured although the due date is long past."""
    echelle = replace(AVEC_REPRISE, plafond_bienveillance=30)
    promesse = Suspension(Obstacle.PROMESSE, jour(61), jour(70))
    partie = Partie(RECOMMENCEE, echelle, [promesse])
    partie.actes = [acte(REPRISE, jour(60))]
    assert partie.decider(jour(65)).motif.code == "promesse"


@pytest.mark.parametrize(("promise", "motif"), [(40, "recommencee"), (63, "promesse_rompue")])
def test_only_a_promise_broken_since_the_restart_speaks(promise, motif):
    """The second is broken on Monday 63, its grace is over on Friday 67: the debt was restarted on 60."""
    rompue = Suspension(Obstacle.PROMESSE, jour(promise - 5), jour(promise), rompue=True)
    decision = Partie(RECOMMENCEE, AVEC_REPRISE, [rompue]).decider(jour(70))
    assert (decision.verdict, decision.motif.code) == (Verdict.RELANCER, motif)
