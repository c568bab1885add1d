import ast
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noyau.montants import arrondir, depuis_centimes, en_centimes, repartir

centimes = st.integers(-(10**12), 10**12)
poids = st.lists(st.decimals(0, 10**6, places=6), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("exact", "arrondi"),
    [("1.005", "1.01"), ("1.0049", "1.00"), ("-1.005", "-1.01"), ("0.015", "0.02"), ("2.025", "2.03"), ("7", "7.00")],
)
def test_halves_are_rounded_away_from_zero(exact: str, arrondi: str) -> None:
    assert str(arrondir(Decimal(exact))) == arrondi


@pytest.mark.parametrize("montant", ["0.001", "10.999", "NaN", "Infinity", "-Infinity"])
def test_what_is_not_a_whole_number_of_cents_is_refused(montant: str) -> None:
    with pytest.raises(ValueError, match=montant):
        en_centimes(Decimal(montant))


@settings(max_examples=100)
@given(centimes)
def test_cents_and_amounts_are_two_writings_of_one_thing(nombre: int) -> None:
    montant = depuis_centimes(nombre)
    assert en_centimes(montant) == nombre
    assert montant.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("total", "selon", "parts"),
    [
        ("100.00", ["1", "1", "1"], ["33.34", "33.33", "33.33"]),
        ("-100.00", ["1", "1", "1"], ["-33.34", "-33.33", "-33.33"]),
        ("0.05", ["3", "7"], ["0.02", "0.03"]),
        ("0.01", ["1", "2"], ["0.00", "0.01"]),
        ("0.00", ["1", "2"], ["0.00", "0.00"]),
        ("9.99", ["0", "5", "0"], ["0.00", "9.99", "0.00"]),
        ("1200.00", ["30", "70"], ["360.00", "840.00"]),
    ],
)
def test_the_remainder_goes_to_the_parts_cut_the_most(total: str, selon: list[str], parts: list[str]) -> None:
    assert [str(p) for p in repartir(Decimal(total), [Decimal(s) for s in selon])] == parts


@settings(max_examples=100)
@given(centimes, poids)
def test_parts_sum_to_the_whole_and_each_is_within_a_cent_of_its_share(nombre: int, selon: list[Decimal]) -> None:
    total = depuis_centimes(nombre)
    parts = repartir(total, selon)
    assert sum(parts) == total
    for part, un_poids in zip(parts, selon, strict=True):
        assert abs(part - total * un_poids / sum(selon)) < Decimal("0.0101")
        assert un_poids or not part


def test_weights_finer_than_the_decimal_precision_still_sum_to_the_whole() -> None:
    assert (
        sum(
            repartir(
                Decimal("1000000000.00"),
                [Decimal("0.9999999999999999999999999999999999"), Decimal("1E-34"), Decimal("1E-40")],
            )
        )
        == 10**9
    )


@pytest.mark.parametrize(
    "selon", [[], [Decimal(0)], [Decimal(0), Decimal(0)], [Decimal(2), Decimal(-1)], [Decimal(-1)]]
)
def test_weights_that_make_no_whole_are_refused(selon: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="weights"):
        repartir(Decimal("1.00"), selon)


def test_a_total_with_a_fraction_of_a_cent_is_not_split() -> None:
    with pytest.raises(ValueError, match="fraction"):
        repartir(Decimal("1.001"), [Decimal(1)])


def test_R9_no_amount_is_ever_a_float() -> None:
    """In the rooms that hold or move money there is no float at all: neither written, nor asked for."""
    racine = Path(__file__).resolve().parents[2]
    fautes = [
        f"{chemin.relative_to(racine)}:{noeud.lineno}"
        for salle in ("noyau", "factures", "encaissements", "suivi")
        for chemin in (racine / salle).rglob("*.py")
        for noeud in ast.walk(ast.parse(chemin.read_text(encoding="utf-8")))
        if (isinstance(noeud, ast.Constant) and isinstance(noeud.value, float))
        or (isinstance(noeud, ast.Name) and noeud.id == "float")
    ]
    assert fautes == []


@settings(max_examples=100)
@given(centimes, poids)
def test_R9_parts_sum_to_the_whole_to_the_cent(nombre: int, selon: list[Decimal]) -> None:
    total = depuis_centimes(nombre)
    parts = repartir(total, selon)
    assert sum(parts) == total
    assert all(part == arrondir(part) for part in parts)
