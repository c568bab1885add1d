"""Where one arrives, the companies one serves, the company, its documents."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from entreprises.acces import RequeteEntreprise, membre
from entreprises.documents import lire
from entreprises.models import Document, Entreprise

AFFICHABLES = {"application/pdf", "image/png", "image/jpeg"}


@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    """Straight to the company's work when there is only one, else to the list of companies."""
    siennes = list(Entreprise.objects.accessibles(request.user).order_by("nom")[:2])  # type: ignore[arg-type]
    if len(siennes) == 1:
        return redirect("relances:a_faire", slug=siennes[0].slug)
    return redirect("entreprises:cabinet")


@require_safe
def cabinet(request: HttpRequest) -> HttpResponse:
    siennes = Entreprise.objects.accessibles(request.user).order_by("nom")  # type: ignore[arg-type]
    return render(request, "entreprises/cabinet.html", {"entreprises": siennes})


@require_safe
@membre
def entreprise(request: RequeteEntreprise) -> HttpResponse:
    return render(request, "entreprises/entreprise.html", {"moyens": request.entreprise.moyens_paiement.all()})


@require_safe
@membre
def document(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """A document of the company, shown when it is a PDF or a picture, else downloaded; never run."""
    piece = get_object_or_404(Document.objects.de(request.entreprise), pk=pk)
    reponse = HttpResponse(lire(piece), content_type=piece.type_mime)
    genre = "inline" if piece.type_mime in AFFICHABLES else "attachment"
    reponse["Content-Disposition"] = content_disposition_header(genre == "attachment", piece.nom or "document")
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return reponse
