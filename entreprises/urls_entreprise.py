"""The company's own pages, under `/e/<slug>/`."""

from django.urls import path

from entreprises import views

app_name = "entreprise"

urlpatterns = [
    path("entreprise/", views.entreprise, name="detail"),
    path("documents/<int:pk>/", views.document, name="document"),
]
