"""URLs: a company's pages under `/e/<slug>/`, pages across companies under `/cabinet/`, accounts under `/compte/`."""

from django.urls import include, path
from django.views.i18n import set_language

from recouvrement import vues

par_entreprise = [
    path("", include("relances.urls")),
    path("", include("clients.urls")),
    path("", include("factures.urls")),
    path("", include("encaissements.urls")),
    path("", include("suivi.urls")),
    path("", include("importations.urls")),
    path("", include("entreprises.urls_entreprise")),
]

urlpatterns = [
    path("", include("entreprises.urls")),
    path("compte/", include("allauth.urls")),
    path("langue/", vues.langue(set_language), name="langue"),
    path("sante/", vues.sante, name="sante"),
    path("e/<slug:slug>/", include(par_entreprise)),
]

handler403 = "recouvrement.vues.refuse"
handler404 = "recouvrement.vues.introuvable"
handler500 = "recouvrement.vues.erreur"
