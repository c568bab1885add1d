from django.urls import path

from importations import views, views_propositions
from importations.modeles_csv import MODELES

app_name = "importations"

urlpatterns = [
    path("importations/", views.liste, name="liste"),
    path("importations/nouvelle/", views.nouvelle, name="nouvelle"),
    path("importations/<int:pk>/", views.etat, name="etat"),
    path("importations/<int:pk>/confirmer/", views.confirmer, name="confirmer"),
    path("importations/<int:pk>/genre/", views_propositions.genre, name="genre"),
    path("importations/<int:pk>/propositions/", views_propositions.propositions, name="propositions"),
    path("importations/<int:pk>/essai/", views.essai, name="essai"),
    path("importations/<int:pk>/abandonner/", views.abandonner, name="abandonner"),
    path("importations/<int:pk>/reprendre/", views.reprendre, name="reprendre"),
    path("importations/<int:pk>/refus.csv", views.refus_csv, name="refus"),
    *(
        path(f"importations/modele-{genre}.csv", views_propositions.modele, {"genre": genre}, name=f"modele_{genre}")
        for genre in MODELES
    ),
]
