from django.urls import path

from encaissements import listes, views, views_annulation, views_avoirs, views_factures, views_pointage

app_name = "encaissements"

urlpatterns = [
    path("pointer/", views_pointage.pointer, name="pointer"),
    path("pointer/prelevements/", views_pointage.prelevements, name="prelevements"),
    path("reglements/", listes.liste, name="liste"),
    path("reglements/nouveau/", views.nouveau, name="nouveau"),
    path("reglements/annuler-saisie/", views_annulation.annuler_saisie, name="annuler_saisie"),
    path("reglements/<int:pk>/annuler/", views_annulation.annuler, name="annuler"),
    path("reglements/<int:pk>/imputer/", views.imputer, name="imputer"),
    path("reglements/<int:pk>/rejeter/", views.rejeter, name="rejeter"),
    path("avoirs/", views_avoirs.avoirs, name="avoirs"),
    path("avoirs/nouveau/", views_avoirs.avoir_nouveau, name="avoir_nouveau"),
    path("avoirs/<int:pk>/", views_avoirs.avoir, name="avoir"),
    path("avoirs/<int:pk>/imputer/", views_avoirs.avoir_imputer, name="avoir_imputer"),
    path("avoirs/<int:pk>/annuler/", views_avoirs.avoir_annuler, name="avoir_annuler"),
]
pages_factures = [
    path("factures/nouvelle/", views_factures.nouvelle, name="nouvelle"),
    path("factures/<int:pk>/annuler/", views_factures.annuler, name="annuler"),
]
