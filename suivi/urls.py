"""What was said. The client's and the invoice's own pages are here too, in their rooms' namespaces."""

from django.urls import path

from suivi import fiches, views

app_name = "suivi"

urlpatterns = [
    path("clients/<int:pk>/promesse/", views.promesse_nouvelle, name="promesse_nouvelle"),
    path("clients/<int:pk>/pause/", views.pause_nouvelle, name="pause_nouvelle"),
    path("clients/<int:pk>/repondu/", views.repondu, name="repondu"),
    path("promesses/<int:pk>/annuler/", views.promesse_annuler, name="promesse_annuler"),
    path("factures/<int:pk>/litige/", views.litige_ouvrir, name="litige_ouvrir"),
    path("litiges/<int:pk>/clore/", views.litige_clore, name="litige_clore"),
    path("pauses/", views.pauses, name="pauses"),
    path("pauses/<int:pk>/lever/", views.pause_lever, name="pause_lever"),
]
pages_clients = [
    path("clients/<int:pk>/", fiches.client, name="detail"),
    path("clients/<int:pk>/modifier/", views.client_modifier, name="modifier"),
    path("clients/<int:pk>/chronologie/", fiches.chronologie_client, name="chronologie"),
]
pages_factures = [path("factures/<int:pk>/", fiches.facture, name="detail")]
