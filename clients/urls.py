"""Entering clients and contacts. Their list, their page and its changes come from the rooms that know what they owe."""

from django.urls import path

from clients import views

app_name = "clients"

urlpatterns = [
    path("clients/nouveau/", views.nouveau, name="nouveau"),
    path("clients/<int:pk>/contacts/nouveau/", views.contact_nouveau, name="contact_nouveau"),
    path("clients/<int:pk>/contacts/<int:contact>/", views.contact_modifier, name="contact_modifier"),
    path("clients/<int:pk>/contacts/<int:contact>/archiver/", views.contact_archiver, name="contact_archiver"),
    path("clients/<int:pk>/contacts/<int:contact>/retablir/", views.contact_retablir, name="contact_retablir"),
]
