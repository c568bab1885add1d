from datetime import date
from decimal import Decimal

import pytest

from noyau.escompte import Escompte

EMISSION = date(2026, 11, 4)
deux_pour_cent = Escompte(Decimal(2), 8)


def test_a_rate_may_be_under_one_percent() -> None:
    assert Escompte(Decimal("0.5"), 8).montant(Decimal("1000.00")) == Decimal("5.00")


def test_the_last_day_counts_and_the_issue_day_does_not() -> None:
    assert deux_pour_cent.limite(EMISSION) == date(2026, 11, 12)
    assert Escompte(Decimal(2), 0).limite(EMISSION) == EMISSION


@pytest.mark.parametrize(
    ("base", "montant"),
    [("1200.00", "24.00"), ("1000.00", "20.00"), ("0.25", "0.01"), ("0.24", "0.00"), ("33.33", "0.67")],
)
def test_the_discount_is_rounded_to_the_cent(base: str, montant: str) -> None:
    assert str(deux_pour_cent.montant(Decimal(base))) == montant


@pytest.mark.parametrize(
    ("total", "base", "net"),
    [
        ("1200.00", None, "1176.00"),  # EX-88: tax reduced as well
        ("300.00", "250.00", "295.00"),  # EX-89: net of tax
        ("120.58", "100.00", "118.58"),  # EX-65: Belgium
    ],
)
def test_what_is_to_be_paid_in_time_depends_on_the_base(total: str, base: str | None, net: str) -> None:
    assert deux_pour_cent.net(Decimal(total), None if base is None else Decimal(base)) == Decimal(net)


@pytest.mark.parametrize(
    ("le", "recu", "solde", "est_acquis", "accorde"),
    [
        (12, "1176.00", "1200.00", True, "24.00"),
        (13, "1176.00", "1200.00", False, "0.00"),
        (4, "1176.00", "1200.00", True, "24.00"),
        (12, "1175.99", "1200.00", False, "0.00"),
        (12, "1180.00", "1200.00", True, "20.00"),  # half taken: only what is left is granted
        (12, "1200.00", "1200.00", True, "0.00"),  # paid in full: given up
        (12, "1300.00", "1200.00", True, "0.00"),
        (13, "1200.00", "1200.00", False, "0.00"),
        (12, "816.00", "840.00", True, "24.00"),  # after a deposit of 360
        (12, "0.00", "20.00", False, "0.00"),  # nothing paid earns nothing
        (12, "5.00", "0.00", False, "0.00"),  # nothing is owed any more
        (12, "5.00", "20.00", True, "15.00"),
        (12, "0.50", "0.60", True, "0.10"),
    ],
)
def test_a_short_payment_in_time_earns_what_it_leaves(
    le: int, recu: str, solde: str, est_acquis: bool, accorde: str
) -> None:
    faits = {
        "date_emission": EMISSION,
        "date_reglement": date(2026, 11, le),
        "montant_recu": Decimal(recu),
        "solde": Decimal(solde),
        "base": Decimal("1200.00"),
    }
    assert deux_pour_cent.est_acquis(**faits) is est_acquis  # type: ignore[arg-type]
    assert str(deux_pour_cent.a_accorder(**faits)) == accorde  # type: ignore[arg-type]


@pytest.mark.parametrize(("taux", "jours"), [("0", 8), ("-2", 8), ("100", 8), ("NaN", 8), ("Infinity", 8), ("2", -1)])
def test_an_offer_that_is_no_discount_is_refused(taux: str, jours: int) -> None:
    with pytest.raises(ValueError, match="a discount"):
        Escompte(Decimal(taux), jours)
