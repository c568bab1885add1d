"""The pages of the ladders: rungs, words, and who climbs which."""

from django.urls import path

from relances.views import affectations, echelles, echelons, textes

urlpatterns = [
    path("echelles/", echelles.echelles, name="echelles"),
    path("echelles/types/", echelles.echelles_par_genre, name="echelles_par_genre"),
    path("echelles/<int:pk>/", echelles.echelle, name="echelle"),
    path("echelles/<int:pk>/imprimer/", echelles.echelle_imprimer, name="echelle_imprimer"),
    path("echelles/<int:pk>/modifier/", echelles.echelle_modifier, name="echelle_modifier"),
    path("echelles/<int:pk>/dupliquer/", echelles.echelle_dupliquer, name="echelle_dupliquer"),
    path("echelles/<int:pk>/retirer/", echelles.echelle_retirer, name="echelle_retirer"),
    path("echelles/<int:pk>/retablir/", echelles.echelle_retablir, name="echelle_retablir"),
    path("echelles/<int:pk>/echelons/nouveau/", echelons.echelon_nouveau, name="echelon_nouveau"),
    path("echelles/echelons/<int:pk>/", echelons.echelon_modifier, name="echelon_modifier"),
    path("echelles/echelons/<int:pk>/retirer/", echelons.echelon_retirer, name="echelon_retirer"),
    path("echelles/echelons/<int:pk>/texte/", textes.texte, name="texte"),
    path("echelles/echelons/<int:pk>/texte/courriel/", textes.texte_courriel, name="texte_courriel"),
    path("echelles/echelons/<int:pk>/texte/lettre/", textes.texte_lettre, name="texte_lettre"),
    path("echelles/echelons/<int:pk>/texte/restaurer/", textes.texte_restaurer, name="texte_restaurer"),
    path("clients/<int:pk>/echelle/", affectations.echelle_du_client, name="echelle_du_client"),
    path("factures/<int:pk>/echelle/", affectations.echelle_de_la_facture, name="echelle_de_la_facture"),
]
