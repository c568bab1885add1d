from django.urls import path

from encaissements import views

app_name = "encaissements"

urlpatterns = [
    path("reglements/", views.liste, name="liste"),
    path("reglements/nouveau/", views.nouveau, name="nouveau"),
    path("reglements/<int:pk>/rejeter/", views.rejeter, name="rejeter"),
]
