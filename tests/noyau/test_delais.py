from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noyau.delais import (
    JOURS_MAXIMUM,
    AReception,
    ConditionsErreur,
    DateFixe,
    Delai,
    DelaiNet,
    FinDeMois,
    Methode,
    delai_depuis_dict,
    delai_vers_dict,
)

A, B = Methode.FIN_PUIS_JOURS, Methode.JOURS_PUIS_FIN
nombres = st.integers(0, JOURS_MAXIMUM)
delais = st.one_of(
    st.builds(DelaiNet, nombres),
    st.builds(AReception, nombres),
    st.builds(FinDeMois, nombres, st.just(A)),
    st.builds(FinDeMois, nombres, st.just(B), st.none() | st.integers(1, 31)),
    st.builds(FinDeMois),
    st.builds(DateFixe, st.dates()),
)


@pytest.mark.parametrize(
    ("delai", "emission", "echeance"),
    [
        (FinDeMois(45, A), date(2026, 1, 2), date(2026, 3, 17)),  # EX-01, printed by service-public
        (FinDeMois(45, B), date(2026, 1, 2), date(2026, 2, 28)),  # EX-02
        (FinDeMois(45, B), date(2028, 1, 2), date(2028, 2, 29)),  # EX-02, leap year
        (FinDeMois(45, B), date(2026, 4, 2), date(2026, 5, 31)),  # EX-04
        (FinDeMois(45, A), date(2026, 3, 31), date(2026, 5, 15)),
        (FinDeMois(45, B), date(2026, 3, 31), date(2026, 5, 31)),  # B may be later than A
        (FinDeMois(45, A), date(2028, 1, 2), date(2028, 3, 16)),
        (DelaiNet(60), date(2026, 4, 15), date(2026, 6, 14)),  # EX-07: 13 June is a known wrong answer
        (DelaiNet(0), date(2026, 4, 15), date(2026, 4, 15)),
        (DelaiNet(30), date(2028, 1, 30), date(2028, 2, 29)),
        (AReception(), date(2026, 10, 15), date(2026, 10, 15)),
        (AReception(7), date(2026, 10, 15), date(2026, 10, 22)),
        (FinDeMois(), date(2026, 2, 28), date(2026, 2, 28)),
        (FinDeMois(), date(2026, 12, 1), date(2026, 12, 31)),
        (FinDeMois(0, A), date(2026, 12, 1), date(2026, 12, 31)),
        (FinDeMois(30, B, le=10), date(2026, 1, 15), date(2026, 3, 10)),
        (FinDeMois(30, B, le=10), date(2026, 11, 15), date(2027, 1, 10)),
        (FinDeMois(le=15), date(2026, 12, 3), date(2027, 1, 15)),
        (FinDeMois(0, A, le=15), date(2026, 12, 3), date(2027, 1, 15)),
        (FinDeMois(le=31), date(2026, 1, 3), date(2026, 2, 28)),
        (DateFixe(date(2026, 4, 15)), date(2026, 4, 15), date(2026, 4, 15)),
    ],
)
def test_a_term_gives_its_due_date(delai: Delai, emission: date, echeance: date) -> None:
    assert delai.date_echeance(emission, None) == echeance


def test_only_a_term_on_receipt_looks_at_the_receipt() -> None:
    emission, reception = date(2026, 9, 30), date(2026, 10, 15)
    assert AReception(30).date_echeance(emission, reception) == date(2026, 11, 14)  # EX-08
    assert DelaiNet(30).date_echeance(emission, reception) == date(2026, 10, 30)
    assert FinDeMois().date_echeance(emission, reception) == date(2026, 9, 30)


def test_a_fixed_date_before_the_issue_is_refused() -> None:
    with pytest.raises(ConditionsErreur) as erreur:
        DateFixe(date(2026, 4, 14)).date_echeance(date(2026, 4, 15))
    assert erreur.value.code == "date_avant_emission"
    assert erreur.value.parametres == {"date": date(2026, 4, 14), "emission": date(2026, 4, 15)}


