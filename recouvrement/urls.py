"""URLs: a company's pages under `/e/<slug>/`, pages across companies under `/cabinet/`, accounts under `/compte/`.

A page lives in the lowest room that knows all it shows; its address keeps the name of what it is about. So the pages of
`clients:` and `factures:` come from several rooms, and are put together here.
"""

from django.urls import include, path
from django.views.i18n import set_language

from clients import urls as clients
from encaissements import urls as encaissements
from entreprises.views_invitations import invitation
from factures import urls as factures
from recouvrement import vues
from relances.views.avis import avis
from relances.views.ouverture import ouverture
from suivi import urls as suivi

pages_clients = [*clients.urlpatterns, *factures.pages_clients, *suivi.pages_clients]
pages_factures = [*factures.urlpatterns, *encaissements.pages_factures, *suivi.pages_factures]

par_entreprise = [
    path("", include("relances.urls")),
    path("", include((pages_clients, clients.app_name))),
    path("", include((pages_factures, factures.app_name))),
    path("", include("encaissements.urls")),
    path("", include("suivi.urls")),
    path("", include("importations.urls")),
    path("", include("entreprises.urls_entreprise")),
    path("", include("archivage.urls")),
]

urlpatterns = [
    path("", include("entreprises.urls")),
    path("cabinet/", include("factures.urls_cabinet")),
    path("compte/email/", vues.fermee),  # an address that nobody verified must not be given to an account
    path("compte/", include("allauth.urls")),
    path("langue/", vues.langue(set_language), name="langue"),
    path("aide/", vues.aide, name="aide"),
    path("sante/", vues.sante, name="sante"),
    path("avis/<str:jeton>/", avis, name="avis"),
    path("invitation/<str:jeton>/", invitation, name="invitation"),
    path("entreprises/nouvelle/", ouverture, name="ouvrir_entreprise"),
    path("e/<slug:slug>/", include(par_entreprise)),
]

handler403 = "recouvrement.vues.refuse"
handler404 = "recouvrement.vues.introuvable"
handler500 = "recouvrement.vues.erreur"
