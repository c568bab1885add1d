"""Tables of the ladder's decision, one debt at a time. The due date is Monday 2 March 2026 unless said otherwise."""

from dataclasses import replace

import pytest

from noyau.echelle import Acte, Ancre, Canal, Echelle, Obstacle, Suspension, Verdict, a_examiner_le, decider
from tests.noyau.fabrique_echelle import (
    APPEL,
    APRES_DELAI,
    AVANT,
    B2B,
    ESCOMPTE,
    FORMELLE,
    PREMIERE,
    REPRISE,
    SECONDE,
    SEMAINE,
    Partie,
    Semaine,
    acte,
    chaque_jour,
    creance,
    jour,
)

AVEC_REPRISE = replace(B2B, echelons=(*B2B.echelons, REPRISE))
DEJA = {"avant": acte(AVANT, jour(-7)), "appel": acte(APPEL, jour(1)), "premiere": acte(PREMIERE, jour(7))}


def verdict(le, *, dette=None, echelle=B2B, actes=(), suspensions=(), contact=None, jours=SEMAINE):
    return decider(dette or creance(), echelle, actes, suspensions, le, jours, dernier_contact=contact)


def resume(decision):
    return decision.verdict.value, decision.motif.code, decision.jusqu_au


def dates(partie, du, au):
    return [(echelon, (le - jour(0)).days) for le, echelon in partie.jouer(chaque_jour(jour(du), jour(au)))]


# The default ladder


def test_the_french_ladder_climbs_one_rung_at_a_time():
    # J+15 is Tuesday the 17th, J+30 Wednesday the 1st of April.
    assert dates(Partie(creance(), B2B), -30, 90) == [(1, -7), (2, 1), (3, 7), (4, 15), (5, 30)]


@pytest.mark.parametrize(
    ("le", "actes", "attendu"),
    [
        (-20, [], ("attendre", "pas_encore", jour(-7))),
        (-7, [], ("relancer", "avant_echeance", None)),
        (-5, [], ("relancer", "avant_echeance", None)),
        (-6, ["avant"], ("attendre", "pas_encore", jour(1))),
        (0, [], ("attendre", "pas_encore", jour(1))),
        (1, ["avant"], ("relancer", "echeance_depassee", None)),
        (2, ["avant", "appel"], ("attendre", "pas_encore", jour(7))),
        (7, ["avant", "appel"], ("relancer", "echeance_depassee", None)),
        (8, ["avant", "appel", "premiere"], ("attendre", "pas_encore", jour(15))),
    ],
)
def test_each_day_has_its_answer(le, actes, attendu):
    assert resume(verdict(jour(le), actes=[DEJA[a] for a in actes])) == attendu


def test_an_act_says_its_rung_since_when_and_how_late():
    decision = verdict(jour(10), actes=[DEJA["appel"]])
    assert (decision.echelon, decision.depuis) == (PREMIERE, jour(7))
    assert decision.motif.parametres == {"jours_retard": 10}
    assert (decision.avant_echeance, decision.est_echue) == (False, True)


def test_a_message_before_the_due_date_says_how_long_is_left():
    decision = verdict(jour(-6))
    assert decision.motif.parametres == {"jours_restants": 6}
    assert (decision.avant_echeance, decision.est_echue) == (True, False)


def test_the_rung_before_the_due_date_lapses_on_the_due_date():
    assert verdict(jour(-3)).echelon == AVANT
    assert verdict(jour(0)).echelon == APPEL


def test_a_rung_that_a_day_off_pushes_onto_the_due_date_has_lapsed():
    veille = replace(AVANT, decalage=-1)  # Sunday, moved to the due date itself
    decision = verdict(jour(-10), echelle=Echelle((veille, APPEL)))
    assert (decision.echelon, decision.jusqu_au) == (APPEL, jour(1))


def test_a_rung_that_the_interval_pushes_onto_the_due_date_has_lapsed():
    assert verdict(jour(-4), contact=jour(-5)).echelon == APPEL


def test_the_due_date_itself_is_not_before_the_due_date():
    decision = verdict(jour(3), echelle=Echelle((replace(AVANT, decalage=0),)))
    assert (decision.verdict, decision.avant_echeance) == (Verdict.RELANCER, False)


# Rhythm, rules R2 and R3


