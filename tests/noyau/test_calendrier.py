from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noyau.calendrier import REGIONS, Calendrier

FERIES_2026 = {
    ("FR", ""): "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25",
    ("FR", "alsace-moselle"): "01-01 04-03 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25 12-26",
    ("FR", "974"): "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-20 12-25",
    ("CA", "QC"): "01-01 04-03 05-18 06-24 07-01 09-07 10-12 12-25",
    ("BE", ""): "01-01 04-05 04-06 05-01 05-14 05-24 05-25 07-21 08-15 11-01 11-11 12-25",
    ("LU", ""): "01-01 04-06 05-01 05-09 05-14 05-25 06-23 08-15 11-01 12-25 12-26",
    ("CH", ""): "01-01 05-14 08-01 12-25",
    ("CH", "GE"): "01-01 04-03 04-06 05-14 05-25 08-01 09-10 12-25 12-31",
    ("CH", "VD"): "01-01 01-02 04-03 04-06 05-14 05-25 08-01 09-21 12-25",
}

france = Calendrier("FR")
semaine_de_commerce = Calendrier(
    "FR", jours_ouvres=frozenset({1, 2, 3, 4, 5}), jours_chomes=frozenset({date(2026, 8, 4)})
)
calendriers = st.sampled_from([france, semaine_de_commerce, Calendrier("CA", "QC"), Calendrier("CH", "GE")])
jours = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(("lieu", "attendus"), FERIES_2026.items())
def test_public_holidays_of_2026_are_those_of_the_law(lieu: tuple[str, str], attendus: str) -> None:
    calendrier = Calendrier(*lieu)
    annee = (date(2026, 1, 1) + timedelta(days=i) for i in range(365))
    assert " ".join(f"{jour:%m-%d}" for jour in annee if calendrier.est_ferie(jour)) == attendus


def test_quebec_moves_its_summer_holidays_from_sunday_to_monday() -> None:
    quebec = Calendrier("CA", "QC")
    assert quebec.est_ferie(date(2029, 6, 25))
    assert quebec.est_ferie(date(2029, 7, 2))


def test_france_never_moves_a_holiday() -> None:
    assert date(2027, 8, 15).weekday() == 6
    assert france.est_ouvre(date(2027, 8, 16))


@pytest.mark.parametrize(("pays", "region"), [(p, r) for p, regions in REGIONS.items() for r in regions])
def test_every_place_offered_knows_new_year_and_christmas(pays: str, region: str) -> None:
    calendrier = Calendrier(pays, region)
    assert calendrier.est_ferie(date(2026, 1, 1))
    assert calendrier.est_ferie(date(2026, 12, 25))


@pytest.mark.parametrize(
    ("pays", "region", "nomme"),
    [
        ("US", "", "country 'US'"),
        ("fr", "", "country 'fr'"),
        ("CH", "Genève", "region 'Genève' of CH"),
        ("LU", "QC", "QC"),
    ],
)
def test_an_unknown_place_is_named(pays: str, region: str, nomme: str) -> None:
    with pytest.raises(ValueError, match=nomme):
        Calendrier(pays, region)


@pytest.mark.parametrize("semaine", [frozenset(), frozenset({7}), frozenset({-1, 0})])
def test_a_week_without_a_possible_working_day_is_refused(semaine: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="weekdays"):
        Calendrier("FR", jours_ouvres=semaine)


@pytest.mark.parametrize(
    ("jour", "prochain", "precedent"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 20)),  # a Friday
        (date(2026, 11, 21), date(2026, 11, 23), date(2026, 11, 20)),  # a Saturday
        (date(2026, 5, 14), date(2026, 5, 15), date(2026, 5, 13)),  # Ascension
        (date(2026, 5, 23), date(2026, 5, 26), date(2026, 5, 22)),  # the long weekend of Pentecost
        (date(2026, 12, 25), date(2026, 12, 28), date(2026, 12, 24)),
        (date(2027, 1, 1), date(2027, 1, 4), date(2026, 12, 31)),
    ],
)
def test_the_nearest_working_day_is_the_day_itself_or_its_neighbour(
    jour: date, prochain: date, precedent: date
) -> None:
    assert france.prochain_ouvre(jour) == prochain
    assert france.precedent_ouvre(jour) == precedent


def test_a_company_may_work_all_week() -> None:
    assert Calendrier("FR", jours_ouvres=frozenset(range(7))).nombre_ouvres(date(2026, 11, 1), date(2026, 11, 30)) == 28


def test_a_company_may_work_on_saturday_and_close_when_it_likes() -> None:
    assert semaine_de_commerce.est_ouvre(date(2026, 8, 8))
    assert not semaine_de_commerce.est_ouvre(date(2026, 8, 3))
    assert not semaine_de_commerce.est_ouvre(date(2026, 8, 4))


@pytest.mark.parametrize(
    ("jour", "nombre", "attendu"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 23), -1, date(2026, 11, 20)),
        (date(2026, 11, 10), 2, date(2026, 11, 13)),  # over Armistice day
        (date(2026, 11, 12), -2, date(2026, 11, 9)),
        (date(2026, 11, 21), 0, date(2026, 11, 21)),
    ],
)
def test_working_days_are_added_without_counting_the_first(jour: date, nombre: int, attendu: date) -> None:
    assert france.ajouter_ouvres(jour, nombre) == attendu


@pytest.mark.parametrize(
    ("du", "au", "nombre"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        (date(2026, 11, 23), date(2026, 11, 20), -1),
        (date(2026, 11, 20), date(2026, 11, 22), 0),
        (date(2026, 11, 1), date(2026, 11, 30), 20),
    ],
)
def test_working_days_are_counted_from_the_day_after_to_the_last_included(du: date, au: date, nombre: int) -> None:
    assert france.nombre_ouvres(du, au) == nombre


@settings(max_examples=100)
@given(calendriers, jours, st.integers(-30, 30))
def test_counting_undoes_adding(calendrier: Calendrier, jour: date, nombre: int) -> None:
    arrivee = calendrier.ajouter_ouvres(jour, nombre)
    assert calendrier.nombre_ouvres(jour, arrivee) == nombre
    assert nombre == 0 or calendrier.est_ouvre(arrivee)


@settings(max_examples=100)
@given(calendriers, jours)
def test_the_next_and_the_previous_working_days_have_none_in_between(calendrier: Calendrier, jour: date) -> None:
    prochain, precedent = calendrier.prochain_ouvre(jour), calendrier.precedent_ouvre(jour)
    assert precedent <= jour <= prochain
    assert (prochain == jour) == (precedent == jour) == calendrier.est_ouvre(jour)
    assert prochain == jour or calendrier.ajouter_ouvres(precedent, 1) == prochain
