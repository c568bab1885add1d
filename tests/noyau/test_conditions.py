import json
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noyau.conditions import Conditions, EcheancePrevue, Tranche, conditions_simples, depuis_dict, echeances, vers_dict
from noyau.delais import AReception, ConditionsErreur, DateFixe, DelaiNet, FinDeMois, Methode
from noyau.montants import depuis_centimes

EMISSION = date(2026, 4, 15)
net = DelaiNet(30)


def _montants(conditions: Conditions, total: str) -> list[str]:
    return [str(prevue.montant) for prevue in echeances(conditions, EMISSION, Decimal(total))]


@st.composite
def conditions_possibles(draw: st.DrawFn) -> Conditions:
    """Percentages that leave room, with a rest, or that make 100."""
    delais = st.one_of(st.builds(DelaiNet, st.integers(0, 120)), st.builds(FinDeMois), st.builds(AReception))
    coupures = sorted(draw(st.sets(st.integers(1, 999_999), max_size=5)))
    bornes = [0, *coupures, 1_000_000]
    parts = [Decimal(b - a) / 10_000 for a, b in pairwise(bornes)]
    tranches = [Tranche(draw(delais), pourcentage=part) for part in parts]
    if draw(st.booleans()):
        tranches[-1] = Tranche(draw(delais))
    return Conditions(tuple(tranches))


def test_one_term_makes_one_due_date_of_the_whole() -> None:
    prevues = echeances(conditions_simples(DelaiNet(60)), EMISSION, Decimal("1200.00"))
    assert prevues == (EcheancePrevue(date(2026, 6, 14), Decimal("1200.00")),)


def test_the_receipt_reaches_the_terms_that_look_at_it() -> None:
    (prevue,) = echeances(conditions_simples(AReception(30)), date(2026, 9, 30), Decimal("10.00"), date(2026, 10, 15))
    assert prevue.date_echeance == date(2026, 11, 14)


def test_instalments_come_by_due_date_whatever_their_order_in_the_terms() -> None:
    conditions = Conditions((Tranche(DelaiNet(60), Decimal(30)), Tranche(AReception(), Decimal(40)), Tranche(net)))
    assert echeances(conditions, EMISSION, Decimal("1000.00")) == (
        EcheancePrevue(date(2026, 4, 15), Decimal("400.00")),
        EcheancePrevue(date(2026, 5, 15), Decimal("300.00")),
        EcheancePrevue(date(2026, 6, 14), Decimal("300.00")),
    )


@pytest.mark.parametrize(
    ("tranches", "total", "montants"),
    [
        (
            [Tranche(net, Decimal("33.3333")), Tranche(net, Decimal("33.3333")), Tranche(net)],
            "100.00",
            "33.33 33.33 33.34",
        ),
        ([Tranche(net, Decimal(50)), Tranche(net, Decimal(50))], "0.01", "0.01 0.00"),
        ([Tranche(net, Decimal(50)), Tranche(net, Decimal(50))], "0.00", "0.00 0.00"),
        ([Tranche(net, montant=Decimal(100)), Tranche(net)], "250.50", "100 150.50"),
        ([Tranche(net, montant=Decimal(100)), Tranche(net)], "100.00", "100 0.00"),
        (
            [Tranche(net, Decimal(30)), Tranche(net, montant=Decimal("50.00")), Tranche(net)],
            "1000.00",
            "300.00 50.00 650.00",
        ),
        ([Tranche(net, montant=Decimal("40.00")), Tranche(net, montant=Decimal("60.00"))], "100.00", "40.00 60.00"),
        ([Tranche(net, Decimal(50)), Tranche(net, montant=Decimal("60.00"))], "120.00", "60.00 60.00"),
        ([Tranche(net, Decimal(100)), Tranche(net)], "120.00", "120.00 0.00"),
    ],
)
def test_parts_are_percentages_amounts_and_the_rest(tranches: list[Tranche], total: str, montants: str) -> None:
    assert " ".join(_montants(Conditions(tuple(tranches)), total)) == montants


@settings(max_examples=100)
@given(conditions_possibles(), st.integers(0, 10**11))
def test_instalments_sum_to_the_total_exactly(conditions: Conditions, centimes: int) -> None:
    total = depuis_centimes(centimes)
    prevues = echeances(conditions, EMISSION, total)
    assert sum(prevue.montant for prevue in prevues) == total
    assert all(prevue.montant >= 0 for prevue in prevues)
    assert [p.date_echeance for p in prevues] == sorted(p.date_echeance for p in prevues)


@pytest.mark.parametrize(
    ("tranches", "code"),
    [
        ([], "tranches_manquantes"),
        ([Tranche(net), Tranche(net)], "reste_mal_place"),
        ([Tranche(net), Tranche(net, Decimal(50))], "reste_mal_place"),
        ([Tranche(net, Decimal(50)), Tranche(net, Decimal("49.99"))], "pourcentages_differents_de_100"),
        ([Tranche(net, Decimal(60)), Tranche(net, Decimal(41)), Tranche(net)], "pourcentages_differents_de_100"),
    ],
)
def test_terms_that_make_no_whole_are_refused(tranches: list[Tranche], code: str) -> None:
    with pytest.raises(ConditionsErreur) as erreur:
        Conditions(tuple(tranches))
    assert erreur.value.code == code


