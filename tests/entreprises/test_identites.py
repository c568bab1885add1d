"""Legal numbers: kept in one form, refused in words."""

import pytest
from django.core.exceptions import ValidationError

from entreprises.identites import verifier_numero, verifier_numeros


@pytest.mark.parametrize(
    ("champ", "saisi", "garde"),
    [
        ("siren", " 732 829 320 ", "732829320"),
        ("siret", "732 829 320 00074", "73282932000074"),
        ("tva", "fr 44 732 829 320", "FR44732829320"),
        ("tva", "BE 0428.759.497", "BE0428759497"),
        ("tva", "LU 150 274 42", "LU15027442"),
        ("tva", "CHE-107.787.577 TVA", "CHE107787577TVA"),
        ("bce", "0428.759.497", "0428759497"),
        ("bce", "428759497", "0428759497"),
        ("ide", "CHE-100.155.212", "CHE100155212"),
        ("neq", "11 4567 8901", "1145678901"),
        ("siren", "  ", ""),
    ],
)
def test_a_right_number_is_kept_in_one_form(champ, saisi, garde):
    assert verifier_numero(champ, saisi) == garde


@pytest.mark.parametrize(
    ("champ", "saisi", "mots"),
    [
        ("siren", "732829321", "Ce SIREN est faux : sa clé"),
        ("siren", "73282932", "Forme attendue : 9 chiffres"),
        ("siren", "73282932X", "Forme attendue : 9 chiffres"),
        ("siret", "73282932000075", "Ce SIRET est faux : sa clé"),
        ("tva", "FR45732829320", "Ce n° de TVA est faux"),
        ("tva", "732829320", "le code du pays puis le numéro"),
        ("tva", "XX123", "le code du pays puis le numéro"),
        ("bce", "0428759498", "Ce n° BCE est faux"),
        ("bce", "9428759497", "le premier étant 0 ou 1"),
        ("ide", "CHE100155213", "Ce n° IDE est faux"),
        ("neq", "9945678901", "commençant par 11, 22, 33 ou 88"),
        ("neq", "114567890", "10 chiffres"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(champ, saisi, mots):
    with pytest.raises(ValidationError) as refus:
        verifier_numero(champ, saisi)
    assert mots in refus.value.messages[0]


def test_the_siren_comes_from_the_siret():
    assert verifier_numeros({"siret": "73282932000074", "siren": ""})["siren"] == "732829320"


@pytest.mark.parametrize(
    ("numeros", "champ"),
    [
        ({"siren": "552100554", "siret": "73282932000074"}, "siret"),
        ({"siren": "552100554", "tva": "FR44732829320"}, "tva"),
        ({"siret": "73282932000074", "tva": "FR96552100554"}, "tva"),
        ({"bce": "0403170701", "tva": "BE0428759497"}, "tva"),
    ],
)
def test_two_numbers_of_different_companies_are_refused(numeros, champ):
    with pytest.raises(ValidationError) as refus:
        verifier_numeros(numeros)
    assert "n’est pas celui" in refus.value.message_dict[champ][0]


def test_every_wrong_number_is_named_at_once():
    with pytest.raises(ValidationError) as refus:
        verifier_numeros({"siren": "1", "neq": "2", "bce": "0428759497"})
    assert refus.value.message_dict.keys() == {"siren", "neq"}