@pytest.mark.parametrize(
    ("contact", "possible"),
    [(jour(1), jour(7)), (jour(2), jour(7)), (jour(3), jour(8)), (jour(5), jour(10)), (jour(7), jour(14))],
)
def test_the_interval_runs_from_the_last_contact_to_a_working_day(contact, possible):
    # J+7 is a Monday; J+12 a Saturday, moved to J+14.
    partie = [verdict(le, actes=[DEJA["appel"]], contact=contact) for le in chaque_jour(jour(7), jour(20))]
    assert next(i for i, d in enumerate(partie) if d.verdict is Verdict.RELANCER) + 7 == (possible - jour(0)).days


def test_a_wait_for_the_interval_names_the_last_contact():
    decision = verdict(jour(8), actes=[DEJA["appel"]], contact=jour(7))
    assert resume(decision) == ("attendre", "relance_recente", jour(14))
    assert decision.motif.parametres == {"le": jour(7), "intervalle": 5}


def test_the_contacts_of_the_debt_count_without_being_told():
    decision = verdict(jour(10), actes=[acte(APPEL, jour(9))], contact=jour(2))
    assert decision.motif.parametres["le"] == jour(9)


def test_a_call_that_reached_nobody_starts_no_interval_but_is_the_act_of_its_day():
    appel = acte(APPEL, jour(9), contact=False)
    assert resume(verdict(jour(9), actes=[appel])) == ("attendre", "acte_du_jour", jour(10))
    assert verdict(jour(9), actes=[appel]).motif.parametres == {"le": jour(9)}
    assert verdict(jour(10), actes=[appel]).echelon == PREMIERE


def test_after_an_outage_one_act_then_the_interval_again():
    assert dates(Partie(creance(), B2B), 60, 100) == [(2, 60), (3, 65), (4, 70), (5, 77)]  # J+75 is a Saturday


def test_nothing_is_decided_on_a_day_off():
    decision = verdict(jour(5), actes=[DEJA["avant"]])  # a Saturday; the call is due since Tuesday
    assert resume(decision) == ("attendre", "jour_non_ouvre", jour(7))
    assert verdict(jour(7), actes=[DEJA["avant"]]).depuis == jour(1)


def test_a_public_holiday_moves_the_rung():
    assert verdict(jour(2), actes=[DEJA["appel"]], jours=Semaine(frozenset({jour(7)}))).jusqu_au == jour(8)


def test_nothing_within_a_week_of_the_sending_of_the_invoice():
    dette = creance(envoyee_le=jour(-2))
    decision = verdict(jour(1), dette=dette)
    assert resume(decision) == ("attendre", "facture_envoyee_recemment", jour(7))  # J+5 is a Saturday
    assert decision.motif.parametres == {"le": jour(-2), "delai": 7}
    assert verdict(jour(7), dette=dette).echelon == APPEL


def test_a_wait_for_a_rung_names_its_day():
    assert verdict(jour(-20)).motif.parametres == {"le": jour(-7)}


def test_a_debt_is_never_acted_before_it_is_known():
    dette = creance(connue=-4)
    assert verdict(jour(-6), dette=dette).jusqu_au == jour(-4)


# Settled, cancelled, handed over


@pytest.mark.parametrize(
    ("dette", "code"),
    [
        (creance(solde="0.00"), "soldee"),
        (creance(solde="-5.00"), "soldee"),
        (creance(est_annulee=True), "annulee"),
        (creance(solde="0.00", est_annulee=True), "soldee"),
    ],
)
def test_what_is_settled_or_cancelled_stops(dette, code):
    assert resume(verdict(jour(7), dette=dette)) == ("terminer", code, None)


def test_what_is_handed_over_stops_until_it_comes_back():
    remise = Suspension(Obstacle.REMISE, jour(3), parametres={"a": "Me Roy"})
    litige = Suspension(Obstacle.LITIGE, jour(1))
    decision = verdict(jour(7), suspensions=[litige, remise])
    assert resume(decision) == ("terminer", "remise", None)
    assert decision.motif.parametres == {"a": "Me Roy", "depuis": jour(3), "jusqu_au": None}
    rendue = replace(remise, au=jour(8))
    assert verdict(jour(7), suspensions=[rendue]).jusqu_au == jour(9)
    assert verdict(jour(9), suspensions=[rendue]).verdict is Verdict.RELANCER


# Obstacles, rule R4


