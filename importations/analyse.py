"""A file looked at whole: its sheet or separator, its header row, its columns, its date order and decimal sign.

What a person chose is kept, the rest is inferred. `Lecture` is what the person confirms and what the import follows:
it can be written as JSON and read back.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from importations.colonnes import DATES, MONTANTS, proposer
from importations.dates import ORDRES, deviner_ordre
from importations.encodage import ENCODAGES, decoder
from importations.genres import CHAMPS_PAR_GENRE, champs_du_genre, manquants
from importations.lecture import Source, ouvrir
from importations.montants import deviner_decimale
from importations.refus import FichierRefuse
from importations.tableau import SEPARATEURS, Cellule, Ligne, lire_csv
from importations.textes import propre

_LIGNES_D_ESSAI = 30
_TEXTE_D_ESSAI = 60_000
_FEUILLES_D_ESSAI = 20


@dataclass(frozen=True, slots=True)
class Lecture:
    """How the file is read.

    `ordre` and `signe` were asked for, "" leaves them to be found; `ordres`, for each date column, and `decimale` are
    what is followed, "" when undecided. `nombre`: of rows below the headers. `genre`: which kind of file it is
    taken for. `au`: the day on which a balance was drawn up, ISO, "" for the other kinds.
    """

    encodage: str = ""
    separateur: str = ""
    feuille: str = ""
    ligne_entetes: int = 0
    entetes: tuple[str, ...] = ()
    colonnes: Mapping[str, int] = field(default_factory=dict)
    ordre: str = ""
    ordres: Mapping[str, str] = field(default_factory=dict)
    signe: str = ""
    decimale: str = ""
    delai_defaut: int | None = None
    nombre: int = 0
    genre: str = "factures"
    au: str = ""

    def en_dict(self) -> dict[str, Any]:
        return {**asdict(self), "entetes": list(self.entetes)}

    @classmethod
    def depuis_dict(cls, donnees: Mapping[str, Any]) -> "Lecture":
        """What `en_dict` wrote. Keys of another time are left aside."""
        connues = {cle: valeur for cle, valeur in donnees.items() if cle in cls.__dataclass_fields__}
        return cls(**{**connues, "entetes": tuple(donnees.get("entetes", ()))})

    @property
    def dates_indecises(self) -> list[str]:
        """The headers of the date columns whose order a person must tell."""
        return [
            self.entetes[self.colonnes[champ]]
            for champ in DATES
            if champ in self.colonnes and not self.ordres.get(champ)
        ]

    def verifier(self) -> None:
        """FichierRefuse, in one sentence, while something is missing or undecided."""
        if manque := manquants(self.colonnes, self.genre):
            raise FichierRefuse(_("Aucune colonne ne donne : %(champs)s.") % {"champs": ", ".join(manque)})
        if self.dates_indecises:
            raise FichierRefuse(
                _("Les dates de « %(colonnes)s » se lisent de deux façons : précisez l’ordre jour, mois, année.")
                % {"colonnes": ", ".join(self.dates_indecises)}
            )
        if not self.decimale:
            raise FichierRefuse(_("Les montants se contredisent : précisez si la virgule ou le point est décimal."))


def analyser(contenu: bytes, choix: Lecture | None = None) -> tuple[Source, Lecture]:
    """How to read these bytes, following `choix` where it says something. FichierRefuse when nothing can be read."""
    choix = choix or Lecture()
    source = _source(ouvrir(contenu), choix)
    ligne, entetes = _entetes(source, choix.ligne_entetes, choix.genre)
    colonnes = choix.colonnes if choix.entetes == entetes else proposer(entetes, CHAMPS_PAR_GENRE[choix.genre])
    connus = {champ.nom for champ in champs_du_genre(choix.genre)}
    colonnes = {nom: index for nom, index in colonnes.items() if nom in connus and 0 <= index < len(entetes)}
    lecture = replace(
        choix,
        encodage=source.encodage,
        separateur=source.separateur,
        feuille=source.feuille,
        ligne_entetes=ligne,
        entetes=entetes,
        colonnes=colonnes,
    )
    return source, _deviner(source, lecture)


def rouvrir(contenu: bytes, lecture: Lecture) -> Source:
    """The source of a file whose reading is settled: nothing is inferred again."""
    return replace(
        ouvrir(contenu), encodage=lecture.encodage, separateur=lecture.separateur or ",", feuille=lecture.feuille
    )


def lignes_de_donnees(source: Source, lecture: Lecture) -> Iterator[Ligne]:
    """The rows below the headers."""
    return (ligne for ligne in source.lignes() if ligne[0] > lecture.ligne_entetes)


def _source(source: Source, choix: Lecture) -> Source:
    if source.est_xlsx:
        if choix.feuille in source.feuilles:
            return replace(source, feuille=choix.feuille)
        essais = [replace(source, feuille=nom) for nom in source.feuilles[:_FEUILLES_D_ESSAI]]
        return max(essais, key=lambda essai: _score(_debut(essai), choix.genre))
    if choix.encodage in ENCODAGES:
        source = replace(source, encodage=choix.encodage)
    if choix.separateur in SEPARATEURS:
        return replace(source, separateur=choix.separateur)
    essais = [replace(source, separateur=signe) for signe in SEPARATEURS]
    return max(essais, key=lambda essai: _score(_debut(essai), choix.genre))


def titres(source: Source, lecture: Lecture) -> list[str]:
    """What stands above the header row."""
    hautes = (cellules for numero, cellules in islice(source.lignes(), 10) if numero < lecture.ligne_entetes)
    return [nom for cellules in hautes for nom in _noms(cellules) if nom]


def _debut(source: Source) -> list[Ligne]:
    """The first rows; what can be read of them, for a trial with the wrong separator may go astray."""
    if source.est_xlsx:
        return list(islice(source.lignes(), _LIGNES_D_ESSAI))
    texte = decoder(source.contenu, source.encodage)[:_TEXTE_D_ESSAI]
    lignes: list[Ligne] = []
    with suppress(FichierRefuse):
        lignes.extend(islice(lire_csv(texte, source.separateur), _LIGNES_D_ESSAI))
    return lignes


def _score(debut: list[Ligne], genre: str) -> tuple[int, int, int]:
    """Recognised headers first, then rows as wide as the header row, then the width."""
    ligne, entetes = _meilleur_entete(debut, genre)
    largeur = len(entetes)
    semblables = sum(1 for numero, cellules in debut if numero > ligne and len(cellules) == largeur > 1)
    return len(proposer(entetes, CHAMPS_PAR_GENRE[genre])), semblables, largeur


def _meilleur_entete(debut: list[Ligne], genre: str) -> tuple[int, tuple[str, ...]]:
    if not debut:
        return 0, ()
    # Titles may stand above: the header row is the one whose cells are known names, the first one when none is.
    champs = CHAMPS_PAR_GENRE[genre]
    meilleure = max(debut, key=lambda ligne: (len(proposer(_noms(ligne[1]), champs)), -ligne[0]))
    if len(proposer(_noms(meilleure[1]), champs)) < 2:
        meilleure = max(debut[:5], key=lambda ligne: (sum(1 for nom in _noms(ligne[1]) if nom), -ligne[0]))
    return meilleure[0], _noms(meilleure[1])


def _entetes(source: Source, ligne: int, genre: str) -> tuple[int, tuple[str, ...]]:
    if ligne:
        for numero, cellules in source.lignes():
            if numero == ligne:
                return numero, _noms(cellules)
    debut = _debut(source)
    if not debut:
        next(source.lignes(), None)  # tells what is wrong, when something is
        raise FichierRefuse(_("Le fichier est vide."))
    return _meilleur_entete(debut, genre)


def _noms(cellules: list[Cellule]) -> tuple[str, ...]:
    return tuple(propre(cellule)[:100] for cellule in cellules)


def _deviner(source: Source, lecture: Lecture) -> Lecture:
    """The date order of each column and the decimal sign of the file, from all of its rows."""
    suivies = {champ: index for champ, index in lecture.colonnes.items() if champ in DATES + MONTANTS}
    valeurs: dict[str, list[Cellule]] = {champ: [] for champ in suivies}
    nombre = 0
    for nombre, (_numero, cellules) in enumerate(lignes_de_donnees(source, lecture), start=1):  # noqa: B007
        for champ, index in suivies.items():
            if index < len(cellules) and cellules[index] not in (None, ""):
                valeurs[champ].append(cellules[index])
    montants = [cellule for champ in MONTANTS for cellule in valeurs.get(champ, ())]
    decimale = lecture.signe if lecture.signe in {",", "."} else deviner_decimale(montants) or ""
    dates = {champ: valeurs[champ] for champ in DATES if champ in valeurs}
    return replace(lecture, decimale=decimale, ordres=_ordres(dates, lecture.ordre), nombre=nombre)


def _ordres(dates: Mapping[str, list[Cellule]], demande: str) -> dict[str, str]:
    """An order for each column. One in doubt follows what was asked for, or else the other columns."""
    surs = {champ: deviner_ordre(cellules) for champ, cellules in dates.items()}
    voisins = {ordre for champ, ordre in surs.items() if ordre and not _sans_ordre(dates[champ])}
    secours = demande if demande in ORDRES else voisins.pop() if len(voisins) == 1 else None
    return {champ: surs[champ] or deviner_ordre(cellules, secours) or "" for champ, cellules in dates.items()}


def _sans_ordre(cellules: list[Cellule]) -> bool:
    """A column without any doubt (ISO, Excel dates, months in words) says nothing of its neighbours."""
    return deviner_ordre(cellules, "jma") != deviner_ordre(cellules, "mja")
