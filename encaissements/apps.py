from django.apps import AppConfig


class EncaissementsConfig(AppConfig):
    name = "encaissements"