@pytest.mark.parametrize(
    "obstacle", [o for o in Obstacle if o.value not in {"soldee", "annulee", "remise", "promesse"}]
)
def test_each_obstacle_holds_both_ends_included_and_gives_its_dates(obstacle):
    suspension = Suspension(obstacle, jour(1), jour(3))
    for le in chaque_jour(jour(1), jour(3)):
        decision = verdict(le, suspensions=[suspension])
        assert resume(decision) == ("attendre", obstacle.value, jour(4))
        assert decision.motif.parametres == {"depuis": jour(1), "jusqu_au": jour(3)}
    assert verdict(jour(4), suspensions=[suspension]).verdict is Verdict.RELANCER


def test_an_obstacle_without_end_waits_for_somebody():
    decision = verdict(jour(9), suspensions=[Suspension(Obstacle.LITIGE, jour(1))])
    assert resume(decision) == ("attendre", "litige", None)
    assert decision.echelon == APPEL


def test_an_obstacle_of_tomorrow_does_not_hold_today():
    assert verdict(jour(1), suspensions=[Suspension(Obstacle.PAUSE_CLIENT, jour(2))]).verdict is Verdict.RELANCER


def test_several_obstacles_are_told_in_order_the_longest_of_two_alike():
    pause, longue = Suspension(Obstacle.PAUSE_CLIENT, jour(1)), Suspension(Obstacle.LITIGE, jour(1), jour(9))
    courte = Suspension(Obstacle.LITIGE, jour(1), jour(5))
    for ordre in ([pause, longue, courte], [courte, longue, pause]):
        assert resume(verdict(jour(2), suspensions=ordre)) == ("attendre", "litige", jour(10))
    sans_fin = replace(longue, au=None)
    assert resume(verdict(jour(2), suspensions=[sans_fin, courte])) == ("attendre", "litige", None)


def test_of_two_reasons_to_stop_the_first_of_the_order_is_told():
    stops = [Suspension(Obstacle.REMISE, jour(1)), Suspension(Obstacle.ANNULEE, jour(1), jour(9))]
    assert resume(verdict(jour(2), suspensions=stops)) == ("terminer", "annulee", jour(10))


def test_a_dispute_postpones_and_does_not_skip():
    litige = Suspension(Obstacle.LITIGE, jour(0), jour(39))  # a Friday
    assert dates(Partie(creance(), B2B, [litige]), -30, 90) == [(1, -7), (2, 42), (3, 49), (4, 56), (5, 63)]


# Promises


def test_a_promise_holds_through_its_grace_in_working_days():
    promesse = Suspension(Obstacle.PROMESSE, jour(2), jour(3))  # Thursday: grace Friday, Monday, Tuesday
    decision = verdict(jour(4), suspensions=[promesse])
    assert resume(decision) == ("attendre", "promesse", jour(9))
    assert decision.motif.parametres == {"depuis": jour(2), "jusqu_au": jour(3), "fin_de_grace": jour(8)}
    assert verdict(jour(9), suspensions=[promesse]).motif.code == "echeance_depassee"


def test_a_broken_promise_makes_the_next_rung_due_at_once():
    actes = [DEJA["appel"], DEJA["premiere"]]
    promesse = Suspension(Obstacle.PROMESSE, jour(7), jour(8))
    assert resume(verdict(jour(14), actes=actes, suspensions=[promesse])) == ("attendre", "pas_encore", jour(15))
    rompue = [replace(promesse, rompue=True)]
    decision = verdict(jour(14), actes=actes, suspensions=rompue)
    assert (decision.echelon, decision.depuis, decision.motif.code) == (SECONDE, jour(14), "promesse_rompue")
    assert decision.motif.parametres == {"jours_retard": 14, "promesse": jour(8)}


def test_a_broken_promise_leaves_the_interval_alone():
    rompue = Suspension(Obstacle.PROMESSE, jour(7), jour(8), rompue=True)
    decision = verdict(jour(14), actes=[DEJA["premiere"]], suspensions=[rompue], contact=jour(11))
    assert resume(decision) == ("attendre", "relance_recente", jour(16))


def test_a_broken_promise_brings_forward_one_rung_only():
    rompue = Suspension(Obstacle.PROMESSE, jour(7), jour(7), rompue=True)  # grace until Thursday
    partie = Partie(creance(), B2B, [rompue])
    partie.actes.extend([DEJA["appel"], acte(PREMIERE, jour(2))])
    assert dates(partie, 8, 90)[2:] == [(4, 11), (5, 30)]


