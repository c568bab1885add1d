from django.apps import AppConfig


class ImportationsConfig(AppConfig):
    name = "importations"
