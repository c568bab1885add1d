"""The letters in batch."""

from django.urls import path

from relances.views import apercus, courriers

urlpatterns = [
    path("courriers/", courriers.courriers, name="courriers"),
    path("courriers/imprimer/", courriers.imprimer, name="courriers_imprimer"),
    path("courriers/numeros/", courriers.numeros, name="courriers_numeros"),
    path("courriers/essai/", courriers.essai, name="lettre_essai"),
    path("a-faire/<int:pk>/imprimer/", apercus.imprimer, name="imprimer"),
]
