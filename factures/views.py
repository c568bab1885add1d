"""Invoices after their entry: changed, marked as sent, their PDF; and the fragments that help while one types.

Entering and cancelling write what came in too: these pages are in `encaissements`.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from entreprises.acces import RequeteEntreprise, cle_lue, membre
from entreprises.documents import conserver, lire
from entreprises.forms import reporter
from factures import client_saisi
from factures.encours import par_client
from factures.forms import NOUVEAU, FactureForm
from factures.forms_actes import ModifierForm, PDFForm, TransmettreForm
from factures.models import Facture
from factures.modification import joindre_pdf, modifier_facture
from factures.transmission import marquer_transmises

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])
# The browser's own PDF reader refuses a sandboxed page; the file is known to be a PDF by its first bytes, and nothing
# but our own pages may frame it.
CSP_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
EN_LOT = 200


def lire_facture(request: RequeteEntreprise, pk: int) -> Facture:
    factures = Facture.objects.de(request.entreprise).select_related("client", "entreprise", "pdf")
    return get_object_or_404(factures, pk=pk)


def vers_la_facture(request: RequeteEntreprise, facture: Facture) -> HttpResponse:
    return redirect("factures:detail", slug=request.entreprise.slug, pk=facture.pk)


def panneau_du_client(request: RequeteEntreprise, form: FactureForm) -> dict[str, Any]:
    """What is said beside the client's name: what it owes already, or who it may be, or that it will be created."""
    saisi = form.saisi
    encours = par_client(request.entreprise, [saisi.client.pk], request.aujourd_hui) if saisi.client else {}
    choix = form.choix_du_client or ("" if saisi.candidats else NOUVEAU)
    return {
        "form": form,
        "saisi": saisi,
        "precisions": client_saisi.reconnaissable(saisi.client) if saisi.client else "",
        "encours_client": encours.get(saisi.client.pk, []) if saisi.client else [],
        "candidats": [(c, client_saisi.reconnaissable(c), choix == str(c.pk)) for c in saisi.candidats],
        "est_nouveau": choix == NOUVEAU,
    }


@require_safe
@membre(modifie=True)
def clients_proposes(request: RequeteEntreprise) -> HttpResponse:
    """The options of the client's field, for what is typed so far."""
    proposes = client_saisi.proposer(request.entreprise, request.GET.get("client", ""))
    return render(request, "factures/_clients_proposes.html", {"proposes": proposes})


@require_safe
@membre(modifie=True)
def client_de_la_saisie(request: RequeteEntreprise) -> HttpResponse:
    """Who is meant by what is typed: the part of the form under the client's name."""
    form = FactureForm(request.GET, entreprise=request.entreprise)
    form.errors.clear()
    return render(request, "factures/_client_saisi.html", panneau_du_client(request, form))


@lit_et_ecrit
@membre(modifie=True)
def modifier(request: RequeteEntreprise, pk: int) -> HttpResponse:
    facture = lire_facture(request, pk)
    form = ModifierForm(request.POST or None, instance=Facture.objects.get(pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            if modifier_facture(facture, form.enregistrer, aujourd_hui=request.aujourd_hui, auteur=request.user):
                messages.success(request, _("Facture enregistrée."))
                return vers_la_facture(request, facture)
        except ValidationError as erreur:
            reporter(form, erreur)
    return render(request, "factures/modifier.html", {"form": form, "facture": facture})


@lit_et_ecrit
@membre(modifie=True)
def transmettre(request: RequeteEntreprise) -> HttpResponse:
    """Mark one invoice, or several ticked in the list, as sent."""
    cles = {pk for texte in request.GET.getlist("f")[:EN_LOT] if (pk := cle_lue(texte)) is not None}
    factures = list(
        Facture.objects.de(request.entreprise)
        .filter(pk__in=cles, annulee_le=None)
        .select_related("client")
        .order_by("date_emission", "pk")
    )
    form = TransmettreForm(request.POST or None, initial={"transmise_le": request.aujourd_hui})
    if request.method == "POST" and form.is_valid():
        try:
            ecrites = marquer_transmises(
                factures, **form.cleaned_data, aujourd_hui=request.aujourd_hui, auteur=request.user
            )
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            n = len(ecrites)
            phrase = ngettext("%(n)d facture marquée transmise.", "%(n)d factures marquées transmises.", n)
            messages.success(request, phrase % {"n": n})
            if n == 1:
                return vers_la_facture(request, ecrites[0])
            return redirect("factures:liste", slug=request.entreprise.slug)
    return render(request, "factures/transmettre.html", {"form": form, "factures": factures})


@lit_et_ecrit
@membre(modifie=True)
def joindre(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """Join the PDF, or another one in its place."""
    facture = lire_facture(request, pk)
    form = PDFForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        fichier = form.cleaned_data["pdf"]
        document = conserver(request.entreprise, fichier.read(), "application/pdf", fichier.name)
        joindre_pdf(facture, document, auteur=request.user)
        messages.success(request, _("PDF joint : il accompagnera les prochaines relances."))
        return vers_la_facture(request, facture)
    return render(request, "factures/joindre.html", {"form": form, "facture": facture})


@require_safe
@membre
def pdf(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """The invoice's PDF, to be read in the page."""
    facture = lire_facture(request, pk)
    if facture.pdf is None or facture.pdf.type_mime != "application/pdf":
        raise Http404
    try:
        contenu = lire(facture.pdf)
    except FileNotFoundError as perdu:
        raise Http404 from perdu
    reponse = HttpResponse(contenu, content_type="application/pdf")
    reponse["Content-Disposition"] = content_disposition_header(False, facture.pdf.nom or "facture.pdf") or "inline"
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["X-Frame-Options"] = "SAMEORIGIN"
    reponse["Content-Security-Policy"] = CSP_PDF
    return reponse
