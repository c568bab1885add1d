"""« À faire »: the morning queue, one act beside it, and what every page says of it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from entreprises.acces import RequeteEntreprise, membre
from relances import fraicheur
from relances.ecrans.file import lire_file
from relances.views.gestes import acte_de
from relances.views.page import page_de_l_acte, page_de_la_file


@require_safe
@membre
def a_faire(request: RequeteEntreprise) -> HttpResponse:
    return page_de_la_file(request)


@require_safe
@membre
def acte(request: RequeteEntreprise, pk: int) -> HttpResponse:
    return page_de_l_acte(request, acte_de(request, pk))


@require_safe
@membre
def reperes(request: RequeteEntreprise) -> HttpResponse:
    """For the frame of every page, by htmx: how much waits, and up to when payments are known."""
    contexte = {
        "total": lire_file(request.entreprise, request.aujourd_hui, timezone.now()).total,
        "etat": fraicheur.etat(request.entreprise, request.aujourd_hui),
        "places": ("compte-haut", "compte-bas"),
    }
    reponse = render(request, "relances/_reperes.html", contexte)
    reponse["Cache-Control"] = "no-store"
    return reponse


@require_safe
@membre
def nombre(request: RequeteEntreprise) -> HttpResponse:
    """For the list of companies, by htmx: how much waits in this one."""
    total = lire_file(request.entreprise, request.aujourd_hui, timezone.now()).total
    reponse = render(request, "relances/_nombre.html", {"total": total, "entreprise": request.entreprise})
    reponse["Cache-Control"] = "no-store"
    return reponse
