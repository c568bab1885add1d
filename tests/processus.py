"""The project's own processes, and the servers they stand on, started for a test and ended after it."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit

import psycopg
from django.db import connection

RACINE = Path(__file__).resolve().parent.parent
LIMITE = 90.0  # seconds before we give up: generous, since it only shows on failure
Valeur = TypeVar("Valeur")


def attendre(trouver: Callable[[], Valeur | None], quoi: str) -> Valeur:
    """The first true value of `trouver`. AssertionError, naming `quoi`, when it never comes."""
    limite = time.monotonic() + LIMITE
    while time.monotonic() < limite:
        valeur = trouver()
        if valeur:
            return valeur
        time.sleep(0.1)
    raise AssertionError(f"never came: {quoi}")


@contextmanager
def base_vide(dossier: Path) -> Iterator[str]:
    """An empty database, dropped after: a SQLite file, or one more base of the PostgreSQL that is tested."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{dossier / 'a-part.sqlite3'}"
        return
    serveur = os.environ["DATABASE_URL"]
    nom = f"a_part_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(serveur, autocommit=True) as lien:
        lien.execute(f'CREATE DATABASE "{nom}"')  # type: ignore[arg-type]
        try:
            yield urlsplit(serveur)._replace(path=f"/{nom}").geturl()
        finally:
            lien.execute(f'DROP DATABASE "{nom}" WITH (FORCE)')  # type: ignore[arg-type]


def redis_server() -> str | None:
    return shutil.which("redis-server")


@contextmanager
def redis(dossier: Path) -> Iterator[str]:
    """The address of a Redis that listens on a Unix socket alone and keeps nothing."""
    prise = Path(tempfile.mkdtemp(prefix="redis-")) / "s"  # a socket's path must be short
    commande = [str(redis_server()), "--port", "0", "--unixsocket", str(prise), "--save", "", "--dir", str(dossier)]
    with (dossier / "redis.log").open("wb") as sortie:
        serveur = subprocess.Popen(commande, stdout=sortie, stderr=sortie)
    try:
        attendre(prise.exists, "the Redis socket")
        yield f"unix://{prise}"
    finally:
        serveur.terminate()
        serveur.wait(20)
        shutil.rmtree(prise.parent, ignore_errors=True)


class Processus:
    """A process of ours, and what it printed so far."""

    def __init__(self, commande: list[str], env: dict[str, str], sortie: Path) -> None:
        self.fichier = sortie
        with sortie.open("wb") as flux:
            self.popen = subprocess.Popen(
                commande,
                cwd=RACINE,
                env=env,
                stdout=flux,
                stderr=flux,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # so that its own children can be ended with it
            )

    @property
    def sortie(self) -> str:
        return self.fichier.read_text(encoding="utf-8", errors="replace")

    def dit(self, motif: str) -> re.Match[str]:
        """Wait until it printed something that matches. AssertionError, with its output, when it ended before."""

        def chercher() -> re.Match[str] | None:
            trouve = re.search(motif, self.sortie)
            assert trouve or self.popen.poll() is None, self.sortie
            return trouve

        return attendre(chercher, f"{motif!r} in\n{self.sortie}")

    def arreter(self, par: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; its exit code."""
        self.popen.send_signal(par)
        return self.popen.wait(LIMITE)

    def finir(self) -> int:
        return self.popen.wait(LIMITE)

    def tuer(self) -> None:
        """kill -9, its children included: nobody is told, nothing is put away."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait(LIMITE)


class Lanceur:
    """Starts processes in an environment of their own: data under `dossier`, database at `base`."""

    def __init__(self, dossier: Path, base: str) -> None:
        self.donnees = dossier / "donnees-a-part"
        self.dossier = dossier
        self.env = {**os.environ, "DONNEES": str(self.donnees), "DATABASE_URL": base, "PORT": "0", "REDIS_URL": ""}
        self.lances: list[Processus] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, genre: type[BaseException] | None, valeur: object, trace: TracebackType | None) -> None:
        for lance in self.lances:
            lance.tuer()

    def module(self, *commande: str, **env: str) -> Processus:
        """`python -m …` of this environment."""
        return self.lancer([sys.executable, "-m", *commande], env)

    def manage(self, *commande: str, **env: str) -> Processus:
        return self.lancer([sys.executable, "manage.py", *commande], env)

    def python(self, script: str, **env: str) -> str:
        """What `script`, run with the project's models at hand, printed. AssertionError when it fails."""
        lance = self.manage("shell", "--command", script, **env)
        assert lance.finir() == 0, lance.sortie
        return lance.sortie

    def lancer(self, commande: list[str], env: dict[str, str]) -> Processus:
        sortie = self.dossier / f"sortie-{len(self.lances)}.txt"
        lance = Processus(commande, {**self.env, **env}, sortie)
        self.lances.append(lance)
        return lance


def a_l_heure(instant: datetime) -> dict[str, str]:
    """The environment of processes for which it is now `instant`; their clocks go on from there."""
    avance = instant.timestamp() - time.time()
    return {"PYTHONPATH": str(RACINE / "tests" / "horloge"), "AVANCE_HORLOGE": f"{avance:.0f}"}


def lire_page(adresse: str) -> str:
    with urllib.request.urlopen(adresse, timeout=LIMITE) as reponse:
        return str(reponse.read().decode())
