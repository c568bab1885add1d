"""Write the archive: each table as CSV and XLSX, the documents, what each file is, and the hash of each.

Everything goes to the disk as it is read: the memory taken does not grow with the company. An archive that was not
finished is begun again from the start.
"""

import csv
import hashlib
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook

from archivage.cellules import en_csv, en_xlsx, sans_formule
from archivage.pieces import lire_pieces
from archivage.tableaux import TABLEAUX, Tableau
from entreprises.models import Entreprise

BLOC = 1 << 16
LIGNES_XLSX = 1_000_000  # a sheet takes 1 048 576 rows
TOUS_LES = 2000  # rows between two signs of life
SUIVRE = Callable[[int], None]


class _Empreinte:
    """A file being written, whose hash is known at its end."""

    def __init__(self, flux: IO[bytes]) -> None:
        self.flux, self.empreinte = flux, hashlib.sha256()

    def write(self, bloc: bytes) -> int:
        self.empreinte.update(bloc)
        return self.flux.write(bloc)


@dataclass
class Archive:
    """The ZIP under way. `suivre` is told how many files are written, and is called often enough to show life."""

    zip: ZipFile
    entreprise: Entreprise
    au: date
    suivre: SUIVRE
    faits: int = 0
    empreintes: list[tuple[str, str]] = field(default_factory=list)
    tronques: list[str] = field(default_factory=list)
    perdus: list[str] = field(default_factory=list)

    @property
    def fuseau(self) -> ZoneInfo:
        return ZoneInfo(self.entreprise.fuseau)

    def signe(self) -> None:
        self.suivre(self.faits)

    @contextmanager
    def fichier(self, nom: str, *, comprime: bool = True) -> Iterator[_Empreinte]:
        """A file of the archive, to be written in blocks."""
        info = ZipInfo(nom, (self.au.year, self.au.month, self.au.day, 0, 0, 0))
        info.compress_type = ZIP_DEFLATED if comprime else ZIP_STORED
        info.external_attr = 0o600 << 16
        with self.zip.open(info, "w", force_zip64=True) as flux:
            ecrit = _Empreinte(flux)
            yield ecrit
        self.empreintes.append((ecrit.empreinte.hexdigest(), nom))
        self.faits += 1
        self.signe()


def compter(entreprise: Entreprise) -> int:
    """How many files the archive will hold."""
    documents = next(t for t in TABLEAUX if t.nom == "documents")
    return 2 * len(TABLEAUX) + documents.classe._default_manager.filter(entreprise=entreprise.pk).count() + 3


def ecrire_archive(cible: Path, entreprise: Entreprise, au: date, suivre: SUIVRE) -> None:
    """The whole archive, in `cible`. `suivre` may raise to stop it."""
    with override("fr"), ZipFile(cible, "w", ZIP_DEFLATED, allowZip64=True) as zip_:
        archive = Archive(zip_, entreprise, au, suivre)
        for tableau in TABLEAUX:
            _ecrire_csv(archive, tableau)
            _ecrire_xlsx(archive, tableau)
        _ecrire_documents(archive)
        with archive.fichier("LISEZMOI.txt") as flux:
            flux.write(_lisezmoi(archive).encode("utf-8-sig"))
        manifeste = "".join(f"{empreinte}  {nom}\n" for empreinte, nom in archive.empreintes)
        with archive.fichier("EMPREINTES-SHA256.txt") as flux:
            flux.write(manifeste.encode())


def _ecrire_csv(archive: Archive, tableau: Tableau) -> None:
    with archive.fichier(f"csv/{tableau.nom}.csv") as flux:
        tampon = io.StringIO(newline="")
        ecrivain = csv.writer(tampon, delimiter=";", lineterminator="\r\n")
        ecrivain.writerow([entete for entete, _chemin in tableau.colonnes()])
        flux.write(b"\xef\xbb\xbf")
        for rang, ligne in enumerate(tableau.lignes(archive.entreprise), start=1):
            ecrivain.writerow([en_csv(valeur, archive.fuseau) for valeur in ligne])
            if tampon.tell() > BLOC:
                _vider(tampon, flux)
            if rang % TOUS_LES == 0:
                archive.signe()
        _vider(tampon, flux)


