"""What the journeys share: the commands as a shell runs them, the folder of messages, the day it is."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import ManagementUtility

from tests.parcours.sortie import Sortie

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def commande(capsys):
    """`manage.py …` as the shell runs it, in this process: exit code, stdout, stderr."""

    def lancer(*arguments: object) -> Sortie:
        capsys.readouterr()
        code = 0
        try:
            ManagementUtility(["manage.py", *map(str, arguments)]).execute()
        except SystemExit as fin:
            code = int(fin.code or 0)
        lu = capsys.readouterr()
        return Sortie(code, lu.out, lu.err)

    return lancer


@pytest.fixture
def boite(settings) -> Path:
    """Where messages are written when there is no mail server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    return Path(settings.EMAIL_FILE_PATH)


@pytest.fixture
def matin() -> Iterator[Any]:
    """`matin(jour)`: it is ten o'clock in Paris on that day."""
    en_cours: list[Any] = []

    def aller(jour: date) -> None:
        if en_cours:
            en_cours.pop().stop()
        voyage = time_machine.travel(datetime(jour.year, jour.month, jour.day, 10, tzinfo=PARIS), tick=True)
        voyage.start()
        en_cours.append(voyage)

    yield aller
    if en_cours:
        en_cours.pop().stop()
