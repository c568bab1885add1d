"""Getting out: the archive, closing, opening again."""

from django.urls import path

from archivage import views

app_name = "archivage"

urlpatterns = [
    path("export/", views.export, name="export"),
    path("export/<int:pk>/", views.etat, name="etat"),
    path("export/<int:pk>/archive.zip", views.telecharger, name="telecharger"),
    path("cloture/", views.cloture, name="cloture"),
    path("cloture/rouvrir/", views.rouvrir, name="rouvrir"),
]