def test_of_two_broken_promises_the_first_one_counts():
    deux = [
        Suspension(Obstacle.PROMESSE, jour(7), jour(15), rompue=True),
        Suspension(Obstacle.PROMESSE, jour(7), jour(8), rompue=True),
    ]
    actes = [acte(SECONDE, jour(7))]
    assert verdict(jour(22), actes=actes, suspensions=deux).depuis == jour(14)


def test_a_promise_broken_before_the_due_date_does_not_open_the_ladder_early():
    rompue = Suspension(Obstacle.PROMESSE, jour(-20), jour(-18), rompue=True)
    echelle = Echelle((AVANT, PREMIERE))
    assert dates(Partie(creance(), echelle, [rompue]), -30, 60) == [(1, -7), (3, 7)]
    assert dates(Partie(creance(), Echelle((PREMIERE,)), [rompue]), -30, 60) == [(3, 1)]


def test_a_promise_broken_before_the_debt_was_known_changes_nothing():
    rompue = Suspension(Obstacle.PROMESSE, jour(-10), jour(-8), rompue=True)
    echelle = Echelle((PREMIERE,))
    assert dates(Partie(creance(connue=3), echelle, [rompue]), -30, 60) == [(3, 3)]


def test_a_rung_before_the_due_date_is_no_answer_to_a_broken_promise():
    rompue = Suspension(Obstacle.PROMESSE, jour(-20), jour(-18), rompue=True)
    assert verdict(jour(-7), suspensions=[rompue]).motif.code == "avant_echeance"


def test_a_promise_broken_during_the_deadline_does_not_shorten_it():
    suite = replace(SECONDE, cle=9, decalage=60)
    formelle = acte(FORMELLE, jour(30), delai=15)
    rompue = Suspension(Obstacle.PROMESSE, jour(31), jour(32), rompue=True)
    decision = verdict(jour(39), echelle=Echelle((FORMELLE, suite)), actes=[formelle], suspensions=[rompue])
    assert resume(decision) == ("attendre", "pas_encore", jour(46))  # deadline on J+45


# Kindness and its cap


CAP = replace(B2B, plafond_bienveillance=10)


def test_a_pause_holds_until_the_cap_counted_from_the_natural_date():
    pause = Suspension(Obstacle.PAUSE_CLIENT, jour(0))
    decision = verdict(jour(5), echelle=CAP, suspensions=[pause])
    assert resume(decision) == ("attendre", "pause_client", jour(11))
    assert decision.motif.parametres["plafond_le"] == jour(11)
    decision = verdict(jour(11), echelle=CAP, suspensions=[pause])
    assert (decision.verdict, decision.motif.code) == (Verdict.RELANCER, "plafond_bienveillance")
    assert decision.motif.parametres == {"jours_retard": 11, "obstacle": "pause_client", "plafond": 10}


def test_a_pause_that_ends_before_the_cap_ends_on_its_day():
    pause = Suspension(Obstacle.PAUSE_CLIENT, jour(0), jour(4))
    assert verdict(jour(2), echelle=CAP, suspensions=[pause]).jusqu_au == jour(5)


def test_promises_and_pauses_share_one_cap():
    bontes = [Suspension(Obstacle.PROMESSE, jour(0), jour(3)), Suspension(Obstacle.PAUSE_FACTURE, jour(5), jour(40))]
    assert verdict(jour(10), echelle=CAP, suspensions=bontes).motif.code == "pause_facture"
    assert verdict(jour(11), echelle=CAP, suspensions=bontes).verdict is Verdict.RELANCER


@pytest.mark.parametrize(
    "obstacle",
    ["litige", "insolvable", "plan", "prelevement", "ne_pas_relancer", "pause_entreprise"],
)
def test_the_cap_never_overrides_what_is_not_kindness(obstacle):
    dur, pause = Suspension(Obstacle(obstacle), jour(0), jour(60)), Suspension(Obstacle.PAUSE_CLIENT, jour(0), jour(60))
    # Told by the obstacle that really holds, once the cap has done with the pause.
    assert verdict(jour(50), echelle=CAP, suspensions=[dur]).motif.code == obstacle
    assert verdict(jour(50), echelle=CAP, suspensions=[dur, pause]).verdict is Verdict.ATTENDRE


