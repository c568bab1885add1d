"""Pages that belong to no room: errors, health, language."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from entreprises.champs import sans_accents
from entreprises.termes import TERMES


def langue(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Django's view that sets the language, open to everyone."""
    return login_not_required(vue)


@login_not_required
def sante(request: HttpRequest) -> HttpResponse:
    """Is the app alive, and does its database answer?"""
    with connection.cursor() as curseur:
        curseur.execute("SELECT 1")
    return JsonResponse({"etat": "ok"})


def fermee(request: HttpRequest) -> HttpResponse:
    """A page of a library that we do not offer."""
    raise Http404


def aide(request: HttpRequest) -> HttpResponse:
    """The words of the trade, in alphabetical order."""
    termes = sorted(TERMES.items(), key=lambda paire: sans_accents(str(paire[1][0])))
    return render(request, "aide.html", {"termes": termes})


@login_not_required
def introuvable(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "404.html", status=404)


@login_not_required
def refuse(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "403.html", status=403)


@login_not_required
def csrf_refuse(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


@login_not_required
def erreur(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
