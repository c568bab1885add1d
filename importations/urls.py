from django.urls import URLPattern

app_name = "importations"

urlpatterns: list[URLPattern] = []