@pytest.mark.parametrize(
    ("fabrique", "code"),
    [
        (lambda: DelaiNet(-1), "jours_hors_limites"),
        (lambda: DelaiNet(JOURS_MAXIMUM + 1), "jours_hors_limites"),
        (lambda: AReception(-1), "jours_hors_limites"),
        (lambda: FinDeMois(-1), "jours_hors_limites"),
        (lambda: FinDeMois(45), "methode_manquante"),
        (lambda: FinDeMois(30, B, le=0), "jour_du_mois_invalide"),
        (lambda: FinDeMois(30, B, le=32), "jour_du_mois_invalide"),
        (lambda: FinDeMois(30, A, le=10), "jour_du_mois_ambigu"),
    ],
)
def test_a_term_without_one_meaning_is_refused(fabrique: object, code: str) -> None:
    with pytest.raises(ConditionsErreur) as erreur:
        fabrique()  # type: ignore[operator]
    assert erreur.value.code == code


@settings(max_examples=100)
@given(delais.filter(lambda d: not isinstance(d, DateFixe)), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_no_due_date_comes_before_the_issue(delai: Delai, emission: date) -> None:
    assert delai.date_echeance(emission, None) >= emission


@settings(max_examples=100)
@given(delais)
def test_what_is_written_is_read_back(delai: Delai) -> None:
    assert delai_depuis_dict(delai_vers_dict(delai)) == delai


@pytest.mark.parametrize(
    ("delai", "ecrit"),
    [
        (DelaiNet(30), {"genre": "net", "jours": 30}),
        (AReception(), {"genre": "reception", "jours": 0}),
        (FinDeMois(), {"genre": "fin_de_mois", "jours": 0}),
        (FinDeMois(30, B, 10), {"genre": "fin_de_mois", "jours": 30, "methode": "jours_puis_fin", "le": 10}),
        (DateFixe(date(2026, 5, 1)), {"genre": "date_fixe", "date": "2026-05-01"}),
    ],
)
def test_a_term_is_written_so_that_a_person_can_read_it(delai: Delai, ecrit: dict[str, object]) -> None:
    assert delai_vers_dict(delai) == ecrit


@pytest.mark.parametrize(
    ("donnees", "chemin"),
    [
        (None, "delai.genre"),
        ([], "delai.genre"),
        ({}, "delai.genre"),
        ({"genre": "plus tard"}, "delai.genre"),
        ({"genre": ["net"]}, "delai.genre"),
        ({"genre": "net"}, "delai.jours"),
        ({"genre": "net", "jours": "30"}, "delai.jours"),
        ({"genre": "net", "jours": True}, "delai.jours"),
        ({"genre": "net", "jours": 30.0}, "delai.jours"),
        ({"genre": "reception", "jours": None}, "delai.jours"),
        ({"genre": "net", "jours": 30, "le": 10}, "delai.le"),
        ({"genre": "net", "jours": 30, 4: 10}, "delai.4"),
        ({"genre": "date_fixe", "date": "31/12/2026"}, "delai.date"),
        ({"genre": "date_fixe", "date": "2026-02-30"}, "delai.date"),
        ({"genre": "fin_de_mois", "jours": 45, "methode": "C"}, "delai.methode"),
        ({"genre": "fin_de_mois", "jours": 45, "methode": None}, "delai.methode"),
        ({"genre": "fin_de_mois", "jours": 0, "le": "10"}, "delai.le"),
    ],
)
def test_what_is_not_a_term_is_refused_at_its_path(donnees: object, chemin: str) -> None:
    with pytest.raises(ConditionsErreur) as erreur:
        delai_depuis_dict(donnees)
    assert erreur.value.code == "dict_invalide"
    assert erreur.value.parametres == {"chemin": chemin}


def test_a_term_read_back_keeps_its_own_rules() -> None:
    with pytest.raises(ConditionsErreur, match="methode_manquante"):
        delai_depuis_dict({"genre": "fin_de_mois", "jours": 45})
