"""The trace of the last tick that a worker carried out, in the data folder: `diagnostic` reads it."""

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from celery.signals import task_success
from django.conf import settings

TACHE = "relances.tasks.battement"


def fichier() -> Path:
    return Path(settings.DONNEES) / "dernier-battement"


@task_success.connect
def noter(sender: Any = None, **_: Any) -> None:
    """After each tick. A disk that refuses must not fail the tick."""
    if getattr(sender, "name", "") != TACHE:
        return
    brouillon = fichier().with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        brouillon.write_text(datetime.now(UTC).isoformat(), encoding="ascii")
        brouillon.replace(fichier())


def dernier() -> datetime | None:
    """When the last tick ended, in UTC; None when there was none, or its trace can't be read."""
    try:
        return datetime.fromisoformat(fichier().read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
