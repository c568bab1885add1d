"""The import itself: rows read, decided and written by lots, each lot whole, with the account kept beside it.

A lot is one transaction, which also moves `Importation.traitees`: after a crash the import goes on from there, and two
workers on one import cannot both write a lot. Should a lot be refused by the database, its rows are tried one by one,
so that a single one that cannot be written stops nothing and is reported.
A dry run makes the same decisions, in memory, and writes nothing (R18).
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from entreprises.documents import conserver, lire
from entreprises.models import Entreprise
from entreprises.refus import LotRefuse
from importations.analyse import Lecture, analyser, lignes_de_donnees, rouvrir
from importations.avancement import noter_avancement, suspendre
from importations.bilan import Bilan
from importations.decision import Decideur
from importations.ecriture import ecrire
from importations.etat import Lot
from importations.lecture import Source
from importations.lignes import Lecteur, LigneLue, additionner
from importations.models import Importation
from importations.refus import LigneRefusee, Refus
from importations.tableau import Ligne
from journal.lot import verrouiller_lot

Progression = Callable[[int], None]
TAILLE_LOT = 300


def importer(
    entreprise: Entreprise,
    contenu: bytes,
    nom_fichier: str,
    lecture: Lecture,
    *,
    aujourd_hui: date,
    simulation: bool = False,
    auteur: Any = None,
    progression: Progression | None = None,
) -> Bilan:
    """Import a file in one go, or with `simulation` only tell what would happen.

    `progression` is told how many rows are done. FichierRefuse, with nothing written, when the file or its reading will
    not do.
    """
    source, lecture = analyser(contenu, lecture)
    lecture.verifier()
    if simulation:
        return _Passage(entreprise, source, lecture, aujourd_hui, auteur).simuler(progression)
    importation = preparer(entreprise, contenu, nom_fichier, lecture, auteur=auteur)
    importation.statut, importation.battement = Importation.Statut.EN_COURS, timezone.now()
    importation.save(update_fields=["statut", "battement", "modifie_le"])
    return derouler(importation, aujourd_hui=aujourd_hui, progression=progression, source=source)


def essayer(entreprise: Entreprise, contenu: bytes, lecture: Lecture, aujourd_hui: date, limite: int) -> Bilan:
    """The dry run of the first `limite` rows, under a reading already settled. FichierRefuse while it is not."""
    lecture.verifier()
    return _Passage(entreprise, rouvrir(contenu, lecture), lecture, aujourd_hui, None).simuler(None, limite)


def preparer(
    entreprise: Entreprise, contenu: bytes, nom_fichier: str, lecture: Lecture, *, auteur: Any = None
) -> Importation:
    """The row of an import and its kept file, waiting to be confirmed."""
    type_mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" if lecture.feuille else "text/csv"
    document = conserver(entreprise, contenu, type_mime, nom_fichier)
    return Importation.objects.create(
        entreprise=entreprise,
        document=document,
        nom_fichier=nom_fichier[:150],
        par=auteur,
        lecture=lecture.en_dict(),
        genre=lecture.genre,
    )


def derouler(
    importation: Importation,
    *,
    aujourd_hui: date,
    progression: Progression | None = None,
    source: Source | None = None,
    jusqu_a: datetime | None = None,
) -> Bilan:
    """Go on with an import that this worker has claimed, from where it stands.

    With `jusqu_a`, stop after the lot that passes this instant and leave it in `en_attente`. Reprise when another
    worker took it over.
    """
    lecture = Lecture.depuis_dict(importation.lecture)
    if source is None:
        source = rouvrir(lire(importation.document), lecture)
    passage = _Passage(importation.entreprise, source, lecture, aujourd_hui, importation.par)
    return passage.ecrire(importation, progression, jusqu_a)


class _Passage:
    """One run over a file."""

    def __init__(
        self, entreprise: Entreprise, source: Source, lecture: Lecture, aujourd_hui: date, auteur: Any
    ) -> None:
        self.entreprise, self.auteur, self.aujourd_hui = entreprise, auteur, aujourd_hui
        self.source, self.lecture = source, lecture
        totaux = additionner(lecture, lignes_de_donnees(source, lecture))
        self.lecteur = Lecteur(lecture, aujourd_hui, totaux)
        self.decideur = self._nouveau_decideur()

    def simuler(self, progression: Progression | None, limite: int | None = None) -> Bilan:
        """Every decision, nothing written. `limite`: rows after which to stop."""
        bilan = Bilan()
        for rangees in self._lots(0):
            if limite is not None and bilan.lues >= limite:
                break
            bilan.ajouter(self._decider(rangees, verrouille=False)[0])
            if progression:
                progression(bilan.lues)
        return self._achever(bilan)

    def ecrire(self, importation: Importation, progression: Progression | None, jusqu_a: datetime | None) -> Bilan:
        """The rows from `importation.traitees` on, lot by lot."""
        bilan = Bilan.depuis_dict(importation.bilan)
        for rangees in self._lots(importation.traitees):
            if jusqu_a and timezone.now() >= jusqu_a:
                suspendre(importation)
                return bilan
            try:
                self._ecrire_lot(rangees, importation, bilan)
            except (IntegrityError, DataError, LotRefuse):
                self._ecrire_une_a_une(rangees, importation, bilan)
            if progression:
                progression(bilan.lues)
        bilan = self._achever(bilan)
        noter_avancement(importation, bilan.en_dict(), bilan.lues, statut=Importation.Statut.TERMINEE)
        return bilan

    def _nouveau_decideur(self) -> Decideur:
        par_lignes = "total_ligne" in self.lecture.colonnes
        return Decideur(
            self.entreprise, self.aujourd_hui, delai_defaut=self.lecture.delai_defaut, par_lignes=par_lignes
        )

    def _lots(self, deja: int) -> Iterator[list[Ligne]]:
        rangees = lignes_de_donnees(self.source, self.lecture)
        for numero, cellules in islice(rangees, deja):
            try:
                self.decideur.rappeler(self.lecteur.lire(numero, cellules))
            except LigneRefusee:
                continue
        while lot := list(islice(rangees, TAILLE_LOT)):
            yield lot

    def _decider(self, rangees: list[Ligne], *, verrouille: bool) -> tuple[Bilan, Lot]:
        """What these rows change, and their account."""
        bilan, lot, lues = Bilan(lues=len(rangees)), Lot(), list[LigneLue]()
        for numero, cellules in rangees:
            try:
                lues.append(self.lecteur.lire(numero, cellules))
            except LigneRefusee as refusee:
                bilan.refuser(Refus(numero, refusee.champ, refusee.raison))
        if verrouille:
            verrouiller_lot(self.decideur.clients_concernes(lues))
        self.decideur.charger(lues)
        for ligne in lues:
            try:
                self.decideur.decider(ligne, lot, bilan)
            except LigneRefusee as refusee:
                bilan.refuser(Refus(ligne.ligne, refusee.champ, refusee.raison))
        bilan.refusees.sort(key=lambda refus: refus.ligne)
        return bilan, lot

    def _ecrire_lot(self, rangees: list[Ligne], importation: Importation, bilan: Bilan) -> None:
        with transaction.atomic():
            partiel, lot = self._decider(rangees, verrouille=True)
            ecrire(self.entreprise, lot, self.decideur.clients, aujourd_hui=self.aujourd_hui, auteur=self.auteur)
            total = bilan.avec(partiel)
            noter_avancement(importation, total.en_dict(), total.lues)
        importation.traitees = bilan.lues + partiel.lues
        bilan.ajouter(partiel)
        self.decideur.connues.clear()  # the database knows them now

    def _ecrire_une_a_une(self, rangees: list[Ligne], importation: Importation, bilan: Bilan) -> None:
        """What was decided of the lot was undone with it: begin again from the database, row by row."""
        for rangee in rangees:
            self.decideur = self._nouveau_decideur()
            try:
                self._ecrire_lot([rangee], importation, bilan)
            except (IntegrityError, DataError, LotRefuse) as erreur:
                refusee = Bilan(lues=1)
                refusee.refuser(
                    Refus(rangee[0], "ligne", _("la base de données refuse cette ligne : %(e)s") % {"e": erreur})
                )
                total = bilan.avec(refusee)
                noter_avancement(importation, total.en_dict(), total.lues)
                importation.traitees = bilan.lues + 1
                bilan.ajouter(refusee)
        self.decideur = self._nouveau_decideur()

    def _achever(self, bilan: Bilan) -> Bilan:
        colonnes = set(self.lecture.colonnes)
        dit = bool(colonnes & {"solde", "montant_regle", "date_reglement"})
        # A column of states tells of payments only in a file where it says "payée" at least once.
        bilan.a_colonne_reglements = dit or ("statut" in colonnes and bilan.reglements_crees > 0)
        return bilan
