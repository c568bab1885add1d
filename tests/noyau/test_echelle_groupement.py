"""One client, one night: thresholds, grouping (R5), what is shown in the end (R18), reading again (R7)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noyau.echelle import Acte, Canal, Echelle, Obstacle, Suspension, Verdict, a_examiner_le
from noyau.groupement import Contact, decider_client, decisions_finales, dernier_contact, grouper
from noyau.relecture import LignePrevue, relire
from tests.noyau.fabrique_echelle import (
    APPEL,
    APRES_DELAI,
    AVANT,
    B2B,
    FORMELLE,
    LUNDI,
    PREMIERE,
    REPRISE,
    SECONDE,
    SEMAINE,
    acte,
    creance,
    jour,
)

COMPLETE = replace(B2B, echelons=(*B2B.echelons, REPRISE, APRES_DELAI))
JUSQU_A = {
    "appel": [],
    "premiere": [acte(APPEL, jour(-60))],
    "seconde": [acte(PREMIERE, jour(-60))],
    "formelle": [acte(SECONDE, jour(-60))],
    "finie": [acte(FORMELLE, jour(-60)), acte(APRES_DELAI, jour(-50))],
}


def decider_tout(dettes, *, le=LUNDI, actes=None, suspensions=None, echelles=None, **reste):
    echelles = echelles or {d.cle: COMPLETE for d in dettes}
    return decider_client(dettes, echelles, actes or {}, suspensions or {}, le, SEMAINE, **reste)


def au_stade(**stades):
    """Overdue debts of 1 200 €, keys 1, 2, 3…, each with its next rung due today."""
    dettes = [creance(cle, echeance=-70, connue=-90) for cle in range(1, len(stades) + 1)]
    return dettes, {cle: JUSQU_A[stade] for cle, stade in enumerate(stades.values(), start=1)}


def cles(decisions):
    return [d.creance.cle for d in decisions]


def seul(actes):
    (unique,) = actes
    return unique


def codes(decisions):
    return [d.motif.code for d in decisions]


# The threshold


@pytest.mark.parametrize(
    ("soldes", "seuil", "attendu"),
    [
        (["60.00"], "50", "relancer"),
        (["50.00"], "50", "relancer"),
        (["49.99"], "50", "attendre"),
        (["30.00", "20.00"], "50", "relancer"),
    ],
)
def test_nothing_leaves_below_the_threshold_of_the_client(soldes, seuil, attendu):
    dettes = [creance(cle, solde, echeance=-1) for cle, solde in enumerate(soldes)]
    assert {d.verdict.value for d in decider_tout(dettes, seuil=Decimal(seuil))} == {attendu}


def test_below_the_threshold_says_how_much_and_when_that_may_change():
    dettes = [creance(1, "30.00", echeance=-3), creance(2, "30.00", echeance=9)]
    premiere, _ = decider_tout(dettes, seuil=Decimal(50))
    assert premiere.motif.code == "sous_le_seuil"
    assert premiere.motif.parametres == {"total": Decimal("30.00"), "seuil": Decimal(50), "devise": "EUR"}
    assert (premiere.depuis, premiere.jusqu_au) == (None, jour(9))
    assert decider_tout(dettes, le=jour(9), seuil=Decimal(50))[0].verdict is Verdict.RELANCER


def test_below_the_threshold_and_nothing_to_come_waits_for_a_new_fact():
    assert decider_tout([creance(solde="30.00", echeance=-3)], seuil=Decimal(50))[0].jusqu_au is None


def test_a_threshold_may_differ_by_currency_and_currencies_are_never_summed():
    dettes = [creance(1, "40.00", echeance=-3), creance(2, "40.00", echeance=-3, devise="CHF")]
    assert codes(decider_tout(dettes, seuil=Decimal(50))) == ["sous_le_seuil", "sous_le_seuil"]
    assert codes(decider_tout(dettes, seuil={"EUR": Decimal(50)})) == ["sous_le_seuil", "echeance_depassee"]


@pytest.mark.parametrize("obstacle", ["remise", "insolvable", "litige", "plan", "prelevement"])
def test_what_is_not_to_be_paid_now_does_not_help_to_reach_the_threshold(obstacle):
    dettes = [creance(1, "30.00", echeance=-3), creance(2, "500.00", echeance=-3)]
    suspensions = {2: [Suspension(Obstacle(obstacle), jour(-3), jour(3))]}
    premiere, _ = decider_tout(dettes, suspensions=suspensions, seuil=Decimal(50))
    assert (premiere.motif.code, premiere.jusqu_au) == ("sous_le_seuil", jour(4))
    suspensions = {2: [Suspension(Obstacle(obstacle), jour(-3))]}
    assert decider_tout(dettes, suspensions=suspensions, seuil=Decimal(50))[0].jusqu_au is None


@pytest.mark.parametrize("obstacle", ["promesse", "pause_facture"])
def test_what_is_promised_or_paused_is_still_owed(obstacle):
    dettes = [creance(1, "30.00", echeance=-3), creance(2, "500.00", echeance=-3)]
    suspensions = {2: [Suspension(Obstacle(obstacle), jour(-3), jour(3))]}
    assert decider_tout(dettes, suspensions=suspensions, seuil=Decimal(50))[0].verdict is Verdict.RELANCER


def test_a_cancelled_invoice_or_a_credit_does_not_count():
    dettes = [
        creance(1, "30.00", echeance=-3),
        creance(2, "500.00", echeance=9, est_annulee=True),
        creance(3, "-10.00", echeance=-3),
    ]
    decisions = decider_tout(dettes, seuil=Decimal(30))
    assert codes(decisions) == ["echeance_depassee", "annulee", "soldee"]
    assert decider_tout(dettes, seuil=Decimal(31))[0].jusqu_au is None


def test_before_the_due_date_the_threshold_looks_at_everything_that_is_to_be_paid():
    dettes = [creance(1, "30.00", echeance=7), creance(2, "30.00", echeance=60)]
    assert codes(decider_tout(dettes, seuil=Decimal(50))) == ["avant_echeance", "pas_encore"]
    assert codes(decider_tout(dettes, seuil=Decimal(61))) == ["sous_le_seuil", "pas_encore"]


# Contacts and open acts


def test_the_last_contact_of_any_currency_counts_but_not_todays_in_another_one():
    contacts = [Contact(jour(-3), "CHF"), Contact(jour(0), "CHF"), Contact(jour(2), "EUR")]
    assert dernier_contact(contacts, "EUR", jour(0)) == jour(-3)
    assert dernier_contact(contacts, "CHF", jour(0)) == jour(0)
    assert dernier_contact([Contact(jour(0))], "EUR", jour(0)) == jour(0)
    assert dernier_contact([], "EUR", jour(0)) is None


def test_the_interval_is_the_clients():
    dettes = [creance(1, echeance=-20), creance(2, echeance=-20, devise="CHF")]
    contacts = [Contact(jour(-1), "CHF")]
    assert codes(decider_tout(dettes, contacts=contacts)) == ["relance_recente", "relance_recente"]
    contacts = [Contact(jour(0), "CHF")]
    assert codes(decider_tout(dettes, contacts=contacts)) == ["echeance_depassee", "relance_recente"]


def test_while_an_act_is_open_nothing_new_is_due_in_its_currency():
    dettes = [creance(1, echeance=-20), creance(2, echeance=-20, devise="CHF"), creance(3, echeance=30)]
    decisions = decider_tout(dettes, devises_en_cours=frozenset({"EUR"}))
    assert codes(decisions) == ["acte_en_cours", "echeance_depassee", "pas_encore"]
    assert (decisions[0].motif.parametres, decisions[0].jusqu_au) == ({"devise": "EUR"}, None)
    assert decisions[0].echelon == APPEL


# Grouping (R5): one act, its text, its lines


def test_the_act_takes_the_channel_and_text_of_its_most_advanced_line():
    dettes, actes = au_stade(a="seconde", b="appel", c="premiere")
    unique = seul(grouper(decider_tout(dettes, actes=actes)))
    assert (unique.echelon, unique.canal) == (SECONDE, Canal.COURRIEL)
    assert [(d.creance.cle, d.echelon.nom) for d in unique.lignes] == [
        (1, "deuxième relance"),
        (2, "appel"),
        (3, "première relance"),
    ]
    assert (unique.client, unique.devise, unique.total) == (1, "EUR", Decimal("3600.00"))
    assert (unique.est_formel, unique.avant_echeance) == (False, False)


def test_after_the_formal_deadline_is_further_than_any_offset_from_the_due_date():
    dettes, actes = au_stade(a="seconde", b="appel")
    actes[2] = [acte(FORMELLE, jour(-20))]
    assert seul(grouper(decider_tout(dettes, actes=actes))).echelon == APRES_DELAI


def test_a_formal_demand_takes_the_night_with_its_own_lines_only():
    dettes, actes = au_stade(a="formelle", b="appel", c="formelle")
    decisions = decider_tout(dettes, actes=actes)
    unique = seul(grouper(decisions))
    assert (unique.est_formel, unique.canal) == (True, Canal.RECOMMANDE)
    assert (cles(unique.lignes), cles(unique.pour_information)) == ([1, 3], [2])
    finales = decisions_finales(decisions, [unique], jour(0))
    assert codes(finales) == ["echeance_depassee", "autre_acte_cette_nuit", "echeance_depassee"]
    assert finales[1].verdict is Verdict.ATTENDRE
    assert (finales[1].echelon, finales[1].depuis, finales[1].jusqu_au) == (APPEL, None, jour(1))
    assert finales[1].motif.parametres == {"devise": "EUR"}


def test_a_formal_line_is_never_consumed_by_a_later_ordinary_message():
    dettes, actes = au_stade(a="formelle", b="appel")
    actes[2] = [acte(FORMELLE, jour(-20))]
    unique = seul(grouper(decider_tout(dettes, actes=actes)))
    assert (unique.echelon, cles(unique.lignes)) == (FORMELLE, [1])


def test_what_is_not_yet_due_is_never_mixed_with_what_is_overdue():
    dettes = [creance(1, echeance=7), creance(2, echeance=-2), creance(3, echeance=20)]
    decisions = decider_tout(dettes)
    unique = seul(grouper(decisions))
    assert (cles(unique.lignes), unique.pour_information) == ([2], ())
    assert codes(decisions_finales(decisions, [unique], jour(0))) == [
        "autre_acte_cette_nuit",
        "echeance_depassee",
        "pas_encore",
    ]


def test_a_message_before_the_due_date_lists_nothing_overdue():
    dettes = [creance(1, echeance=7), creance(2, echeance=-2)]
    decisions = decider_tout(dettes, actes={2: [acte(APPEL, jour(-1), contact=False)]})
    unique = seul(grouper(decisions))
    assert unique.avant_echeance
    assert (cles(unique.lignes), unique.pour_information) == ([1], ())


@pytest.mark.parametrize(
    ("suspension", "listee"),
    [
        (None, True),
        (Suspension(Obstacle.LITIGE, jour(-5)), False),
        (Suspension(Obstacle.PROMESSE, jour(-5), jour(5)), False),
        (Suspension(Obstacle.PAUSE_FACTURE, jour(-5)), False),
        (Suspension(Obstacle.REMISE, jour(-5)), False),
    ],
)
def test_other_overdue_debts_are_listed_unless_something_suspends_them(suspension, listee):
    dettes = [creance(1, echeance=-70), creance(2, echeance=-10), creance(3, echeance=0), creance(4, echeance=-80)]
    suspensions = {2: [suspension] if suspension else []}
    actes = {2: [acte(PREMIERE, jour(-6))], 4: JUSQU_A["finie"]}
    unique = seul(grouper(decider_tout(dettes, actes=actes, suspensions=suspensions)))
    # Due today is not overdue; a debt whose ladder is over is still owed.
    assert cles(unique.pour_information) == ([4, 2] if listee else [4])


def test_one_act_by_client_and_currency_in_order_and_none_without_a_line():
    dettes = [
        creance(1, echeance=-70, client=2),
        creance(2, echeance=-70, client=1, devise="EUR"),
        creance(3, echeance=-70, client=1, devise="CHF"),
        creance(4, echeance=70, client=3),
    ]
    decisions = [d for dette in dettes for d in decider_tout([dette])]
    assert [(a.client, a.devise) for a in grouper(decisions)] == [(1, "CHF"), (1, "EUR"), (2, "EUR")]


@pytest.mark.parametrize(
    ("stade", "solde", "canal"),
    [
        ("appel", "99.99", Canal.COURRIEL),
        ("appel", "100.00", Canal.APPEL),
        ("premiere", "10.00", Canal.COURRIEL),
        ("formelle", "49.99", Canal.COURRIER),
        ("formelle", "50.00", Canal.RECOMMANDE),
    ],
)
def test_small_amounts_take_a_lighter_channel(stade, solde, canal):
    dettes, actes = [creance(1, solde, echeance=-70, connue=-90)], {1: JUSQU_A[stade]}
    unique = seul(
        grouper(decider_tout(dettes, actes=actes), seuil_appel=Decimal(100), seuil_recommande={"EUR": Decimal(50)})
    )
    assert unique.canal is canal
    assert unique.est_formel is (stade == "formelle")


def test_without_thresholds_the_rung_keeps_its_channel():
    dettes, actes = [creance(1, "0.01", echeance=-70)], {1: JUSQU_A["formelle"]}
    assert seul(grouper(decider_tout(dettes, actes=actes))).canal is Canal.RECOMMANDE


def test_without_any_act_the_decisions_stand():
    decisions = decider_tout([creance(1, echeance=70)])
    assert decisions_finales(decisions, [], jour(0)) == decisions


# Reading an open act again


def prevue(cle, echelon, solde="1200.00"):
    return LignePrevue(cle, echelon.cle, Decimal(solde))


def test_an_act_whose_facts_hold_is_the_same():
    dettes, actes = au_stade(a="formelle", b="formelle")
    lecture = relire([prevue(1, FORMELLE), prevue(2, FORMELLE)], decider_tout(dettes, actes=actes))
    assert (lecture.est_identique, lecture.est_vide) == (True, False)
    assert cles(lecture.dues) == [1, 2]


def test_a_payment_a_dispute_or_another_rung_shows_as_a_difference():
    dettes, actes = au_stade(a="formelle", b="formelle", c="formelle", d="seconde")
    dettes[0] = replace(dettes[0], solde=Decimal("200.00"))
    dettes[1] = replace(dettes[1], solde=Decimal(0))
    suspensions = {3: [Suspension(Obstacle.LITIGE, jour(0))]}
    lignes = [prevue(cle, FORMELLE) for cle in (1, 2, 3, 4)]
    lecture = relire(lignes, decider_tout(dettes, actes=actes, suspensions=suspensions))
    assert (lecture.est_identique, lecture.est_vide) == (False, False)
    assert (cles(lecture.dues), cles(lecture.montants)) == ([1], [1])
    assert [(d.creance.cle, d.motif.code) for d in lecture.retirees] == [
        (2, "soldee"),
        (3, "litige"),
        (4, "echeance_depassee"),
    ]


def test_an_act_with_nothing_left_due_is_empty():
    lecture = relire([prevue(1, APPEL)], decider_tout([creance(1, "0.00", echeance=-3)]))
    assert (lecture.est_identique, lecture.est_vide) == (False, True)


def test_a_debt_that_was_not_decided_again_does_not_go_unnoticed():
    with pytest.raises(KeyError):
        relire([prevue(1, APPEL)], [])


# Properties over a client's whole history

OBSTACLES = [o for o in Obstacle if o not in {Obstacle.SOLDEE, Obstacle.ANNULEE}]


@st.composite
def suspensions_de(draw):
    du, duree = draw(st.integers(-20, 80)), draw(st.none() | st.integers(0, 30))
    obstacle = draw(st.sampled_from(OBSTACLES))
    au = None if duree is None else jour(du + duree)
    return Suspension(obstacle, jour(du), au, obstacle is Obstacle.PROMESSE and draw(st.booleans()))


@st.composite
def clients(draw):
    dettes, suspensions, echelles = [], {}, {}
    for cle in range(1, draw(st.integers(1, 4)) + 1):
        echeance = draw(st.integers(-30, 50))
        dettes.append(
            creance(
                cle,
                draw(st.sampled_from(["0.00", "20.00", "45.00", "700.00"])),
                echeance,
                connue=draw(st.sampled_from([-60, -10, 10])),
                devise=draw(st.sampled_from(["EUR", "EUR", "CHF"])),
            )
        )
        suspensions[cle] = draw(st.lists(suspensions_de(), max_size=2))
        echelles[cle] = replace(
            draw(st.sampled_from([B2B, COMPLETE, Echelle((AVANT, PREMIERE))])),
            plafond_bienveillance=draw(st.none() | st.integers(0, 20)),
        )
    return dettes, suspensions, echelles


class Nuits:
    """Every night of one client; acts leave and reach it the same day."""

    def __init__(self, client, seuil):
        self.dettes, self.suspensions, self.echelles = client
        self.seuil = seuil
        self.actes = {d.cle: [] for d in self.dettes}
        self.contacts = []
        self.examens = {d.cle: jour(-50) for d in self.dettes}
        self.registre = []

    def decider(self, le):
        return decider_client(
            self.dettes,
            self.echelles,
            self.actes,
            self.suspensions,
            le,
            SEMAINE,
            contacts=self.contacts,
            seuil=self.seuil,
        )

    def nuit(self, le):
        decisions = self.decider(le)
        actes = grouper(decisions, seuil_appel=Decimal(50), seuil_recommande=Decimal(50))
        finales = decisions_finales(decisions, actes, le)
        for a_faire in actes:
            self.contacts.append(Contact(le, a_faire.devise))
            for ligne in a_faire.lignes:
                self.actes[ligne.creance.cle].append(acte(ligne.echelon, le))
        self.examens = {d.creance.cle: a_examiner_le(d, le) for d in finales}
        self.registre += [(le, a.devise, a.echelon.cle, cles(a.lignes)) for a in actes]
        return decisions, actes, finales

    def est_attendue(self, le):
        return any(e is not None and e <= le for e in self.examens.values())


SEUILS = st.sampled_from([Decimal(0), Decimal(50), {"EUR": Decimal(50)}])
NUITS = [jour(n) for n in range(-50, 120)]
ESSAIS = settings(max_examples=15, deadline=None)


def verifier(acte_du_soir, decisions, le):
    lignes, informations = acte_du_soir.lignes, acte_du_soir.pour_information
    assert lignes
    assert {(d.creance.client, d.creance.devise) for d in (*lignes, *informations)} == {
        (acte_du_soir.client, acte_du_soir.devise)
    }
    assert all(d.verdict is Verdict.RELANCER for d in lignes)
    assert not set(cles(lignes)) & set(cles(informations))
    assert len({d.avant_echeance for d in lignes}) == 1
    assert {d.echelon.est_formel for d in lignes} == {acte_du_soir.est_formel}
    assert acte_du_soir.echelon in {d.echelon for d in lignes}
    assert all(d.creance.date_echeance < le for d in informations)
    assert not (informations and acte_du_soir.avant_echeance)
    suspendues = {o.value for o in Obstacle}
    assert not any(d.motif.code in suspendues for d in (*lignes, *informations))
    listees = set(cles([*lignes, *informations]))
    manquantes = [d for d in decisions if d.est_echue and d.creance.cle not in listees]
    if not acte_du_soir.avant_echeance:
        assert all(d.motif.code in suspendues or d.creance.devise != acte_du_soir.devise for d in manquantes)


@ESSAIS
@given(clients(), SEUILS)
def test_every_night_keeps_the_rules_of_grouping(client, seuil):
    nuits = Nuits(client, seuil)
    for le in NUITS:
        decisions, actes, finales = nuits.nuit(le)
        assert len({a.devise for a in actes}) == len(actes)
        for a_faire in actes:
            verifier(a_faire, decisions, le)
        lignes = [cle for a in actes for cle in cles(a.lignes)]
        assert sorted(lignes) == sorted(cles(d for d in finales if d.verdict is Verdict.RELANCER))
        assert cles(finales) == cles(decisions)
        assert not grouper(nuits.decider(le))
    for faits in nuits.actes.values():
        assert len({a.echelon for a in faits}) == len(faits)
    jours_de_contact = sorted({c.le for c in nuits.contacts})
    assert all(b - a >= timedelta(days=5) for a, b in pairwise(jours_de_contact))


@ESSAIS
@given(clients(), SEUILS)
def test_a_client_looked_at_only_when_asked_for_gets_the_same_acts(client, seuil):
    chaque, comptees = Nuits(client, seuil), Nuits(client, seuil)
    for le in NUITS:
        chaque.nuit(le)
        if comptees.est_attendue(le):
            comptees.nuit(le)
    assert comptees.registre == chaque.registre


@ESSAIS
@given(clients())
def test_an_act_read_again_the_same_day_is_the_same(client):
    nuits = Nuits(client, Decimal(0))
    for le in NUITS[::9]:
        avant: dict[int, list[Acte]] = {cle: list(actes) for cle, actes in nuits.actes.items()}
        contacts: list[Contact] = list(nuits.contacts)
        _, actes, _ = nuits.nuit(le)
        nouvelles = decider_client(
            nuits.dettes, nuits.echelles, avant, nuits.suspensions, le, SEMAINE, contacts=contacts
        )
        for a_faire in actes:
            lignes = [LignePrevue(d.creance.cle, d.echelon.cle, d.creance.solde) for d in a_faire.lignes]
            assert relire(lignes, nouvelles).est_identique


def test_the_nights_of_the_default_ladder_read_as_a_table():
    dettes = [creance(1, echeance=0), creance(2, echeance=10), creance(3, echeance=0, devise="CHF")]
    nuits = Nuits((dettes, {}, {d.cle: B2B for d in dettes}), Decimal(0))
    for le in NUITS:
        nuits.nuit(le)
    # The interval is the client's: two currencies share a night, two nights keep their distance; debt 2 never finds
    # room for the message before its due date (J+3 to J+9), and shares a night with debt 1 on J+21.
    assert [((le - LUNDI).days, devise, echelon, lignes) for le, devise, echelon, lignes in nuits.registre] == [
        (-7, "CHF", 1, [3]),
        (-7, "EUR", 1, [1]),
        (1, "CHF", 2, [3]),
        (1, "EUR", 2, [1]),
        (7, "CHF", 3, [3]),
        (7, "EUR", 3, [1]),
        (14, "EUR", 2, [2]),
        (21, "CHF", 4, [3]),
        (21, "EUR", 4, [1, 2]),
        (28, "EUR", 4, [2]),
        (35, "CHF", 5, [3]),
        (35, "EUR", 5, [1]),
        (42, "EUR", 5, [2]),
    ]
