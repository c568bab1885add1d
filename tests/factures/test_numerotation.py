"""The next number after the last, and two spellings of one number."""

from datetime import date

import pytest

from factures.numerotation import (
    forme_reduite,
    numero_d_avoir_propose,
    numero_propose,
    numeros_proches,
    suivant,
)
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture

NOVEMBRE, DECEMBRE, JANVIER = date(2026, 11, 24), date(2026, 12, 2), date(2027, 1, 4)


@pytest.mark.parametrize(
    ("dernier", "aujourd_hui", "attendu"),
    [
        ("F-2026-0041", NOVEMBRE, "F-2026-0042"),
        ("00099", NOVEMBRE, "00100"),
        ("999", NOVEMBRE, "1000"),
        ("F2026/0009", NOVEMBRE, "F2026/0010"),
        ("F-2026-0041", JANVIER, "F-2027-0001"),
        ("FA26-041", JANVIER, "FA27-001"),
        ("20260041", JANVIER, "20270001"),
        ("20260041", NOVEMBRE, "20260042"),
        ("2026-11-007", NOVEMBRE, "2026-11-008"),
        ("2026-11-007", DECEMBRE, "2026-12-001"),
        ("F202611-07", JANVIER, "F202701-01"),
        ("1041", JANVIER, "1042"),
        ("F-2025-0041", JANVIER, "F-2025-0042"),  # 2025 is not the year of its date: a mere prefix
        ("F-0041/B", NOVEMBRE, "F-0042/B"),
        ("2026", NOVEMBRE, "2027"),
        ("facture", NOVEMBRE, ""),
    ],
)
def test_the_next_number_keeps_the_pattern_of_the_last(dernier, aujourd_hui, attendu):
    assert suivant(dernier, date(2026, 11, 3), aujourd_hui) == attendu


@pytest.mark.parametrize(
    ("un", "autre", "pareils"),
    [
        ("F-2026-0041", "f 2026 41", True),
        ("F-0041", "F-41", True),
        ("F-41", "F-410", False),
        ("F-41", "G-41", False),
        ("F-2026-41", "F-202641", False),
        ("0", "000", True),
    ],
)
def test_case_spaces_signs_and_zeros_do_not_make_another_number(un, autre, pareils):
    assert (forme_reduite(un) == forme_reduite(autre)) is pareils


@pytest.fixture
def client(db):
    return fabriquer_client(fabriquer_entreprise())


def test_the_number_proposed_is_free_and_follows_the_latest_invoice(client):
    entreprise = client.entreprise
    assert numero_propose(entreprise, NOVEMBRE) == ""
    fabriquer_facture(client, numero="F-2026-0041", date_emission=date(2026, 11, 3))
    fabriquer_facture(client, numero="ancienne 7", date_emission=date(2026, 1, 3))
    for pris in range(42, 100):
        fabriquer_facture(client, numero=f"F-2026-{pris:04d}", date_emission=date(2026, 10, 3))
    assert numero_propose(entreprise, NOVEMBRE) == "F-2026-0100"
    assert numero_propose(fabriquer_entreprise("autre"), NOVEMBRE) == ""


def test_a_first_credit_note_has_a_number_too(client):
    assert numero_d_avoir_propose(client.entreprise, NOVEMBRE) == "A-2026-0001"


def test_another_spelling_of_a_number_is_found_in_the_company_only(client):
    facture = fabriquer_facture(client, numero="F-2026-0041")
    fabriquer_facture(client, numero="F-2026-0141")
    assert numeros_proches(client.entreprise, "f2026-41") == [facture]
    assert numeros_proches(client.entreprise, "f 2026 41 ") == [facture]
    assert numeros_proches(client.entreprise, "F-2026-0041") == []
    assert numeros_proches(fabriquer_entreprise("autre"), "F 2026 41") == []
