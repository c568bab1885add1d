"""The company's own pages, under `/e/<slug>/`."""

from django.urls import path

from entreprises import views

app_name = "entreprise"

urlpatterns = [
    path("", views.accueil_entreprise, name="accueil"),
    path("entreprise/", views.entreprise, name="detail"),
    path("entreprise/modifier/", views.modifier, name="modifier"),
    path("entreprise/moyens/nouveau/", views.moyen_nouveau, name="moyen_nouveau"),
    path("entreprise/moyens/<int:pk>/", views.moyen_modifier, name="moyen_modifier"),
    path("documents/<int:pk>/", views.document, name="document"),
]
