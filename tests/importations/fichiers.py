"""Files made for the tests."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl

ENTETES = "Numéro;Client;Date;Échéance;Total TTC"


def csv_de(*lignes: str, entetes: str = ENTETES, encodage: str = "utf-8") -> bytes:
    """A CSV file with a semicolon; the header row is line 1."""
    return "\r\n".join([entetes, *lignes, ""]).encode(encodage)


def xlsx_de(*rangees: Sequence[Any], formats: dict[str, str] | None = None) -> bytes:
    """A workbook of one sheet; `formats`: number format by cell."""
    classeur = openpyxl.Workbook()
    feuille = classeur.active
    for rangee in rangees:
        feuille.append(list(rangee))
    for cellule, forme in (formats or {}).items():
        feuille[cellule].number_format = forme
    sortie = io.BytesIO()
    classeur.save(sortie)
    return sortie.getvalue()


def xlsx_avec(contenu: bytes, **pieces: str) -> bytes:
    """The workbook with members replaced: `feuille` is the sheet, `textes` the shared strings."""
    noms = {"feuille": "xl/worksheets/sheet1.xml", "textes": "xl/sharedStrings.xml"}
    sortie = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(contenu)) as source, zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as cible:
        remplacees = {noms[nom]: texte for nom, texte in pieces.items()}
        for piece in source.namelist():
            cible.writestr(piece, remplacees.get(piece) or source.read(piece))
    return sortie.getvalue()
