from django.urls import URLPattern

app_name = "encaissements"

urlpatterns: list[URLPattern] = []
