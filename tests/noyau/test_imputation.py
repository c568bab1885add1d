from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noyau.imputation import Dette, MontantImpute, Part, SurImputation, imputer, repartir_sur_echeances, solde
from noyau.montants import ZERO, depuis_centimes

F1 = Dette(1, Decimal("1000.00"), date(2026, 1, 31))
F2 = Dette(2, Decimal("800.00"), date(2026, 3, 31))
soldee = Dette(3, ZERO, date(2025, 1, 1))

montants = st.integers(1, 10**7).map(depuis_centimes)


@st.composite
def listes_de_dettes(draw: st.DrawFn) -> list[Dette]:
    cles = draw(st.lists(st.integers(1, 50), unique=True, max_size=8))
    return [
        Dette(
            cle,
            depuis_centimes(draw(st.integers(0, 10**6))),
            date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 5))),
        )
        for cle in cles
    ]


@pytest.mark.parametrize(
    ("montant", "d_abord", "parts", "reste"),
    [
        ("1500.00", [], {1: "1000.00", 2: "500.00"}, "0.00"),  # EX-36
        ("800.00", [2], {2: "800.00"}, "0.00"),  # EX-37
        ("900.00", [2], {2: "800.00", 1: "100.00"}, "0.00"),
        ("900.00", [2, 2], {2: "800.00", 1: "100.00"}, "0.00"),
        ("900.00", [3], {1: "900.00"}, "0.00"),
        ("1000.00", [], {1: "1000.00"}, "0.00"),
        ("2000.00", [], {1: "1000.00", 2: "800.00"}, "200.00"),
        ("0.01", [2, 1], {2: "0.01"}, "0.00"),
    ],
)
def test_a_payment_goes_to_the_debts_named_then_to_the_oldest(
    montant: str, d_abord: list[int], parts: dict[int, str], reste: str
) -> None:
    attendues = [Part(cle, Decimal(part)) for cle, part in parts.items()]
    assert imputer(Decimal(montant), [F2, soldee, F1], d_abord) == (attendues, Decimal(reste))


def test_debts_due_on_one_day_are_paid_by_key() -> None:
    jumelle = Dette(0, Decimal("5.00"), F1.date_echeance)
    assert imputer(Decimal("6.00"), [F1, jumelle]) == ([Part(0, Decimal("5.00")), Part(1, Decimal("1.00"))], ZERO)


def test_without_debts_all_of_it_is_a_credit() -> None:
    assert imputer(Decimal("12.00"), []) == ([], Decimal("12.00"))


@pytest.mark.parametrize("montant", ["0.00", "-5.00", "0.001", "NaN"])
def test_what_is_not_an_amount_received_is_refused(montant: str) -> None:
    with pytest.raises(ValueError, match=montant):
        imputer(Decimal(montant), [F1])


def test_a_debt_never_has_a_negative_balance() -> None:
    with pytest.raises(ValueError, match="debt 7 has a negative balance"):
        Dette(7, Decimal("-0.01"), F1.date_echeance)


def test_two_debts_never_share_a_key() -> None:
    with pytest.raises(ValueError, match="key 1"):
        imputer(Decimal("1.00"), [F1, F1])


def test_a_payment_is_never_directed_to_a_debt_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="no debt has the key 9"):
        imputer(Decimal("1.00"), [F1], [1, 9])


@settings(max_examples=100)
@given(montants, listes_de_dettes(), st.data())
def test_parts_and_rest_sum_to_the_amount_and_no_debt_gets_too_much(
    montant: Decimal, dettes: list[Dette], data: st.DataObject
) -> None:
    cles = [dette.cle for dette in dettes]
    d_abord = data.draw(st.lists(st.sampled_from(cles), max_size=4)) if cles else []
    parts, reste = imputer(montant, dettes, d_abord)
    soldes = {dette.cle: dette.solde for dette in dettes}
    assert sum(part.montant for part in parts) + reste == montant
    assert len({part.cle for part in parts}) == len(parts)
    assert all(0 < part.montant <= soldes[part.cle] for part in parts)
    assert reste >= 0
    assert reste == 0 or sum(part.montant for part in parts) == sum(soldes.values())


@settings(max_examples=100)
@given(montants, listes_de_dettes())
def test_no_debt_is_touched_before_an_older_one_is_closed(montant: Decimal, dettes: list[Dette]) -> None:
    recues = {part.cle: part.montant for part in imputer(montant, dettes)[0]}
    restes = [
        (dette.solde - recues.get(dette.cle, ZERO), dette.cle in recues)
        for dette in sorted(dettes, key=lambda dette: (dette.date_echeance, dette.cle))
    ]
    ouverte = next((i for i, (reste, _) in enumerate(restes) if reste > 0), len(restes))
    assert not any(est_touchee for _, est_touchee in restes[ouverte + 1 :])