def test_the_days_of_a_dispute_do_not_use_up_the_cap():
    litige, pause = Suspension(Obstacle.LITIGE, jour(0), jour(59)), Suspension(Obstacle.PAUSE_CLIENT, jour(60))
    assert verdict(jour(61), echelle=CAP, suspensions=[litige, pause]).jusqu_au == jour(70)


def test_a_dispute_in_the_middle_of_a_pause_moves_the_cap_by_as_much():
    pause = Suspension(Obstacle.PAUSE_CLIENT, jour(0))
    litiges = [Suspension(Obstacle.LITIGE, jour(4), jour(8)), Suspension(Obstacle.LITIGE, jour(6), jour(10))]
    assert verdict(jour(2), echelle=CAP, suspensions=[pause, *litiges]).jusqu_au == jour(18)  # 4..10 is 7 days


def test_obstacles_before_and_after_the_count_leave_the_cap_alone():
    pause = Suspension(Obstacle.PAUSE_CLIENT, jour(0))
    litiges = [Suspension(Obstacle.LITIGE, jour(-20), jour(-10)), Suspension(Obstacle.LITIGE, jour(30), jour(40))]
    assert verdict(jour(2), echelle=CAP, suspensions=[pause, *litiges]).jusqu_au == jour(11)


def test_under_an_endless_obstacle_kindness_has_no_limit_to_tell():
    promesse = Suspension(Obstacle.PROMESSE, jour(0), jour(20))
    sans_fin = Suspension(Obstacle.NE_PAS_RELANCER, jour(0))
    decision = verdict(jour(15), echelle=CAP, suspensions=[promesse, sans_fin])
    assert resume(decision) == ("attendre", "promesse", jour(24))


def test_the_cap_leaves_the_interval_alone():
    pause = Suspension(Obstacle.PAUSE_CLIENT, jour(0))
    decision = verdict(jour(11), echelle=CAP, suspensions=[pause], contact=jour(10))
    assert resume(decision) == ("attendre", "relance_recente", jour(15))


# Discount, formal deadline, end of the ladder


def test_the_discount_is_recalled_three_working_days_before_its_limit():
    echelle, dette = Echelle((ESCOMPTE, APPEL)), creance(limite_escompte=jour(-17))  # a Friday
    decision = verdict(jour(-21), dette=dette, echelle=echelle)  # a Monday
    assert resume(decision) == ("attendre", "pas_encore", jour(-20))
    decision = verdict(jour(-20), dette=dette, echelle=echelle)
    assert resume(decision) == ("relancer", "escompte", None)
    assert decision.motif.parametres == {"limite_escompte": jour(-17)}
    assert decision.avant_echeance
    assert verdict(jour(-17), dette=dette, echelle=echelle).verdict is Verdict.RELANCER
    assert verdict(jour(-16), dette=dette, echelle=echelle).echelon == APPEL


def test_the_discount_rung_lapses_on_the_due_date_at_the_latest():
    tardif = creance(limite_escompte=jour(2))
    assert verdict(jour(0), dette=tardif, echelle=Echelle((ESCOMPTE, APPEL))).echelon == APPEL


def test_without_a_discount_its_rung_is_ignored():
    assert verdict(jour(-20), echelle=Echelle((ESCOMPTE, APPEL))).echelon == APPEL


def test_a_rung_may_count_from_the_end_of_the_formal_deadline():
    echelle = Echelle((FORMELLE, APRES_DELAI))
    formelle = acte(FORMELLE, jour(30))  # deadline on J+38, a Thursday
    assert verdict(jour(20), echelle=echelle).echelon == FORMELLE
    decision = verdict(jour(38), echelle=echelle, actes=[formelle])
    assert resume(decision) == ("attendre", "pas_encore", jour(42))
    decision = verdict(jour(43), echelle=echelle, actes=[formelle])
    assert resume(decision) == ("relancer", "delai_depasse", None)
    assert decision.motif.parametres == {"jours_retard": 43, "fin_delai": jour(38)}
    fini = [formelle, acte(APRES_DELAI, jour(43))]
    assert resume(verdict(jour(43), echelle=echelle, actes=fini)) == ("terminer", "echelle_epuisee", None)


def test_a_rung_after_the_deadline_may_count_calendar_days():
    echelle = Echelle((FORMELLE, replace(APRES_DELAI, jours_ouvres=False)))
    assert verdict(jour(36), echelle=echelle, actes=[acte(FORMELLE, jour(30))]).jusqu_au == jour(42)  # J+40, Saturday


