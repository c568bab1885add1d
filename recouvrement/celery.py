"""The Celery application. The database is the queue: a task only picks up rows, a lost message loses nothing."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recouvrement.settings")

app = Celery("recouvrement")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
