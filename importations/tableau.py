"""A file as rows of cells, whatever it was written in.

Row numbers are a spreadsheet's: the file's first line is 1, blank lines count, a quoted cell that spans several lines
is one row. A CSV cell is text. An Excel cell keeps its type (text, number, date, boolean), so that a date typed in
Excel is never guessed again.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from importations.refus import FichierRefuse

Cellule = str | int | float | Decimal | bool | date | datetime | None
Ligne = tuple[int, list[Cellule]]

TAILLE_MAXIMALE = 10 * 1024 * 1024
COLONNES_MAXIMUM = 200
LIGNES_MAXIMUM = 100_000
LONGUEUR_CELLULE = 50_000
SEPARATEURS = {
    ";": gettext_lazy("point-virgule"),
    ",": gettext_lazy("virgule"),
    "\t": gettext_lazy("tabulation"),
    "|": gettext_lazy("barre verticale"),
}


def lire_csv(texte: str, separateur: str) -> Iterator[Ligne]:
    """The rows of a CSV text. FichierRefuse for a broken or oversized one."""
    csv.field_size_limit(LONGUEUR_CELLULE)
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
    numero = 0
    try:
        for cellules in lecteur:
            numero += 1
            verifier_limites(numero, len(cellules))
            if any(cellule.strip() for cellule in cellules):
                yield numero, list(cellules)
    except csv.Error as erreur:
        raise FichierRefuse(
            _("Ligne %(ligne)s : une cellule est trop longue, ou un guillemet n’est pas refermé.")
            % {"ligne": numero + 1}
        ) from erreur


def verifier_limites(numero: int, largeur: int) -> None:
    """FichierRefuse beyond the number of rows or of columns that one file may have."""
    if largeur > COLONNES_MAXIMUM:
        raise FichierRefuse(_("Ligne %(ligne)s : plus de %(n)s colonnes.") % {"ligne": numero, "n": COLONNES_MAXIMUM})
    if numero > LIGNES_MAXIMUM:
        raise FichierRefuse(_("Le fichier a plus de %(n)s lignes : découpez-le en plusieurs.") % {"n": LIGNES_MAXIMUM})
