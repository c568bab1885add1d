"""`manage.py diagnostic`: what is missing, or slow. Exits 1 on a real fault."""

import importlib
import secrets
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from recouvrement import battement, celery_app, embarque

RETARD = timedelta(minutes=15)  # three ticks of five minutes
BIEN, ATTENTION, DEFAUT = "bien", "attention", "défaut"


@dataclass(frozen=True)
class Constat:
    """One line: the subject, its state, a sentence."""

    sujet: str
    etat: str
    phrase: str


def examiner_versions() -> Iterator[Constat]:
    python = ".".join(map(str, sys.version_info[:3]))
    mode = "un seul processus" if embarque.est_embarque() else "processus séparés (REDIS_URL)"
    yield Constat("versions", BIEN, f"Python {python}, Django {django.get_version()}, {mode}")


def examiner_dossier() -> Iterator[Constat]:
    essai = Path(settings.DONNEES) / f"essai-{secrets.token_hex(6)}"
    essai.write_bytes(b"x")
    essai.unlink()
    yield Constat("dossier", BIEN, f"{settings.DONNEES} est accessible en écriture")


def examiner_documents() -> Iterator[Constat]:
    nom = default_storage.save(f"essai-{secrets.token_hex(6)}", ContentFile(b"x"))
    default_storage.delete(nom)
    yield Constat("documents", BIEN, "le stockage accepte l’écriture et l’effacement")


def examiner_base() -> Iterator[Constat]:
    connection.ensure_connection()
    yield Constat("base", BIEN, f"{connection.display_name} répond")
    executeur = MigrationExecutor(connection)
    attente = executeur.migration_plan(executeur.loader.graph.leaf_nodes())
    if attente:
        yield Constat("base", DEFAUT, f"{len(attente)} migration(s) à appliquer : manage.py migrate")


def examiner_courtier() -> Iterator[Constat]:
    if embarque.est_embarque():
        yield Constat("courtier", BIEN, "en mémoire, dans le processus de l’application")
        return
    with celery_app.connection_for_write(connect_timeout=5) as lien:
        lien.ensure_connection(max_retries=1, timeout=5)
    yield Constat("courtier", BIEN, "Redis répond")


def examiner_battement(instant: datetime) -> Iterator[Constat]:
    dernier = battement.dernier()
    # In one process, no tick only means that the app is not running.
    grave = ATTENTION if embarque.est_embarque() else DEFAUT
    if dernier is None:
        yield Constat("battement", grave, "aucun encore : l’application, ou le worker et beat, n’ont pas tourné")
    elif instant - dernier > RETARD:
        yield Constat("battement", grave, f"le dernier date du {timezone.localtime(dernier):%d/%m/%Y à %H:%M}")
    else:
        yield Constat("battement", BIEN, f"le dernier date de {timezone.localtime(dernier):%H:%M}")


def examiner_courriel(*, ouvrir: bool) -> Iterator[Constat]:
    if not settings.EMAIL_URL:
        yield Constat("courriel", ATTENTION, "rien ne part : les messages vont dans la boîte d’envoi (EMAIL_URL)")
        return
    serveur = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    if not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL) and settings.EMAIL_HOST not in {"127.0.0.1", "localhost"}:
        yield Constat("courriel", ATTENTION, f"{serveur} sans chiffrement : préférez smtp+tls:// ou smtp+ssl://")
    if not ouvrir:
        yield Constat("courriel", BIEN, f"{serveur} (--courriel essaie de s’y connecter)")
        return
    lien = get_connection()
    lien.open()
    lien.close()
    yield Constat("courriel", BIEN, f"{serveur} accepte la connexion")


def examiner_lettres() -> Iterator[Constat]:
    try:
        ffi = importlib.import_module("weasyprint.text.ffi")
    except (OSError, ImportError) as erreur:
        remede = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        yield Constat("lettres", DEFAUT, f"Pango manque ({erreur.__class__.__name__}) : {remede}")
        return
    if getattr(ffi, "harfbuzz_subset", None) is None:
        phrase = "libharfbuzz-subset0 manque, chaque lettre est bien plus lente : apt-get install libharfbuzz-subset0"
        yield Constat("lettres", ATTENTION, phrase)
    else:
        yield Constat("lettres", BIEN, "Pango et le réducteur de polices sont là")


def examiner_statiques() -> Iterator[Constat]:
    if settings.STATIC_ROOT and not Path(settings.STATIC_ROOT).is_dir():
        yield Constat("statiques", DEFAUT, "non rassemblés : manage.py collectstatic")
    for source in sorted(settings.BASE_DIR.glob("locale/*/LC_MESSAGES/django.po")):
        if not source.with_suffix(".mo").exists():
            langue = source.parent.parent.name
            yield Constat(
                "traductions", ATTENTION, f"« {langue} » n’est pas compilée : pybabel compile -d locale -D django"
            )


class Command(BaseCommand):
    help = "Dit ce qui manque ou ralentit. Code de sortie 1 s’il y a un vrai défaut."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--courriel", action="store_true", help="essaie de se connecter au serveur de courriel")

    def handle(self, *args: Any, **options: Any) -> None:
        examens: dict[str, Callable[[], Iterator[Constat]]] = {
            "versions": examiner_versions,
            "dossier": examiner_dossier,
            "documents": examiner_documents,
            "base": examiner_base,
            "courtier": examiner_courtier,
            "battement": lambda: examiner_battement(timezone.now()),
            "courriel": lambda: examiner_courriel(ouvrir=options["courriel"]),
            "lettres": examiner_lettres,
            "statiques": examiner_statiques,
        }
        constats = [constat for sujet, examen in examens.items() for constat in examiner(sujet, examen)]
        for constat in constats:
            self.stdout.write(f"{constat.sujet:<12} {constat.etat:<10} {constat.phrase}")
        defauts = sum(constat.etat == DEFAUT for constat in constats)
        self.stdout.write("Aucun défaut." if not defauts else f"{defauts} défaut(s).")
        if defauts:
            sys.exit(1)


def examiner(sujet: str, examen: Callable[[], Iterator[Constat]]) -> list[Constat]:
    """What an examination found; whatever it could not survive is a fault, said in a line."""
    try:
        return list(examen())
    except Exception as erreur:
        message = " ".join(str(erreur).split())[:300]
        return [Constat(sujet, DEFAUT, f"{erreur.__class__.__name__} : {message}")]
