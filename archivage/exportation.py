"""Who makes an archive, and how it goes on after a crash. The row is the queue; a worker claims it, and shows life.

A worker that gives no sign for two minutes has lost it: the next tick begins the archive again. A finished one is kept
for a week.
"""

import hashlib
import logging
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from archivage.ecriture import compter, ecrire_archive
from archivage.models import Export
from entreprises.models import Entreprise

journal = logging.getLogger(__name__)
S = Export.Statut
SANS_SIGNE = timedelta(minutes=2)
GARDE = timedelta(days=7)


class Repris(Exception):
    """Another worker has taken this archive over, or it was withdrawn: nothing more is written."""


def dossier() -> Path:
    """Where the archives are, closed to others."""
    chemin = Path(settings.DONNEES) / "exports"
    chemin.mkdir(parents=True, exist_ok=True, mode=0o700)
    return chemin


def chemin_de(export: Export) -> Path:
    return dossier() / export.fichier


def demander(entreprise: Entreprise, auteur: Any) -> Export:
    """The archive under way, or a new one: a second click makes no second archive."""
    try:
        with transaction.atomic():
            return Export.objects.create(entreprise=entreprise, par=auteur)
    except IntegrityError:
        return Export.objects.get(entreprise=entreprise, statut__in=Export.EN_MARCHE)


def a_reprendre(instant: datetime) -> list[int]:
    """The archives that wait for a worker, the oldest first."""
    return list(Export.objects.filter(_libre(instant)).order_by("pk").values_list("pk", flat=True))


def prendre(pk: int, instant: datetime) -> Export | None:
    """Claim this archive. None when another worker has it."""
    jeton = secrets.token_hex(16)
    libres = Export.objects.filter(_libre(instant), pk=pk)
    if not libres.update(statut=S.EN_COURS, jeton=jeton, battement=instant, faits=0, modifie_le=instant):
        return None
    return Export.objects.select_related("entreprise").filter(pk=pk, jeton=jeton).first()


def produire(export: Export, instant: datetime) -> None:
    """Make the archive of a claimed row, whole or not at all."""
    brouillon = dossier() / f"{export.pk}-{export.jeton}.partiel"
    try:
        _produire(export, brouillon, instant)
    except Repris:
        journal.warning("export %s: taken over or withdrawn", export.pk)
    except OperationalError:
        journal.warning("export %s: the database is busy, the next tick begins again", export.pk, exc_info=True)
    except Exception:
        journal.exception("export %s stopped", export.pk)
        phrase = _("Une erreur inattendue a arrêté l’export. Rien n’est perdu : recommencez.")
        _tenu(export).update(statut=S.ECHEC, erreur=phrase, modifie_le=timezone.now())
    finally:
        brouillon.unlink(missing_ok=True)


def _produire(export: Export, brouillon: Path, instant: datetime) -> None:
    _tenu(export).update(total=compter(export.entreprise))

    def suivre(faits: int) -> None:
        if not _tenu(export).update(faits=faits, battement=timezone.now()):
            raise Repris

    ecrire_archive(brouillon, export.entreprise, export.entreprise.date_locale(instant), suivre)
    with brouillon.open("rb") as contenu:
        empreinte = hashlib.file_digest(contenu, "sha256").hexdigest()
    export.fichier = f"{export.pk}-{empreinte[:16]}.zip"
    brouillon.chmod(0o600)
    taille = brouillon.stat().st_size
    brouillon.replace(chemin_de(export))
    fini = timezone.now()
    valeurs = {"fichier": export.fichier, "sha256": empreinte, "taille": taille}
    etat = {"statut": S.PRET, "termine_le": fini, "expire_le": fini + GARDE, "erreur": "", "modifie_le": fini}
    if not _tenu(export).update(**valeurs, **etat):
        chemin_de(export).unlink(missing_ok=True)
        raise Repris


def expirer(instant: datetime) -> int:
    """Remove the archives that were kept long enough, and drafts that nobody is writing. How many archives."""
    finis = list(Export.objects.filter(statut=S.PRET, expire_le__lte=instant))
    for export in finis:
        retirer(export)
    tenus = set(Export.objects.filter(statut=S.EN_COURS).values_list("jeton", flat=True))
    for brouillon in dossier().glob("*.partiel"):
        if brouillon.stem.partition("-")[2] not in tenus:
            brouillon.unlink(missing_ok=True)
    return len(finis)


def retirer(export: Export) -> None:
    """Its file first: a row that is left says what it was, a file that is left would be forgotten."""
    if export.fichier:
        chemin_de(export).unlink(missing_ok=True)
    Export.objects.filter(pk=export.pk).update(statut=S.EXPIRE, fichier="")


def _tenu(export: Export) -> QuerySet[Export]:
    return Export.objects.filter(pk=export.pk, statut=S.EN_COURS, jeton=export.jeton)


def _libre(instant: datetime) -> Q:
    sans_signe = Q(battement=None) | Q(battement__lt=instant - SANS_SIGNE)
    return Q(statut=S.EN_ATTENTE) | (Q(statut=S.EN_COURS) & sans_signe)
