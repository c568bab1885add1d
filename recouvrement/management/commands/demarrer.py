"""`manage.py demarrer`: the whole app in one process, on this machine alone. What `make run` ends with."""

import fcntl
import logging
import os
import signal
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application

from entreprises.models import Entreprise
from recouvrement import celery_app, demonstration, embarque


def interrompre(*_: Any) -> NoReturn:
    raise KeyboardInterrupt


class Command(BaseCommand):
    help = "Démarre Recouvrement en un seul processus, sur 127.0.0.1, sans aucun service extérieur."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sans-demonstration", action="store_true", help="ne charge pas l’entreprise d’exemple")

    def handle(self, *args: Any, **options: Any) -> None:
        # SIGTERM stops like Ctrl-C. SIGINT too, even when a shell started us in the background, where it is ignored.
        signal.signal(signal.SIGTERM, interrompre)
        signal.signal(signal.SIGINT, interrompre)
        os.umask(0o077)  # the database, the messages and the documents are for this account alone
        logging.getLogger("celery").setLevel(logging.WARNING)
        if not embarque.est_embarque():
            self.refuser(
                "REDIS_URL est défini : lancez séparément le web, le worker et beat (docs/exploitation.md), "
                "ou retirez REDIS_URL."
            )
        try:
            code = self.faire(charger=not options["sans_demonstration"])
        except KeyboardInterrupt:
            code = 130  # interrupted while it was getting ready
        self.stdout.write("Arrêté.")
        self.stdout.flush()
        embarque.quitter(code)

    def refuser(self, phrase: str) -> NoReturn:
        """One sentence with its remedy, and exit code 2."""
        self.stderr.write(f"Recouvrement : {phrase}")
        sys.exit(2)

    def faire(self, *, charger: bool) -> int:
        with self.seul_sur_les_donnees():
            prise = self.ouvrir(settings.PORT)
            if settings.PORT == 0:
                settings.ADRESSE_PUBLIQUE = embarque.adresse(prise).rstrip("/")
            celery_app.loader.import_default_modules()  # a task that can't be imported must stop us here, not later
            call_command("migrate", interactive=False, verbosity=0)
            if charger:
                self.charger_demonstration()
            application = get_wsgi_application()
            return embarque.lancer(celery_app, application, prise, lambda: self.annoncer(prise))

    def seul_sur_les_donnees(self) -> Any:
        """A lock on the data folder, freed by the system whatever happens to us."""
        verrou = (Path(settings.DONNEES) / "verrou").open("w")
        try:
            fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            verrou.close()
            self.refuser(
                f"Recouvrement tourne déjà sur le dossier {settings.DONNEES}. Arrêtez-le, ou choisissez un autre "
                "dossier avec DONNEES."
            )
        return verrou

    def ouvrir(self, port: int) -> socket.socket:
        try:
            return embarque.ouvrir_prise(port)
        except OSError as erreur:
            raison = "est réservé à root" if isinstance(erreur, PermissionError) else "est déjà pris"
        return self.refuser(f"Le port {port} {raison}. Choisissez-en un autre, par exemple : make run PORT={port + 1}")

    def charger_demonstration(self) -> None:
        if "charger_demonstration" not in get_commands() or Entreprise.objects.filter(est_demonstration=True).exists():
            return
        self.stdout.write("Chargement de l’entreprise de démonstration…")
        self.stdout.flush()
        call_command("charger_demonstration", stdout=self.stdout)

    def annoncer(self, prise: socket.socket) -> None:
        acces = demonstration.ouvrir_acces()
        lignes = ["", f"Recouvrement est prêt : {embarque.adresse(prise)}"]
        if acces:
            lignes += ["Entreprise de démonstration", f"  courriel      {acces.courriel}"]
            lignes.append(f"  mot de passe  {acces.mot_de_passe or '(celui que vous avez choisi)'}")
        if not settings.EMAIL_URL:
            lignes.append("Aucun courriel ne quitte cette machine : ils arrivent dans la boîte d’envoi.")
        lignes += ["Ctrl-C pour arrêter.", ""]
        self.stdout.write("\n".join(lignes))
        self.stdout.flush()
