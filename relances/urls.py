"""What we send next: the queue, its acts, the outbox, the triage of overdue accounts, the settings."""

from django.urls import path

from relances import urls_courriers, urls_echelles
from relances.views import (
    apercus,
    archivage,
    boite,
    courriel,
    decisions,
    file,
    fusion,
    lot,
    prolongation,
    recommencement,
    reglages,
    retards,
    situations,
    terrain,
)

app_name = "relances"

urlpatterns = [
    path("a-faire/", file.a_faire, name="a_faire"),
    path("a-faire/approuver/", lot.approuver_lot, name="approuver_lot"),
    path("a-faire/a-jour/", reglages.a_jour, name="a_jour"),
    path("a-faire/quand-meme/", reglages.outrepasser, name="outrepasser"),
    path("a-faire/reperes/", file.reperes, name="reperes"),
    path("a-faire/nombre/", file.nombre, name="nombre_a_faire"),
    path("a-faire/<int:pk>/", file.acte, name="acte"),
    path("a-faire/<int:pk>/approuver/", decisions.approuver, name="approuver"),
    path("a-faire/<int:pk>/retenir/", decisions.retenir, name="retenir"),
    path("a-faire/<int:pk>/canal/", decisions.canal, name="canal"),
    path("a-faire/<int:pk>/partie/", decisions.partie, name="partie"),
    path("a-faire/<int:pk>/non-partie/", decisions.non_partie, name="non_partie"),
    path("a-faire/<int:pk>/repondu/", decisions.repondu, name="repondu"),
    path("a-faire/<int:pk>/appel/", terrain.conclure_appel, name="conclure_appel"),
    path("a-faire/<int:pk>/poster/", terrain.poster, name="poster"),
    path("a-faire/<int:pk>/suivre/", terrain.suivre, name="suivre"),
    path("a-faire/<int:pk>/lettre/", apercus.lettre, name="lettre"),
    path("a-faire/<int:pk>/courriel/", apercus.apercu_courriel, name="apercu_courriel"),
    path("boite-envoi/", boite.boite_envoi, name="boite_envoi"),
    path("boite-envoi/<int:pk>/", boite.envoi, name="envoi"),
    path("retards/", retards.retards, name="retards"),
    path("factures/<int:pk>/pourquoi/", situations.pourquoi_facture, name="pourquoi_facture"),
    path("factures/<int:pk>/recommencer/", recommencement.recommencer, name="recommencer"),
    path("factures/<int:pk>/prolonger/", prolongation.prolonger, name="prolonger"),
    path("clients/<int:pk>/archiver/", archivage.archiver, name="archiver"),
    path("clients/<int:pk>/retablir/", archivage.retablir, name="retablir"),
    path("clients/<int:pk>/reunir/", fusion.choisir, name="reunir"),
    path("clients/<int:pk>/reunir/<int:autre>/", fusion.confirmer, name="reunir_avec"),
    path("fusions/<int:pk>/defaire/", fusion.defaire, name="fusion_defaire"),
    path("clients/<int:pk>/situation/", situations.situation_client, name="situation_client"),
    path("reglages/", reglages.reglages, name="reglages"),
    path("reglages/etat/", reglages.etat, name="reglages_etat"),
    path("courriel/", courriel.courriel, name="courriel"),
    path("courriel/essai/", courriel.essayer, name="courriel_essai"),
    path("courriel/retirer/", courriel.retirer, name="courriel_retirer"),
    *urls_courriers.urlpatterns,
    *urls_echelles.urlpatterns,
]
