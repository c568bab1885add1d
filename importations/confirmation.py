"""From a file sent to an import that may run: received, its reading corrected, compared, confirmed or given up.

Every step is a conditional update on the state: a double click does it once.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from entreprises.documents import lire
from entreprises.models import Entreprise
from importations.analyse import Lecture, analyser, rouvrir, titres
from importations.balance import comparer_balance
from importations.comparaison_clients import comparer_clients
from importations.correspondance import rappeler, retenir
from importations.dates import date_du_nom
from importations.genres import deviner_genre
from importations.importation import preparer
from importations.models import Importation
from importations.propositions import Sorte, garder, lire_propositions
from importations.tasks import traiter

PAS_DE_SUITE = _("Cet import est déjà parti.")


def recevoir(
    entreprise: Entreprise,
    contenu: bytes,
    nom_fichier: str,
    *,
    auteur: Any,
    aujourd_hui: date,
    genre: str = Importation.Genre.FACTURES,
) -> Importation:
    """The file kept, with the reading proposed for it. FichierRefuse when it cannot be read.

    The same file sent again by the same person, not yet confirmed, is the same import.
    """
    lecture = _proposer_lecture(entreprise, contenu, nom_fichier, genre, aujourd_hui)
    importation = preparer(entreprise, contenu, nom_fichier.rpartition("/")[2] or "import", lecture, auteur=auteur)
    memes = _a_confirmer(importation).filter(document=importation.document, par=auteur, genre=genre)
    autre = memes.exclude(pk=importation.pk).order_by("pk").first()
    if autre is None:
        return importation
    importation.delete()
    return autre


def changer_genre(importation: Importation, genre: str, aujourd_hui: date) -> bool:
    """Take the file for another kind, its columns proposed anew. False when the import has left."""
    contenu = lire(importation.document)
    lecture = _proposer_lecture(importation.entreprise, contenu, importation.nom_fichier, genre, aujourd_hui)
    importation.genre = genre
    return corriger_lecture(importation, lecture)


def devine_du_fichier(importation: Importation, lecture: Lecture) -> str:
    """Which kind this file looks like, from its headers, its titles and its name (`genres.deviner_genre`)."""
    source = rouvrir(lire(importation.document), lecture)
    return deviner_genre(lecture.entetes, [importation.nom_fichier, *titres(source, lecture)])


def _proposer_lecture(
    entreprise: Entreprise, contenu: bytes, nom_fichier: str, genre: str, aujourd_hui: date
) -> Lecture:
    """As the file tells, then as was confirmed for files with these headers."""
    _source, lue = analyser(contenu, Lecture(genre=genre))
    _source, lecture = analyser(contenu, rappeler(entreprise, lue))
    if genre != Importation.Genre.BALANCE:
        return lecture
    return replace(lecture, au=(date_du_nom(nom_fichier, aujourd_hui) or aujourd_hui).isoformat())


def corriger_lecture(importation: Importation, lecture: Lecture) -> bool:
    """Keep the reading as the person corrected it: what was compared under another one is forgotten. False when the
    import has left."""
    importation.lecture = lecture.en_dict()
    return bool(
        _a_confirmer(importation)
        .filter(pk=importation.pk)
        .update(
            lecture=importation.lecture,
            genre=importation.genre,
            propositions=[],
            bilan={},
            version=F("version") + 1,
            modifie_le=timezone.now(),
        )
    )


def comparer_import(importation: Importation, lecture: Lecture, aujourd_hui: date) -> bool:
    """Compare a balance or a list of clients with our books, and keep what it would change, for a person to tick.

    False when the import has left. FichierRefuse when something lacks.
    """
    source = rouvrir(lire(importation.document), lecture)
    if lecture.genre == Importation.Genre.BALANCE:
        propositions, compte = comparer_balance(importation.entreprise, source, lecture, aujourd_hui=aujourd_hui)
    else:
        propositions, compte = comparer_clients(importation.entreprise, source, lecture)
    importation.refresh_from_db(fields=["version"])
    return garder(importation, propositions, compte)


@transaction.atomic
def appliquer_import(importation: Importation) -> bool:
    """Queue what was kept of the comparison, and remember the columns. False when the import has left already, or was
    compared again since it was read.

    Payments are known up to the day of the balance, unless a partial one was left with vanished rows unticked (R17).
    """
    lecture = Lecture.depuis_dict(importation.lecture)
    bilan = importation.bilan
    if bilan.get("est_partielle") and _laisse_des_absentes(importation):
        bilan = {**bilan, "a_jour_au": ""}
    partis = _a_confirmer(importation).filter(pk=importation.pk, version=importation.version)
    if not partis.update(statut=Importation.Statut.EN_ATTENTE, bilan=bilan, modifie_le=timezone.now()):
        return False
    retenir(importation.entreprise, lecture)
    return True


def _laisse_des_absentes(importation: Importation) -> bool:
    return any(p.sorte == Sorte.SOLDEE and not p.est_retenue for p in lire_propositions(importation))


@transaction.atomic
def confirmer_import(importation: Importation, lecture: Lecture) -> bool:
    """Queue the import and remember its columns. False when it has left already; FichierRefuse when something lacks."""
    lecture.verifier()
    partis = _a_confirmer(importation).filter(pk=importation.pk)
    if not partis.update(statut=Importation.Statut.EN_ATTENTE, modifie_le=timezone.now()):
        return False
    retenir(importation.entreprise, lecture)
    return True


def abandonner_import(importation: Importation) -> bool:
    """Forget an import that was never confirmed. False when it has left."""
    return bool(_a_confirmer(importation).filter(pk=importation.pk).delete()[0])


def sonner(pk: int) -> None:
    """Wake a worker. Without one, or without a broker, the next tick finds the row."""
    with suppress(OperationalError):
        traiter.delay(pk)


def _a_confirmer(importation: Importation) -> QuerySet[Importation]:
    return Importation.objects.filter(entreprise=importation.entreprise, statut=Importation.Statut.A_CONFIRMER)
