"""The frame: which entry of the navigation is current, dates and sizes as they are written."""

from datetime import date, time
from types import SimpleNamespace

import pytest

from entreprises.templatetags.cadre import place
from entreprises.templatetags.formats import heure, jour_proche, octets


@pytest.mark.parametrize(
    ("chemin", "lien", "attendu"),
    [
        ("/e/essai/a-faire/", "/e/essai/a-faire/", "page"),
        ("/e/essai/a-faire/12/", "/e/essai/a-faire/", "true"),
        ("/e/essai/factures/3/pourquoi/", "/e/essai/factures/", "true"),
        ("/e/essai/retards/", "/e/essai/a-faire/", ""),
        ("/e/essai/a-faire/", "", ""),
    ],
)
def test_an_entry_is_current_on_its_page_and_on_those_below_it(chemin, lien, attendu):
    assert place(SimpleNamespace(path=chemin), lien) == attendu


@pytest.mark.parametrize(
    ("jour", "attendu"), [(date(2026, 11, 1), ">1er nov.<"), (date(2025, 12, 24), ">24 déc. 2025<"), (None, "")]
)
def test_a_day_says_its_year_when_it_is_another_one(jour, attendu):
    assert attendu in jour_proche(jour, date(2026, 11, 22))


@pytest.mark.parametrize(
    ("taille", "attendu"), [(0, "1 ko"), (11_800, "12 ko"), (999_400, "999 ko"), (1_440_000, "1,4 Mo")]
)
def test_a_file_s_size_is_written_as_people_read_it(taille, attendu):
    assert octets(taille).replace("\u00a0", " ") == attendu


def test_an_hour_is_written_the_french_way():
    assert heure(time(4)).replace("\u00a0", " ") == "4 h 00"
