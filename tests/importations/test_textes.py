"""Identifiers, yes or no, terms, headers: the small readings."""

import pytest

from importations.colonnes import compacter, empreinte_entetes, proposer
from importations.delais import lire_delai
from importations.genres import manquants
from importations.refus import ValeurIllisible
from importations.textes import lire_identifiant, lire_oui_non, propre
from noyau.delais import AReception, DelaiNet, FinDeMois


@pytest.mark.parametrize(
    ("cellule", "texte"),
    [
        ("1930581131.0", "1930581131"),
        (1930581131.0, "1930581131"),
        (1930581131, "1930581131"),
        ("0200777735", "0200777735"),
        ('="0200777735"', "0200777735"),
        ("'0200777735", "0200777735"),
        ("F-1.0", "F-1.0"),
        ("L'Atelier", "L'Atelier"),
        ("  F 2026\t12\n", "F 2026 12"),
        ("F\x00\x07-1", "F-1"),
    ],
)
def test_an_identifier_stays_a_text_with_its_leading_zeros(cellule, texte: str):
    assert lire_identifiant(cellule, 60) == texte


@pytest.mark.parametrize("cellule", ["1,93058E+09", "1.93E+09", "#N/A", "x" * 61])
def test_an_identifier_that_excel_spoiled_or_too_long_is_refused(cellule: str):
    with pytest.raises(ValeurIllisible):
        lire_identifiant(cellule, 60)


def test_yes_and_no_are_read_in_both_languages():
    assert all(lire_oui_non(mot) for mot in ("Oui", "YES", "x", 1, True, "Vrai"))
    assert not any(lire_oui_non(mot) for mot in ("Non", "No", "", 0, False))
    with pytest.raises(ValeurIllisible):
        lire_oui_non("peut-être")


def test_a_cell_becomes_one_clean_line():
    assert propre("a\r\n b\x85\ufeff  c\u202f") == "a b c"


@pytest.mark.parametrize(
    ("texte", "delai"),
    [
        ("30", DelaiNet(30)),
        (30, DelaiNet(30)),
        ("30.0", DelaiNet(30)),
        ("Net 30", DelaiNet(30)),
        ("30 jours", DelaiNet(30)),
        ("45 j nets", DelaiNet(45)),
        ("60 days", DelaiNet(60)),
        ("à réception", AReception()),
        ("Due on Receipt", AReception()),
        ("comptant", AReception()),
        ("Fin de mois", FinDeMois()),
    ],
)
def test_terms_are_read_when_they_leave_no_doubt(texte, delai):
    assert lire_delai(texte) == delai


@pytest.mark.parametrize("texte", ["45 jours fin de mois", "NAA8", "9999", "30/60/90"])
def test_terms_with_two_readings_or_none_are_refused(texte: str):
    with pytest.raises(ValeurIllisible):
        lire_delai(texte)


@pytest.mark.parametrize("entete", ["N° Facture", "n° facture", "Numéro_Facture", "NUMERO FACTURE", "No. facture"])
def test_headers_are_compared_without_case_accents_or_punctuation(entete: str):
    assert proposer([entete]) == {"numero": 0}


def test_the_columns_of_known_programs_are_proposed():
    entetes = [
        "Numéro Facture",
        "Date Émission",
        "Date Échéance",
        "Client",
        "Montant HT",
        "Montant TTC",
        "Reste à Payer",
    ]
    assert proposer(entetes) == {
        "numero": 0,
        "client_nom": 3,
        "date_emission": 1,
        "date_echeance": 2,
        "total": 5,
        "solde": 6,
    }


def test_a_predicted_payment_date_or_a_tax_amount_is_no_known_column():
    assert proposer(["Payment_date_predict", "TVA", "Montant HT", "Delay_predict", "*AccountCode"]) == {}


def test_what_is_missing_is_named_in_french():
    assert manquants({"numero", "client_code", "date_emission", "solde"}) == []
    assert manquants({"numero", "total"}) == ["Nom ou code du client", "Date d’émission"]


def test_the_same_headers_have_the_same_fingerprint_and_others_another():
    assert empreinte_entetes(["Numéro", "Total TTC"]) == empreinte_entetes(["numero", "TOTAL_TTC"])
    assert empreinte_entetes(["a", "b"]) != empreinte_entetes(["b", "a"])
    assert compacter("*InvoiceNumber") == compacter("invoice number")
