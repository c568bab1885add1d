"""Pages across companies, under `/cabinet/`."""

from django.urls import path

from factures import listes

app_name = "cabinet"

urlpatterns = [path("", listes.cabinet, name="liste")]
