"""Excel workbooks (.xlsx), read as values.

A workbook is hostile until proven otherwise: its size once unpacked is bounded before anything is parsed, its XML goes
through defusedxml (no entity is expanded), and rows, columns and cells are counted while they come. Formulas give the
value that was last computed, never their text.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openpyxl
from django.utils.translation import gettext as _

from importations.refus import FichierRefuse
from importations.tableau import COLONNES_MAXIMUM, LIGNES_MAXIMUM, LONGUEUR_CELLULE, Cellule, Ligne, verifier_limites

DEPLOYE_MAXIMUM = 120 * 1024 * 1024
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_PROTEGE = "EncryptedPackage".encode("utf-16-le")
_ZEROS = re.compile(r"0{2,30}")


def est_classeur(contenu: bytes) -> bool:
    """Is it an Excel workbook we read? FichierRefuse, with the way out, for one that we do not."""
    if contenu.startswith(_OLE):
        if _PROTEGE in contenu:
            raise FichierRefuse(_("Ce classeur est protégé par un mot de passe : enregistrez-le sans protection."))
        raise FichierRefuse(_("L’ancien format Excel (.xls) n’est pas lu : enregistrez le fichier en .xlsx ou en CSV."))
    if contenu.startswith(b"%PDF"):
        raise FichierRefuse(_("Un PDF ne se lit pas comme un tableau : exportez la liste en CSV ou en .xlsx."))
    if not contenu.startswith(b"PK"):
        return False
    _verifier_archive(contenu)
    return True


def noms_des_feuilles(contenu: bytes) -> list[str]:
    """The sheets that hold cells, in order."""
    with _ouvrir(contenu) as classeur:
        return [feuille.title for feuille in classeur.worksheets]


def lire_feuille(contenu: bytes, nom: str) -> Iterator[Ligne]:
    """The rows of this sheet that are not blank. FichierRefuse for a broken or oversized one."""
    with _ouvrir(contenu) as classeur:
        if nom not in classeur.sheetnames:
            raise FichierRefuse(_("La feuille « %(nom)s » n’existe pas.") % {"nom": nom[:40]})
        feuille = classeur[nom]
        feuille.reset_dimensions()  # what the file declares of its size is not to be trusted
        # One column more than allowed, so that a wider sheet shows; one row more, so that a longer one does.
        rangees = feuille.iter_rows(max_col=COLONNES_MAXIMUM + 1, max_row=LIGNES_MAXIMUM + 1)
        for numero, rangee in enumerate(_sans_avertissement(rangees), start=1):
            cellules = _valeurs(rangee)
            verifier_limites(numero, len(cellules))
            if cellules:
                yield numero, cellules


def _valeurs(rangee: tuple[Any, ...]) -> list[Cellule]:
    valeurs = [_valeur(cellule) for cellule in rangee]
    while valeurs and (valeurs[-1] is None or (isinstance(valeurs[-1], str) and not valeurs[-1].strip())):
        valeurs.pop()
    return valeurs


def _valeur(cellule: Any) -> Cellule:
    valeur: Cellule = cellule.value
    if isinstance(valeur, str) and len(valeur) > LONGUEUR_CELLULE:
        raise FichierRefuse(_("Ligne %(ligne)s : une cellule est trop longue.") % {"ligne": cellule.row})
    if isinstance(valeur, int) and not isinstance(valeur, bool) and _ZEROS.fullmatch(cellule.number_format):
        return str(valeur).zfill(len(cellule.number_format))  # a code that Excel shows with leading zeros
    return valeur


@contextmanager
def _ouvrir(contenu: bytes) -> Iterator[Any]:
    try:
        with warnings.catch_warnings(action="ignore"):
            classeur = openpyxl.load_workbook(io.BytesIO(contenu), read_only=True, data_only=True, keep_links=False)
        try:
            yield classeur
        finally:
            classeur.close()
    except FichierRefuse:
        raise
    except Exception as erreur:  # openpyxl lets out whatever a broken file provokes
        raise _abime() from erreur


def _sans_avertissement(rangees: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The rows, without what openpyxl says of extensions and dates it does not know. Never silent between two rows."""
    while True:
        with warnings.catch_warnings(action="ignore"):
            rangee = next(rangees, None)
        if rangee is None:
            return
        yield rangee


def _abime() -> FichierRefuse:
    return FichierRefuse(_("Ce classeur est abîmé : ouvrez-le dans Excel et enregistrez-le de nouveau."))


def _verifier_archive(contenu: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            pieces = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as erreur:
        raise _abime() from erreur
    if "xl/workbook.xml" not in {piece.filename for piece in pieces}:
        raise FichierRefuse(_("Ce fichier n’est pas un classeur .xlsx : exportez la liste en CSV ou en .xlsx."))
    if sum(piece.file_size for piece in pieces) > DEPLOYE_MAXIMUM:
        raise FichierRefuse(_("Ce classeur est trop gros une fois déployé : découpez-le, ou exportez-le en CSV."))
