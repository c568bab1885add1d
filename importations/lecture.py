"""A file opened: which kind it is, and how to turn it into rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from importations.classeur import est_classeur, lire_feuille, noms_des_feuilles
from importations.encodage import decoder, deviner_encodage
from importations.refus import FichierRefuse
from importations.tableau import TAILLE_MAXIMALE, Ligne, lire_csv


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes and how to read them. `encodage` and `separateur` are for CSV, `feuille` and `feuilles` for XLSX."""

    contenu: bytes
    est_xlsx: bool
    encodage: str = ""
    separateur: str = ""
    feuille: str = ""
    feuilles: tuple[str, ...] = ()

    def lignes(self) -> Iterator[Ligne]:
        """The rows that are not blank, with their numbers. FichierRefuse for a broken or oversized file."""
        if self.est_xlsx:
            return lire_feuille(self.contenu, self.feuille)
        return lire_csv(decoder(self.contenu, self.encodage), self.separateur)


def ouvrir(contenu: bytes) -> Source:
    """The file's kind, told by its content and never by its name. The separator is left to be found.

    FichierRefuse when it is empty, over ten megabytes, or neither a workbook nor text.
    """
    if not contenu.strip():
        raise FichierRefuse(_("Le fichier est vide."))
    if len(contenu) > TAILLE_MAXIMALE:
        raise FichierRefuse(_("Le fichier dépasse 10 Mo : découpez-le en plusieurs."))
    if est_classeur(contenu):
        feuilles = tuple(noms_des_feuilles(contenu))
        if not feuilles:
            raise FichierRefuse(_("Ce classeur n’a aucune feuille."))
        return Source(contenu, est_xlsx=True, feuille=feuilles[0], feuilles=feuilles)
    encodage = deviner_encodage(contenu)
    decoder(contenu, encodage)
    return Source(contenu, est_xlsx=False, encodage=encodage, separateur=",")