@pytest.mark.parametrize(
    ("pourcentage", "montant", "code"),
    [
        (Decimal(50), Decimal(50), "tranche_ambigue"),
        (Decimal(0), None, "pourcentage_invalide"),
        (Decimal("100.0001"), None, "pourcentage_invalide"),
        (Decimal("33.33333"), None, "pourcentage_invalide"),
        (Decimal("NaN"), None, "pourcentage_invalide"),
        (Decimal("Infinity"), None, "pourcentage_invalide"),
        (None, Decimal(0), "montant_invalide"),
        (None, Decimal("-1.00"), "montant_invalide"),
        (None, Decimal("1.001"), "montant_invalide"),
        (None, Decimal("NaN"), "montant_invalide"),
    ],
)
def test_an_instalment_that_is_no_share_is_refused(
    pourcentage: Decimal | None, montant: Decimal | None, code: str
) -> None:
    with pytest.raises(ConditionsErreur) as erreur:
        Tranche(net, pourcentage, montant)
    assert erreur.value.code == code


@pytest.mark.parametrize(
    ("tranches", "total", "code"),
    [
        ([Tranche(net)], "-1.00", "total_invalide"),
        ([Tranche(net)], "1.001", "total_invalide"),
        ([Tranche(net)], "NaN", "total_invalide"),
        ([Tranche(net, montant=Decimal(100)), Tranche(net)], "99.99", "montants_differents_du_total"),
        ([Tranche(net, montant=Decimal(100))], "100.01", "montants_differents_du_total"),
        ([Tranche(net, montant=Decimal(100))], "99.99", "montants_differents_du_total"),
        ([Tranche(DateFixe(date(2026, 4, 1)))], "1.00", "date_avant_emission"),
    ],
)
def test_an_invoice_that_the_terms_do_not_fit_is_refused(tranches: list[Tranche], total: str, code: str) -> None:
    with pytest.raises(ConditionsErreur) as erreur:
        echeances(Conditions(tuple(tranches)), EMISSION, Decimal(total))
    assert erreur.value.code == code


@pytest.mark.parametrize("delai", [net, FinDeMois(le=10), AReception(1)])
def test_a_due_date_beyond_the_calendar_is_an_error_of_the_terms(delai: DelaiNet | FinDeMois | AReception) -> None:
    with pytest.raises(ConditionsErreur, match="date_hors_limites"):
        echeances(conditions_simples(delai), date(9999, 12, 31), Decimal("1.00"))


def test_terms_are_written_so_that_a_person_can_read_them() -> None:
    fin = FinDeMois(45, Methode.FIN_PUIS_JOURS)
    conditions = Conditions(
        (Tranche(AReception(), Decimal("30")), Tranche(net, montant=Decimal("50.00")), Tranche(fin))
    )
    assert vers_dict(conditions) == {
        "tranches": [
            {"delai": {"genre": "reception", "jours": 0}, "pourcentage": "30"},
            {"delai": {"genre": "net", "jours": 30}, "montant": "50.00"},
            {"delai": {"genre": "fin_de_mois", "jours": 45, "methode": "fin_puis_jours"}},
        ]
    }
    assert depuis_dict(json.loads(json.dumps(vers_dict(conditions)))) == conditions


def test_a_number_is_never_written_with_an_exponent() -> None:
    (tranche, _) = vers_dict(Conditions((Tranche(net, montant=Decimal("1E+3")), Tranche(net))))["tranches"]  # type: ignore[misc]
    assert tranche["montant"] == "1000"
    (tranche,) = vers_dict(Conditions((Tranche(net, Decimal("1E+2")),)))["tranches"]  # type: ignore[misc]
    assert tranche["pourcentage"] == "100"


@settings(max_examples=100)
@given(conditions_possibles())
def test_what_is_written_is_read_back(conditions: Conditions) -> None:
    assert depuis_dict(json.loads(json.dumps(vers_dict(conditions)))) == conditions


DELAI = {"genre": "net", "jours": 30}


@pytest.mark.parametrize(
    ("donnees", "chemin"),
    [
        (None, ""),
        ({}, "tranches"),
        ({"tranches": {}}, "tranches"),
        ({"tranches": [], "note": ""}, "note"),
        ({"tranches": ["net"]}, "tranches[0]"),
        ({"tranches": [{"delai": DELAI}, {}]}, "tranches[1].delai"),
        ({"tranches": [{"delai": {"genre": "net"}}]}, "tranches[0].delai.jours"),
        ({"tranches": [{"delai": DELAI, "pourcentage": 30}]}, "tranches[0].pourcentage"),
        ({"tranches": [{"delai": DELAI, "pourcentage": "30 %"}]}, "tranches[0].pourcentage"),
        ({"tranches": [{"delai": DELAI, "montant": None}]}, "tranches[0].montant"),
        ({"tranches": [{"delai": DELAI, "part": "30"}]}, "tranches[0].part"),
    ],
)
def test_what_is_not_terms_is_refused_at_its_path(donnees: object, chemin: str) -> None:
    with pytest.raises(ConditionsErreur) as erreur:
        depuis_dict(donnees)
    assert (erreur.value.code, erreur.value.parametres) == ("dict_invalide", {"chemin": chemin})


def test_terms_read_back_keep_their_own_rules() -> None:
    with pytest.raises(ConditionsErreur, match="tranches_manquantes"):
        depuis_dict({"tranches": []})
    with pytest.raises(ConditionsErreur, match="montant_invalide"):
        depuis_dict({"tranches": [{"delai": DELAI, "montant": "NaN"}]})
