"""What an invoice being typed comes to: parts sum to the whole, each rounding shown."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from factures.apercu import Part, echeances_saisies, totaliser
from factures.taux import choix_de, taxer

D = Decimal
FR, CA = choix_de("FR"), choix_de("CA")
EMISSION = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("lignes", "saisi", "total", "taxes", "ecart"),
    [
        ([("1850.00", "20")], None, "2220.00", ["370.00"], "0.00"),
        ([("1850.00", "20")], "2220.00", "2220.00", ["370.00"], "0.00"),
        ([("100.33", "20")], None, "120.40", ["20.07"], "0.00"),
        ([("100.33", "20")], "120.39", "120.39", ["20.06"], "-0.01"),
        ([("100.33", "20"), ("50.05", "5.5")], "173.22", "173.22", ["20.09", "2.75"], "0.02"),
        ([("100.00", "0")], None, "100.00", ["0.00"], "0.00"),
        ([], "99.90", "99.90", [], "0.00"),
    ],
)
def test_bases_and_rates_make_the_total_and_a_cent_a_tax_is_forgiven(lignes, saisi, total, taxes, ecart):
    totaux = totaliser([(D(base), FR[code]) for base, code in lignes], D(saisi) if saisi else None)
    assert (str(totaux.total), str(totaux.ecart)) == (total, ecart)
    assert [str(t.montant) for t in totaux.taxes] == taxes
    if taxes:
        assert totaux.ht + sum(t.montant for t in totaux.taxes) == totaux.total


def test_quebec_has_two_taxes_on_one_base_counted_once():
    totaux = totaliser([(D("1000.00"), CA["tps-tvq"])], None)
    assert [(t.libelle, str(t.montant)) for t in totaux.taxes] == [("TPS", "50.00"), ("TVQ", "99.75")]
    assert (str(totaux.ht), str(totaux.total)) == ("1000.00", "1149.75")


@pytest.mark.parametrize("saisi", ["120.38", "121.00", "100.00"])
def test_a_total_further_off_is_refused_with_the_difference(saisi):
    with pytest.raises(ValidationError) as refus:
        totaliser([(D("100.33"), FR["20"])], D(saisi))
    assert "120,40" in str(refus.value.message_dict["total"])


def test_nothing_typed_is_no_total():
    assert totaliser([], None) is None


@given(
    st.sampled_from(["FR", "BE", "LU", "CH", "CA"]),
    st.lists(st.tuples(st.decimals("0.01", "99999.99", places=2), st.integers(0, 9)), min_size=1, max_size=4),
)
def test_the_split_sums_to_the_total_whatever_the_country(pays, lignes):
    choix = list(choix_de(pays).values())
    totaux = totaliser([(base, choix[rang % len(choix)]) for base, rang in lignes], None)
    assert totaux.ht == sum(base for base, _ in lignes)
    assert totaux.ht + sum(t.montant for t in totaux.taxes) == totaux.total


@pytest.mark.parametrize("pays", ["FR", "BE", "LU", "CH", "CA"])
def test_every_country_has_a_usual_rate_and_an_exempt_one(pays):
    choix = choix_de(pays)
    assert next(iter(choix)) != "0"
    assert [t.montant for t in taxer(D("10.00"), choix["0"])] == [D("0.00")]


PREMIER, SECOND = date(2026, 12, 24), date(2027, 1, 24)


@pytest.mark.parametrize(
    ("parts", "montants"),
    [
        ([Part(PREMIER)], ["100.01"]),
        ([Part(PREMIER, pourcentage=D("30")), Part(SECOND)], ["30.00", "70.01"]),
        ([Part(PREMIER, montant=D("40.00")), Part(SECOND)], ["40.00", "60.01"]),
        ([Part(PREMIER, pourcentage=D("50")), Part(SECOND, pourcentage=D("50"))], ["50.01", "50.00"]),
    ],
)
def test_instalments_typed_sum_to_the_total(parts, montants):
    prevues = echeances_saisies(parts, EMISSION, D("100.01"))
    assert [str(p.montant) for p in prevues] == montants


@pytest.mark.parametrize(
    ("parts", "phrase"),
    [
        ([Part(date(2026, 11, 23))], "avant l’émission"),
        ([Part(PREMIER, montant=D("40.00")), Part(SECOND, montant=D("40.00"))], "l’écart"),
        ([Part(PREMIER, pourcentage=D("30")), Part(SECOND, pourcentage=D("30"))], "pas 100"),
        ([Part(PREMIER), Part(SECOND)], "Seule la dernière"),
    ],
)
def test_instalments_that_make_no_sense_are_refused(parts, phrase):
    with pytest.raises(ValidationError, match=phrase):
        echeances_saisies(parts, EMISSION, D("100.01"))