def test_the_ladder_is_over_five_working_days_after_the_deadline():
    formelle = [acte(FORMELLE, jour(30))]  # deadline on J+38, Thursday: five working days are J+45
    decision = verdict(jour(44), actes=formelle)
    assert resume(decision) == ("attendre", "delai_mise_en_demeure", jour(45))
    assert decision.motif.parametres == {"fin_delai": jour(38), "delai": 5}
    assert resume(verdict(jour(45), actes=formelle)) == ("terminer", "echelle_epuisee", None)


def test_of_two_formal_demands_the_last_one_gives_the_deadline():
    seconde = replace(FORMELLE, cle=9, decalage=60)
    actes = [acte(seconde, jour(60)), acte(FORMELLE, jour(30))]
    assert verdict(jour(61), echelle=Echelle((FORMELLE, seconde)), actes=actes).motif.parametres["fin_delai"] == jour(
        68
    )


def test_a_deadline_not_known_yet_is_waited_for():
    formelle = acte(FORMELLE, jour(30), delai=None)
    attendu = ("attendre", "fin_delai_inconnue", None)
    assert resume(verdict(jour(90), actes=[formelle])) == attendu
    suite = replace(SECONDE, cle=9, decalage=60)
    echelle = Echelle((FORMELLE, suite, APRES_DELAI))
    actes = [formelle, acte(suite, jour(60))]
    assert resume(verdict(jour(90), echelle=echelle, actes=actes)) == attendu
    # Rungs already acted from a former deadline count for nothing while the new one is not known.
    actes.append(acte(APRES_DELAI, jour(70)))
    assert resume(verdict(jour(90), echelle=echelle, actes=actes)) == ("terminer", "echelle_epuisee", None)


def test_a_ladder_without_formal_demand_is_over_with_its_last_rung():
    echelle = Echelle((APPEL, APRES_DELAI))
    decision = verdict(jour(1), echelle=echelle, actes=[DEJA["appel"]])
    assert resume(decision) == ("terminer", "echelle_epuisee", None)


@pytest.mark.parametrize("echelle", [Echelle(()), Echelle((AVANT,)), Echelle((APRES_DELAI,))])
def test_a_ladder_with_no_rung_for_the_debt_says_so(echelle):
    assert resume(verdict(jour(1), echelle=echelle)) == ("terminer", "aucun_echelon", None)


def test_an_obstacle_is_told_even_when_no_rung_is_left():
    pause = Suspension(Obstacle.PAUSE_CLIENT, jour(0), jour(60))
    formelle = [acte(FORMELLE, jour(30))]
    echelle = replace(B2B, plafond_bienveillance=1)
    assert resume(verdict(jour(50), echelle=echelle, actes=formelle, suspensions=[pause])) == (
        "attendre",
        "pause_client",
        jour(61),
    )


# Old stock


def test_a_debt_known_late_starts_gently_then_climbs():
    tardive = Partie(creance(connue=60), AVEC_REPRISE)
    assert dates(tardive, 60, 100) == [(6, 60), (4, 65), (5, 70)]


def test_the_gentle_rung_says_since_when_the_debt_is_known():
    decision = verdict(jour(63), dette=creance(connue=60), echelle=AVEC_REPRISE)
    assert (decision.motif.code, decision.depuis) == ("reprise", jour(60))
    assert decision.motif.parametres == {"jours_retard": 63, "connue_le": jour(60)}


def test_known_two_days_late_the_gentle_rung_does_not_wait_for_its_offset():
    assert dates(Partie(creance(connue=2), AVEC_REPRISE), 2, 40) == [(6, 2), (4, 15), (5, 30)]


def test_without_a_gentle_rung_old_stock_climbs_in_the_ordinary_order():
    assert dates(Partie(creance(connue=60), B2B), 60, 90) == [(2, 60), (3, 65), (4, 70), (5, 77)]


@pytest.mark.parametrize("connue", [-30, 0])
def test_the_gentle_rung_is_not_for_a_debt_known_in_time(connue):
    assert 6 not in {e for e, _ in dates(Partie(creance(connue=connue), AVEC_REPRISE), -30, 100)}