def _vider(tampon: io.StringIO, flux: _Empreinte) -> None:
    flux.write(tampon.getvalue().encode())
    tampon.seek(0)
    tampon.truncate()


def _ecrire_xlsx(archive: Archive, tableau: Tableau) -> None:
    """Through a file beside: openpyxl writes its rows to the disk, then its own ZIP."""
    classeur = Workbook(write_only=True)
    feuille = classeur.create_sheet(tableau.nom[:31])
    feuille.freeze_panes = "A2"
    feuille.append([entete for entete, _chemin in tableau.colonnes()])
    for rang, ligne in enumerate(tableau.lignes(archive.entreprise), start=1):
        if rang > LIGNES_XLSX:
            archive.tronques.append(tableau.nom)
            break
        feuille.append([en_xlsx(valeur, archive.fuseau, feuille) for valeur in ligne])
        if rang % TOUS_LES == 0:
            archive.signe()
    with tempfile.TemporaryFile() as a_cote:
        classeur.save(a_cote)
        a_cote.seek(0)
        with archive.fichier(f"xlsx/{tableau.nom}.xlsx", comprime=False) as flux:
            shutil.copyfileobj(a_cote, flux, BLOC)


def _ecrire_documents(archive: Archive) -> None:
    """The files themselves, and which is which. One whose content was lost is named, and stops nothing."""
    index = io.StringIO(newline="")
    ecrivain = csv.writer(index, delimiter=";", lineterminator="\r\n")
    ecrivain.writerow(["document", "fichier", "nom", "type_mime", "taille", "sha256", "etat"])
    for piece in lire_pieces(archive.entreprise):
        document = piece.document
        est_la = _copier(archive, document.chemin, piece.chemin)
        if not est_la:
            archive.perdus.append(document.sha256)
        etat = "present" if est_la else "perdu"
        nom = sans_formule(document.nom)
        ecrivain.writerow([document.pk, piece.chemin, nom, document.type_mime, document.taille, document.sha256, etat])
    with archive.fichier("documents/index.csv") as flux:
        flux.write(b"\xef\xbb\xbf")
        _vider(index, flux)


def _copier(archive: Archive, source: str, nom: str) -> bool:
    try:
        contenu: Any = default_storage.open(source)
    except FileNotFoundError:
        return False
    with contenu, archive.fichier(nom, comprime=False) as flux:
        shutil.copyfileobj(contenu, flux, BLOC)
    return True


def _lisezmoi(archive: Archive) -> str:
    """What each file is, in French."""
    lignes = [
        _("Archive de %(nom)s, du %(jour)s.") % {"nom": archive.entreprise.nom, "jour": f"{archive.au:%d/%m/%Y}"},
        "",
        _("csv/ et xlsx/ : les mêmes tableaux, dans deux formats."),
        _("CSV : UTF-8, point-virgule, virgule décimale. Un texte qui ressemble à une formule commence par « ' »."),
        _("Dates : AAAA-MM-JJ. Montants : deux décimales, dans la devise de la colonne « devise »."),
        _("Une colonne qui finit par « _id » renvoie à la colonne « id » d’un autre tableau."),
        _("documents/ : factures, lettres, courriels et preuves ; documents/index.csv dit lequel est lequel."),
        _("EMPREINTES-SHA256.txt : l’empreinte de chaque fichier, à vérifier par « sha256sum -c »."),
        "",
        _("Tableaux"),
        *(f"- {tableau.nom} : {tableau.description}" for tableau in TABLEAUX),
    ]
    if archive.tronques:
        lignes += ["", _("Tableaux trop longs pour XLSX, entiers en CSV :"), *archive.tronques]
    if archive.perdus:
        lignes += ["", _("Documents dont le contenu a été perdu :"), *archive.perdus]
    return "\r\n".join(lignes) + "\r\n"
