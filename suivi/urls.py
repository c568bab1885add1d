"""What was said. The client's and the invoice's own pages are here too, in their rooms' namespaces."""

from django.urls import path

from suivi import agenda, fiches, views

app_name = "suivi"

urlpatterns = [
    path("clients/<int:pk>/promesse/", views.promesse_nouvelle, name="promesse_nouvelle"),
    path("clients/<int:pk>/pause/", views.pause_nouvelle, name="pause_nouvelle"),
    path("clients/<int:pk>/repondu/", views.repondu, name="repondu"),
    path("promesses/<int:pk>/annuler/", views.promesse_annuler, name="promesse_annuler"),
    path("factures/<int:pk>/litige/", views.litige_ouvrir, name="litige_ouvrir"),
    path("litiges/<int:pk>/clore/", views.litige_clore, name="litige_clore"),
    path("taches/", agenda.taches, name="taches"),
    path("taches/<int:pk>/", agenda.tache_modifier, name="tache_modifier"),
    path("taches/<int:pk>/faite/", agenda.tache_faite, name="tache_faite"),
    path("taches/<int:pk>/annuler/", agenda.tache_annuler, name="tache_annuler"),
    path("taches/<int:pk>/reprendre/", agenda.tache_reprendre, name="tache_reprendre"),
    path("clients/<int:pk>/tache/", agenda.tache_nouvelle, name="tache_nouvelle"),
    path("clients/<int:pk>/note/", agenda.note_nouvelle, name="note_nouvelle"),
    path("pauses/", views.pauses, name="pauses"),
    path("pauses/<int:pk>/lever/", views.pause_lever, name="pause_lever"),
]
pages_clients = [
    path("clients/<int:pk>/", fiches.client, name="detail"),
    path("clients/<int:pk>/modifier/", views.client_modifier, name="modifier"),
    path("clients/<int:pk>/chronologie/", fiches.chronologie_client, name="chronologie"),
]
pages_factures = [path("factures/<int:pk>/", fiches.facture, name="detail")]
