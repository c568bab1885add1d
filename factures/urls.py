"""The pages about invoices that need nothing higher. `pages_clients` are pages of the clients' namespace that show what
is owed. Entering and cancelling come from `encaissements`."""

from django.urls import path

from factures import listes, views, views_conditions

app_name = "factures"

urlpatterns = [
    path("factures/", listes.factures, name="liste"),
    path("factures/transmettre/", views.transmettre, name="transmettre"),
    path("factures/nouvelle/clients/", views.clients_proposes, name="clients_proposes"),
    path("factures/nouvelle/client/", views.client_de_la_saisie, name="client_saisi"),
    path("factures/<int:pk>/modifier/", views.modifier, name="modifier"),
    path("factures/<int:pk>/joindre/", views.joindre, name="joindre"),
    path("factures/<int:pk>/pdf/", views.pdf, name="pdf"),
    path("conditions/", views_conditions.conditions, name="conditions"),
    path("conditions/nouvelles/", views_conditions.conditions_nouvelles, name="conditions_nouvelles"),
    path("conditions/<int:pk>/", views_conditions.conditions_modifier, name="conditions_modifier"),
    path("conditions/<int:pk>/proposer/", views_conditions.conditions_proposer, name="conditions_proposer"),
    path("conditions/<int:pk>/retirer/", views_conditions.conditions_retirer, name="conditions_retirer"),
]
pages_clients = [path("clients/", listes.clients, name="liste")]
