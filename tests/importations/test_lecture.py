"""From bytes to rows: encodings, separators, header rows, sheets, and files that are not what they seem."""

import codecs
import io
from datetime import date, datetime

import openpyxl
import pytest

from importations import tableau
from importations.analyse import Lecture, analyser, lignes_de_donnees
from importations.encodage import deviner_encodage
from importations.refus import FichierRefuse
from tests.importations.fichiers import ENTETES, csv_de, xlsx_avec, xlsx_de

LIGNE = "F-1;Hôtel Spécimen à l’Été;13/02/2026;15/03/2026;1 234,50"


@pytest.mark.parametrize(
    ("octets", "encodage"),
    [
        (LIGNE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + LIGNE.encode(), "utf-8"),
        (LIGNE.encode("cp1252"), "cp1252"),
        (codecs.BOM_UTF16_LE + LIGNE.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + LIGNE.encode("utf-16-be"), "utf-16"),
        (LIGNE.encode("utf-16-le"), "utf-16-le"),
        (LIGNE.encode("utf-16-be"), "utf-16-be"),
        (LIGNE.replace("’", "'").encode("cp850"), "cp850"),
        (LIGNE.encode("mac_roman"), "mac_roman"),
        (LIGNE.encode() + b"\xff", "utf-8"),
        (b"F-1;Hotel;12.50", "utf-8"),
    ],
)
def test_the_encoding_is_found(octets: bytes, encodage: str):
    assert deviner_encodage(octets) == encodage


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separateur", [";", ",", "\t", "|"])
def test_every_encoding_and_separator_gives_the_same_rows(encodage: str, separateur: str):
    ligne = LIGNE.replace("1 234,50", '"1 234,50"')
    octets = csv_de(ligne.replace(";", separateur), entetes=ENTETES.replace(";", separateur), encodage=encodage)
    source, lecture = analyser(octets)
    lecture.verifier()
    assert source.separateur == separateur
    assert list(lignes_de_donnees(source, lecture)) == [(2, LIGNE.split(";"))]
    assert (lecture.ordres["date_emission"], lecture.decimale, lecture.nombre) == ("jma", ",", 1)


def test_titles_above_the_headers_and_blank_lines_are_counted_and_left_aside():
    octets = csv_de("", "", LIGNE, entetes=f'"Export du 13/02/2026; 1 facture"\r\n;;;;\r\nFACTURES;;;;\r\n{ENTETES}')
    source, lecture = analyser(octets)
    assert lecture.ligne_entetes == 4
    assert [numero for numero, _cellules in lignes_de_donnees(source, lecture)] == [7]


def test_a_quoted_cell_over_several_lines_is_one_row_of_the_spreadsheet():
    source, lecture = analyser(csv_de('F-1;"Hôtel\r\nSpécimen";13/02/2026;15/03/2026;10,00', LIGNE))
    assert [numero for numero, _cellules in lignes_de_donnees(source, lecture)] == [2, 3]


def test_a_workbook_keeps_dates_numbers_and_the_zeros_that_excel_shows():
    octets = xlsx_de(
        ENTETES.split(";"),
        ["F-1", 200777735, datetime(2026, 2, 13), date(2026, 3, 15), 1234.5],
        formats={"B2": "0000000000"},
    )
    source, lecture = analyser(octets)
    assert list(lignes_de_donnees(source, lecture)) == [
        (2, ["F-1", "0200777735", datetime(2026, 2, 13), datetime(2026, 3, 15), 1234.5])
    ]


def test_the_sheet_that_holds_invoices_is_chosen_and_another_may_be_asked_for():
    classeur = openpyxl.Workbook()
    classeur.active.append(["Mode d’emploi"])
    classeur.create_sheet("Factures").append(ENTETES.split(";"))
    sortie = io.BytesIO()
    classeur.save(sortie)
    assert analyser(sortie.getvalue())[1].feuille == "Factures"
    assert analyser(sortie.getvalue(), Lecture(feuille="Sheet"))[1].feuille == "Sheet"


