from django.apps import AppConfig


class ArchivageConfig(AppConfig):
    name = "archivage"
