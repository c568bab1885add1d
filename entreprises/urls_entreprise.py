"""The company's own pages, under `/e/<slug>/`."""

from django.urls import path

from entreprises import views, views_invitations, views_membres, views_reglages

app_name = "entreprise"

urlpatterns = [
    path("", views.accueil_entreprise, name="accueil"),
    path("entreprise/", views_reglages.detail, name="detail"),
    path("entreprise/modifier/", views.modifier, name="modifier"),
    path("entreprise/moyens/nouveau/", views.moyen_nouveau, name="moyen_nouveau"),
    path("entreprise/moyens/<int:pk>/", views.moyen_modifier, name="moyen_modifier"),
    path("entreprise/logo/", views_reglages.logo, name="logo"),
    path("entreprise/conditions-generales/", views_reglages.conditions_generales, name="conditions_generales"),
    path("entreprise/calendrier/", views_reglages.calendrier, name="calendrier"),
    path("documents/<int:pk>/", views.document, name="document"),
    path("membres/", views_membres.membres, name="membres"),
    path("membres/inviter/", views_invitations.inviter, name="inviter"),
    path("membres/invitations/<int:pk>/renvoyer/", views_invitations.renvoyer, name="invitation_renvoyer"),
    path("membres/invitations/<int:pk>/retirer/", views_invitations.retirer_invitation, name="invitation_retirer"),
    path("membres/preferences/", views_membres.preferences, name="preferences"),
    path("membres/quitter/", views_membres.quitter, name="quitter"),
    path("membres/<int:pk>/", views_membres.membre_modifier, name="membre_modifier"),
    path("membres/<int:pk>/fermer/", views_membres.membre_fermer, name="membre_fermer"),
    path("membres/<int:pk>/rouvrir/", views_membres.membre_rouvrir, name="membre_rouvrir"),
]
