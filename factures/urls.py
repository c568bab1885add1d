"""The pages that read invoices. `pages_clients` are pages of the clients' namespace that show what is owed."""

from django.urls import path

from factures import listes, views

app_name = "factures"

urlpatterns = [
    path("factures/", listes.factures, name="liste"),
    path("factures/nouvelle/", views.nouvelle, name="nouvelle"),
    path("factures/<int:pk>/annuler/", views.annuler, name="annuler"),
]
pages_clients = [path("clients/", listes.clients, name="liste")]
