"""Project package: settings, URLs, Celery, WSGI. Imports every room; no room imports it."""

from recouvrement.celery import app as celery_app

__all__ = ["celery_app"]
