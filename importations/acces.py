"""The import that a page is about: one of the company's own (R13)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from entreprises.acces import RequeteEntreprise
from importations.models import Importation


def trouver(request: RequeteEntreprise, pk: int) -> Importation:
    """404 for an import of another company."""
    siennes = Importation.objects.filter(entreprise=request.entreprise).select_related("document", "par", "entreprise")
    return get_object_or_404(siennes, pk=pk)


def vers(request: RequeteEntreprise, page: str, pk: int) -> HttpResponse:
    """On to another page of this import."""
    return redirect(f"importations:{page}", slug=request.entreprise.slug, pk=pk)


def est_fragment(request: RequeteEntreprise) -> bool:
    """Asked by htmx, for a part of the page."""
    return "HX-Request" in request.headers
