"""The Celery application. The database is the queue: a task only picks up rows, a lost message loses nothing."""

import importlib
import os

from celery import Celery
from celery.signals import import_modules

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recouvrement.settings")

app = Celery("recouvrement")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@import_modules.connect(sender=app)
def ecouter_battement(**_: object) -> None:
    """Every process that runs tasks keeps the trace of the last tick."""
    importlib.import_module("recouvrement.battement")