@pytest.mark.parametrize(
    ("imputations", "reste"),
    [([], "1200.00"), (["200.00"], "1000.00"), (["1200.00"], "0.00"), (["500.00", "-500.00"], "1200.00")],
)
def test_the_balance_is_the_total_less_every_allocation(imputations: list[str], reste: str) -> None:
    assert solde(Decimal("1200.00"), [Decimal(i) for i in imputations]) == Decimal(reste)


@pytest.mark.parametrize("imputations", [["1200.01"], ["-0.01"], ["100.00", "-100.01"]])
def test_a_balance_outside_its_total_is_an_error(imputations: list[str]) -> None:
    with pytest.raises(SurImputation):
        solde(Decimal("1200.00"), [Decimal(i) for i in imputations])


E1 = Dette(1, Decimal("400.00"), date(2026, 1, 31))
E2 = Dette(2, Decimal("300.00"), date(2026, 2, 28))
E3 = Dette(3, Decimal("300.00"), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("imputes", "soldes"),
    [
        ([], "400.00 300.00 300.00"),
        ([("500.00", None)], "0.00 200.00 300.00"),
        ([("300.00", 2)], "400.00 0.00 300.00"),
        ([("350.00", 2)], "350.00 0.00 300.00"),  # the overflow goes to the oldest other
        ([("100.00", None), ("400.00", 1)], "0.00 200.00 300.00"),  # the directed one keeps its instalment
        ([("500.00", 3), ("500.00", None)], "0.00 0.00 0.00"),
        ([("500.00", 3), ("-500.00", 3)], "400.00 300.00 300.00"),
        ([("500.00", None), ("-200.00", None)], "100.00 300.00 300.00"),
    ],
)
def test_undirected_amounts_fill_the_oldest_and_directed_ones_their_own(
    imputes: list[tuple[str, int | None]], soldes: str
) -> None:
    lignes = [MontantImpute(Decimal(montant), cle) for montant, cle in imputes]
    for ordre in (lignes, lignes[::-1]):
        restants = repartir_sur_echeances([E3, E1, E2], ordre)
        assert list(restants) == [1, 2, 3]
        assert " ".join(map(str, restants.values())) == soldes


@pytest.mark.parametrize(
    "imputes",
    [
        [MontantImpute(Decimal("1000.01"))],
        [MontantImpute(Decimal("1000.00"), 1), MontantImpute(Decimal("0.01"), 2)],
        [MontantImpute(Decimal("-0.01"))],
        [MontantImpute(Decimal("100.00")), MontantImpute(Decimal("-0.01"), 1)],
        [MontantImpute(Decimal("100.00"), 1), MontantImpute(Decimal("-0.01"))],
    ],
)
def test_an_invoice_that_cannot_bear_its_allocations_is_an_error(imputes: list[MontantImpute]) -> None:
    with pytest.raises(SurImputation):
        repartir_sur_echeances([E1, E2, E3], imputes)


def test_an_amount_is_never_directed_to_an_instalment_of_another_invoice() -> None:
    with pytest.raises(ValueError, match="9 is no instalment"):
        repartir_sur_echeances([E1], [MontantImpute(Decimal("1.00"), 9)])


@settings(max_examples=100)
@given(listes_de_dettes(), st.data())
def test_balances_of_instalments_sum_to_the_balance_of_the_invoice(dettes: list[Dette], data: st.DataObject) -> None:
    total = sum((dette.solde for dette in dettes), ZERO)
    cibles = st.sampled_from([None, *(dette.cle for dette in dettes)])
    restant, imputes = total, []
    for part, cle in data.draw(st.lists(st.tuples(st.integers(0, 10**6), cibles), max_size=6)):
        montant = min(depuis_centimes(part), restant)
        imputes.append(MontantImpute(montant, cle))
        restant -= montant
    restants = repartir_sur_echeances(dettes, imputes)
    assert sum(restants.values(), ZERO) == solde(total, [impute.montant for impute in imputes]) == restant
    assert all(0 <= restants[dette.cle] <= dette.solde for dette in dettes)
    assert restants == repartir_sur_echeances(dettes[::-1], data.draw(st.permutations(imputes)))
