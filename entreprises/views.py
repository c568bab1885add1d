"""Where one arrives, the company, its means of payment, its documents."""

import logging

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from entreprises.acces import RequeteEntreprise, membre
from entreprises.comptes import peut_creer_entreprise
from entreprises.documents import lire
from entreprises.forms import EntrepriseForm, MoyenForm
from entreprises.models import Adhesion, Document, Entreprise, MoyenPaiement

journal = logging.getLogger(__name__)
AFFICHABLES = {"application/pdf", "image/png", "image/jpeg"}
lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    """Straight to the company's work when there is only one, else to the list of companies; without any, what to do."""
    siennes = list(Entreprise.objects.accessibles(request.user).order_by("nom")[:2])  # type: ignore[arg-type]
    if not siennes:
        return render(request, "entreprises/aucune.html", {"peut_creer": peut_creer_entreprise(request.user)})
    if len(siennes) == 1:
        return redirect("entreprise:accueil", slug=siennes[0].slug)
    return redirect("cabinet:liste")


@require_safe
@membre
def accueil_entreprise(request: RequeteEntreprise) -> HttpResponse:
    """The morning queue, where there is one."""
    slug = request.entreprise.slug
    try:
        return redirect(reverse("relances:a_faire", kwargs={"slug": slug}))
    except NoReverseMatch:
        return redirect("factures:liste", slug=slug)


def est_gerant(request: RequeteEntreprise) -> bool:
    return request.adhesion.role == Adhesion.Role.GERANT


def exiger_gerant(request: RequeteEntreprise) -> None:
    """Only the owner changes what is printed on letters and where the money goes."""
    if not est_gerant(request):
        raise PermissionDenied


@lit_et_ecrit
@membre(modifie=True)
def modifier(request: RequeteEntreprise) -> HttpResponse:
    exiger_gerant(request)
    fiche = Entreprise.objects.get(pk=request.entreprise.pk)
    form = EntrepriseForm(request.POST or None, instance=fiche)
    if request.method == "POST" and form.is_valid() and form.enregistrer():
        messages.success(request, _("Fiche enregistrée. Elle sert dès le prochain envoi."))
        return redirect("entreprise:detail", slug=request.entreprise.slug)
    return render(request, "entreprises/modifier.html", {"form": form})


@lit_et_ecrit
@membre(modifie=True)
def moyen_nouveau(request: RequeteEntreprise) -> HttpResponse:
    exiger_gerant(request)
    rang = request.entreprise.moyens_paiement.count() + 1
    genre = MoyenPaiement.Genre.INTERAC if request.entreprise.pays == "CA" else MoyenPaiement.Genre.VIREMENT
    propose = MoyenPaiement(
        entreprise=request.entreprise, rang=rang, genre=genre, titulaire=request.entreprise.nom[:70]
    )
    form = MoyenForm(request.POST or None, instance=propose)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Moyen de paiement ajouté."))
        return redirect("entreprise:detail", slug=request.entreprise.slug)
    return render(request, "entreprises/moyen.html", {"form": form, "est_nouveau": True})


@lit_et_ecrit
@membre(modifie=True)
def moyen_modifier(request: RequeteEntreprise, pk: int) -> HttpResponse:
    exiger_gerant(request)
    moyen = get_object_or_404(request.entreprise.moyens_paiement, pk=pk)
    form = MoyenForm(request.POST or None, instance=moyen)
    if request.method == "POST" and form.is_valid() and form.enregistrer():
        messages.success(request, _("Moyen de paiement enregistré."))
        return redirect("entreprise:detail", slug=request.entreprise.slug)
    return render(request, "entreprises/moyen.html", {"form": form})


@require_safe
@membre
def document(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """A document of the company, shown when it is a PDF or a picture, else downloaded; never run."""
    piece = get_object_or_404(Document.objects.filter(entreprise=request.entreprise), pk=pk)
    try:
        contenu = lire(piece)
    except FileNotFoundError as perdu:
        journal.error("document %s: its file is missing", piece.pk)
        raise Http404 from perdu
    reponse = HttpResponse(contenu, content_type=piece.type_mime)
    genre = "inline" if piece.type_mime in AFFICHABLES else "attachment"
    entete = content_disposition_header(genre == "attachment", piece.nom or "document")
    reponse["Content-Disposition"] = entete or genre
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return reponse