def test_a_formula_gives_its_last_value_never_its_text():
    octets = xlsx_de(ENTETES.split(";"), ["F-1", "Hôtel", date(2026, 2, 13), date(2026, 3, 15), "=HYPERLINK(1)"])
    source, lecture = analyser(octets)
    assert next(lignes_de_donnees(source, lecture))[1][:2] == ["F-1", "Hôtel"]
    assert "HYPERLINK" not in str(list(lignes_de_donnees(source, lecture)))


FEUILLE = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
BOMBE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
SIMPLE = xlsx_de(["a"], ["b"])


@pytest.mark.parametrize(
    ("octets", "dit"),
    [
        (b"", "vide"),
        (b"\r\n \r\n", "vide"),
        (b"\xef\xbb\xbf", "vide"),
        (b"x" * (10 * 1024 * 1024 + 1), "10 Mo"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, ".xls"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04 broken", "abîmé"),
        (SIMPLE[:-200], "abîmé"),
        (bytes(range(256)) * 40, "ni un tableau"),
        (b"Num;Client\n1;a\0b\n" * 20, "ni un tableau"),
        (b"a\x01\x02\x03\x04;b\n" * 20, "ni un tableau"),
        (";".join(["x"] * 100_000).encode(), "colonnes"),
        (csv_de("x" * 60_000 + ";a;b;c;d"), "trop longue"),
        (csv_de(*['F-1;"jamais refermé;' + "y" * 500] + ["z" * 500] * 200), "guillemet"),
        (xlsx_de(["x"] * 300), "colonnes"),
        (xlsx_avec(SIMPLE, feuille=FEUILLE.format('<row r="99999999999"><c r="A1"><v>1</v></c></row>')), "lignes"),
        (xlsx_avec(SIMPLE, feuille=FEUILLE.format('<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>')), "abîmé|vide"),
        (xlsx_avec(SIMPLE, feuille=BOMBE + FEUILLE.format('<row r="1"><c><v>&b;</v></c></row>')), "abîmé"),
        (xlsx_avec(SIMPLE, feuille=FEUILLE.format(" " * (121 * 1024 * 1024))), "trop gros"),
    ],
    ids=lambda valeur: valeur if isinstance(valeur, str) else "",
)
def test_a_file_that_cannot_be_taken_in_is_refused_in_one_sentence(octets: bytes, dit: str):
    with pytest.raises(FichierRefuse, match=dit):
        analyser(octets)


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(tableau, "LIGNES_MAXIMUM", 3)
    with pytest.raises(FichierRefuse, match="lignes"):
        analyser(csv_de(*[LIGNE] * 5))


@pytest.mark.parametrize(
    ("octets", "dit"),
    [
        (csv_de("F-1;A;01/02/2026;03/04/2026;10"), "précisez l’ordre"),
        (csv_de("F-1;A;13/02/2026;15/03/2026;10,50", "F-2;A;13/02/2026;15/03/2026;10.50"), "virgule ou le point"),
        (csv_de("1;2;3", entetes="Foo;Bar;Baz"), "Numéro de facture"),
    ],
)
def test_what_stays_undecided_is_said_and_not_guessed(octets: bytes, dit: str):
    _source, lecture = analyser(octets)
    with pytest.raises(FichierRefuse, match=dit):
        lecture.verifier()


def test_the_order_that_was_asked_for_settles_the_columns_in_doubt_only():
    octets = csv_de("F-1;A;13/02/2026;03/04/2026;10")
    assert analyser(octets)[1].ordres == {"date_emission": "jma", "date_echeance": "jma"}
    _source, lecture = analyser(csv_de("F-1;A;01/02/2026;2026-04-03;10"), Lecture(ordre="mja"))
    assert lecture.ordres == {"date_emission": "mja", "date_echeance": "amj"}


def test_a_reading_survives_json():
    _source, lecture = analyser(csv_de(LIGNE))
    assert Lecture.depuis_dict({**lecture.en_dict(), "ancienne_cle": 1}) == lecture
