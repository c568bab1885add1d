"""What the person sees before confirming: the first rows as they will be read, samples of each column, refused rows."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.utils.translation import gettext as _

from importations.analyse import Lecture, lignes_de_donnees
from importations.genres import champs_du_genre
from importations.lecture import Source
from importations.lignes import Lecteur, LigneLue, additionner
from importations.models import Importation
from importations.refus import FichierRefuse, LigneRefusee, Refus
from importations.textes import propre

LIGNES_MONTREES = 8
_DANGEREUX = re.compile(r"[=+@\t\r]|-(?![\d.,\s])")


@dataclass(frozen=True, slots=True)
class LigneApercue:
    """A row as it will be read, or why it will be refused."""

    ligne: int
    lue: LigneLue | None
    refus: Refus | None


def apercevoir(source: Source, lecture: Lecture, aujourd_hui: date) -> list[LigneApercue]:
    """The first rows; none while the reading is incomplete."""
    try:
        lecture.verifier()
    except FichierRefuse:
        return []
    lecteur = Lecteur(lecture, aujourd_hui, additionner(lecture, lignes_de_donnees(source, lecture)))
    apercues = []
    for numero, cellules in islice(lignes_de_donnees(source, lecture), LIGNES_MONTREES):
        try:
            apercues.append(LigneApercue(numero, lecteur.lire(numero, cellules), None))
        except LigneRefusee as refusee:
            apercues.append(LigneApercue(numero, None, Refus(numero, libelle(refusee.champ), refusee.raison)))
    return apercues


def echantillons(source: Source, lecture: Lecture) -> list[str]:
    """For each column, its first value that is not blank."""
    valeurs = [""] * len(lecture.entetes)
    for _numero, cellules in islice(lignes_de_donnees(source, lecture), LIGNES_MONTREES):
        for index, cellule in enumerate(cellules[: len(valeurs)]):
            valeurs[index] = valeurs[index] or propre(cellule)[:60]
    return valeurs


def libelle(champ: str, genre: str = Importation.Genre.FACTURES) -> str:
    """The French name of a field of the report, in a file of this kind."""
    champs = champs_du_genre(genre, {champ}) or champs_du_genre(Importation.Genre.FACTURES, {champ})
    return str(champs[0].libelle) if champs else _("Ligne")


def lignes_refusees(source: Source, lecture: Lecture, refus: dict[int, Refus]) -> Iterator[str]:
    """The refused rows as CSV text, reason first, to be corrected and sent again."""
    yield "\ufeff" + en_csv([_("Ligne du fichier"), _("Champ refusé"), _("Raison du refus"), *lecture.entetes])
    for numero, cellules in lignes_de_donnees(source, lecture):
        if numero in refus:
            raison = refus[numero]
            yield en_csv(
                [str(numero), libelle(raison.champ, lecture.genre), raison.raison, *(propre(c) for c in cellules)]
            )


def en_csv(cellules: list[str]) -> str:
    """One line. A cell that a spreadsheet would run as a formula is made a text."""
    sortie = io.StringIO()
    csv.writer(sortie, delimiter=";").writerow(f"'{c}" if _DANGEREUX.match(c) else c for c in cellules)
    return sortie.getvalue()