def test_a_ladder_already_begun_is_not_begun_again_gently():
    tardive = creance(connue=3)
    assert verdict(jour(10), dette=tardive, echelle=AVEC_REPRISE, actes=[acte(APPEL, jour(3))]).echelon == PREMIERE


def test_the_gentle_rung_stands_for_its_own_day_whatever_its_rank():
    echelle = replace(AVEC_REPRISE, echelons=(*B2B.echelons, replace(REPRISE, rang=0)))
    assert dates(Partie(creance(connue=60), echelle), 60, 100) == [(6, 60), (4, 65), (5, 70)]


def test_what_was_said_before_the_due_date_leaves_the_gentle_rung_to_come():
    actes = [acte(AVANT, jour(-7)), acte(replace(ESCOMPTE, decalage=3), jour(-20))]
    dette = creance(connue=60, limite_escompte=jour(-17))
    assert verdict(jour(60), dette=dette, echelle=AVEC_REPRISE, actes=actes).echelon == REPRISE


def test_several_gentle_rungs_follow_each_other():
    seconde = replace(REPRISE, cle=10, rang=10, decalage=15)
    echelle = replace(AVEC_REPRISE, echelons=(*AVEC_REPRISE.echelons, seconde))
    assert dates(Partie(creance(connue=60), echelle), 60, 100) == [(6, 60), (10, 65), (5, 70)]


# Change of ladder (R1)


def test_after_a_change_of_ladder_rungs_up_to_the_greatest_offset_count_as_done():
    ancien = [Acte(901, jour(1), 1), Acte(902, jour(10), 10)]
    assert verdict(jour(15), actes=ancien).echelon == SECONDE


def test_an_old_rung_of_the_same_day_counts_for_the_new_ones():
    assert verdict(jour(15), actes=[Acte(901, jour(7), 7)]).echelon == SECONDE


def test_a_rung_added_below_the_last_acted_one_is_not_acted():
    ajout = replace(PREMIERE, cle=20, decalage=3)
    echelle = replace(B2B, echelons=(*B2B.echelons, ajout))
    assert verdict(jour(9), echelle=echelle, actes=[DEJA["premiere"]]).echelon == SECONDE


def test_a_rung_moved_further_up_is_not_acted_twice():
    plus_tard = replace(PREMIERE, decalage=20)
    assert verdict(jour(20), echelle=Echelle((plus_tard, FORMELLE)), actes=[DEJA["premiere"]]).echelon == FORMELLE


def test_two_rungs_of_one_day_are_both_acted_even_with_one_rank():
    jumelle = replace(PREMIERE, cle=20)
    assert dates(Partie(creance(), Echelle((jumelle, PREMIERE))), -30, 60) == [(3, 7), (20, 14)]


def test_an_act_in_working_days_keeps_its_place():
    # The 5th working day is J+7: an act there stands before J+15, and covers an old J+6.
    ouvres = Acte(901, jour(7), 5, jours_ouvres=True)
    echelle = Echelle((replace(PREMIERE, decalage=6), SECONDE))
    assert verdict(jour(15), echelle=echelle, actes=[ouvres]).echelon == SECONDE


# Looking again


def test_the_night_looks_again_at_the_end_of_a_wait_and_the_day_after_an_act():
    assert a_examiner_le(verdict(jour(1)), jour(1)) == jour(2)
    assert a_examiner_le(verdict(jour(-20)), jour(-20)) == jour(-7)
    assert a_examiner_le(verdict(jour(1), dette=creance(solde="0.00")), jour(1)) is None


def test_an_open_act_read_again_without_its_own_rung_is_still_due():
    ouvert = acte(PREMIERE, jour(7), contact=False)
    assert verdict(jour(9), actes=[DEJA["appel"], ouvert]).echelon == SECONDE
    assert verdict(jour(9), actes=[DEJA["appel"]]).echelon == PREMIERE


def test_the_answers_do_not_depend_on_the_order_of_the_ladder_or_of_the_acts():
    actes = [DEJA["premiere"], DEJA["appel"]]
    envers = replace(B2B, echelons=tuple(reversed(B2B.echelons)))
    assert verdict(jour(15), echelle=envers, actes=actes) == verdict(jour(15), actes=list(reversed(actes)))


def test_channels_and_anchors_keep_their_stored_words():
    assert [c.value for c in Canal] == ["courriel", "appel", "courrier", "recommande"]
    assert [a.value for a in Ancre] == ["echeance", "escompte", "fin_delai"]
