"""Amounts in files: one cell, then the decimal sign of a whole file."""

from decimal import Decimal

import pytest

from importations.montants import MontantLu, deviner_decimale, lire_devise, lire_montant
from importations.refus import ValeurIllisible


@pytest.mark.parametrize(
    ("cellule", "decimale", "valeur", "devise"),
    [
        ("1234,56", ",", "1234.56", ""),
        ("1 234,56 €", ",", "1234.56", "EUR"),
        ("1\u202f234,56\u00a0€", ",", "1234.56", "EUR"),
        ("1.234.567,8", ",", "1234567.80", ""),
        ("1'234.50", ".", "1234.50", ""),
        ("1’234.50 CHF", ".", "1234.50", "CHF"),
        ("Fr. 1'234.50", ".", "1234.50", "CHF"),
        ("$1,234.50", ".", "1234.50", ""),
        ("CA$ 12.00", ".", "12.00", "CAD"),
        ("EUR 12", ".", "12.00", "EUR"),
        ("(12.00)", ".", "-12.00", ""),
        ("($400.00)", ".", "-400.00", ""),
        ("12,00-", ",", "-12.00", ""),
        ("\u221212,00", ",", "-12.00", ""),
        ("-$12.00", ".", "-12.00", ""),
        ("$-12.00", ".", "-12.00", ""),
        ("-12,00 €", ",", "-12.00", "EUR"),
        ("+12", ".", "12.00", ""),
        (",50", ",", "0.50", ""),
        ("4.2500", ".", "4.25", ""),
        ("1.234", ",", "1234.00", ""),
        (12, ",", "12.00", ""),
        (12.1, ",", "12.10", ""),
        (0.1 + 0.2, ",", "0.30", ""),
        (119.988, ",", "119.99", ""),
    ],
)
def test_an_amount_is_read_whatever_its_form(cellule, decimale: str, valeur: str, devise: str):
    assert lire_montant(cellule, decimale) == MontantLu(Decimal(valeur), devise)


@pytest.mark.parametrize(
    ("cellule", "decimale"),
    [
        *(("1,23", "."), ("12.34", ","), ("1,2345", "."), ("12,345.6", ","), ("1.23.4", ","), ("1234,567.00", ".")),
        *(("12,345", ","), ("1,001", ","), ("", "."), ("abc", "."), ("12 EUROPE", "."), ("--12", "."), ("(-12)", ".")),
        *(("1-2", "."), ("1E5", "."), ("12%", "."), ("٣", "."), ("1234567890123", "."), (float("nan"), ".")),
        *((float("inf"), "."), (True, "."), (None, "."), ("€", "."), ("9" * 5000, ".")),
    ],
)
def test_what_is_no_certain_amount_is_refused(cellule, decimale: str):
    with pytest.raises(ValeurIllisible):
        lire_montant(cellule, decimale)


@pytest.mark.parametrize(
    ("cellules", "signe"),
    [
        (["1200,00", "50"], ","),
        (["1,200.00"], "."),
        (["1.200,00"], ","),
        (["1,234", "2,500"], "."),
        (["1.234", "2.500"], ","),
        (["1,234,567"], "."),
        (["0,500"], ","),
        (["10", "20"], "."),
        ([10.5, 20], "."),
        (["12,50", "12.50"], None),
        (["12,50"] * 30 + ["12.50"], ","),
        (["12,50", "10,005"], ","),
        (["12.50", "1,005"], "."),
        ([], "."),
    ],
)
def test_the_decimal_sign_is_that_of_the_whole_file(cellules: list, signe: str | None):
    assert deviner_decimale(cellules) == signe


@pytest.mark.parametrize(("texte", "devise"), [("eur", "EUR"), ("€", "EUR"), ("$", ""), ("CHF", "CHF"), ("Fr.", "CHF")])
def test_a_currency_is_a_code_of_three_letters(texte: str, devise: str):
    assert lire_devise(texte) == devise


def test_a_currency_that_is_none_is_refused():
    with pytest.raises(ValeurIllisible):
        lire_devise("écus")
