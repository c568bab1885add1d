"""Embedded mode: web, Celery worker and beat in one process, on kombu's `memory://` transport. No outside service.

It is right because the database is the queue: what a stop loses are messages, and the next tick finds the rows again.
For the same reason the schedule is kept in memory (no shelve file to break): the first tick is sent at start.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

import waitress
from celery import Celery, beat
from django.conf import settings

from recouvrement.battement import TACHE

journal = logging.getLogger(__name__)

GRACE = 8.0  # seconds that a task under way is given when we stop
REPRISE = 2.0  # seconds before a part that fell is started again


class Partie(threading.Thread):
    """A part of the app in its thread, started again when it falls: a worker lost in silence would be worse."""

    def __init__(self, nom: str, fabriquer: Callable[[], Any]) -> None:
        super().__init__(name=nom, daemon=True)
        self.fabriquer = fabriquer
        self.en_marche: Any = None
        self.fin = threading.Event()

    def run(self) -> None:
        while not self.fin.is_set():
            try:
                self.en_marche = self.fabriquer()
                if not self.fin.is_set():
                    self.en_marche.start()
            except Exception:
                journal.exception("%s fell", self.name)
            if not self.fin.wait(REPRISE):
                journal.error("%s stopped by itself, starting it again", self.name)

    def arreter(self) -> None:
        """Ask it to stop; `join` waits for the end."""
        self.fin.set()
        if self.en_marche is not None:
            self.en_marche.stop()


def fabriquer_ouvrier(app: Celery) -> Any:
    """A worker without signal handlers. Two threads, so that a long letter does not hold up the tick."""
    return app.WorkController(
        pool="threads",
        concurrency=2,
        prefetch_multiplier=16,
        hostname="embarque@localhost",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )


def fabriquer_horloge(app: Celery) -> Any:
    return beat.Service(app, max_interval=1, scheduler_cls=beat.Scheduler)


class Embarque:
    """The three parts. `servir` runs the web part in the calling thread until it is interrupted."""

    def __init__(self, app: Celery, application: Any, prise: socket.socket) -> None:
        self.app = app
        self.serveur = waitress.create_server(
            application, sockets=[prise], threads=6, channel_timeout=60, ident="recouvrement"
        )
        self.parties = [
            Partie("worker", lambda: fabriquer_ouvrier(app)),
            Partie("beat", lambda: fabriquer_horloge(app)),
        ]

    def demarrer(self) -> None:
        for partie in self.parties:
            partie.start()
        self.app.send_task(TACHE, expires=290)

    def servir(self) -> None:
        """Until KeyboardInterrupt: waitress ends its loop on it, and waits for the requests under way."""
        self.serveur.run()

    def arreter(self) -> bool:
        """Stop everything; False when a task was still running at the end of the grace (the next tick resumes it)."""
        self.serveur.close()
        arrets = [threading.Thread(target=partie.arreter, daemon=True) for partie in self.parties]
        for arret in arrets:
            arret.start()
        for fil in [*arrets, *self.parties]:
            fil.join(GRACE)
        return not any(fil.is_alive() for fil in self.parties)


def ouvrir_prise(port: int) -> socket.socket:
    """A socket bound to the loopback alone, so that a port in use is known before anything starts. OSError."""
    prise = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        prise.bind(("127.0.0.1", port))
    except OSError:
        prise.close()
        raise
    return prise


def lancer(app: Celery, application: Any, prise: socket.socket, annoncer: Callable[[], None]) -> int:
    """Run until interrupted. The exit code: 0, or 130 when a task had to be left behind."""
    embarque = Embarque(app, application, prise)
    embarque.demarrer()
    annoncer()
    try:
        embarque.servir()
    except KeyboardInterrupt:
        journal.debug("interrupted outside of the server's loop")
    return 0 if embarque.arreter() else 130


def quitter(code: int) -> None:
    """End the process even when a thread of the pool will not: rows are the truth, nothing is lost."""
    logging.shutdown()
    os._exit(code)


def adresse(prise: socket.socket) -> str:
    """Where the browser goes."""
    return f"http://127.0.0.1:{prise.getsockname()[1]}/"


def est_embarque() -> bool:
    return bool(settings.EST_EMBARQUE)
