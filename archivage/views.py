"""Getting out, for the owner alone: the archive of everything, closing the company, opening it again. A company that is
closed still has these pages."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from archivage import tasks
from archivage.cloture import DELAI, cloturer
from archivage.cloture import rouvrir as rouvrir_l_entreprise
from archivage.exportation import chemin_de, demander
from archivage.forms import ClotureForm
from archivage.models import Export
from entreprises.acces import RequeteEntreprise, membre
from entreprises.forms import reporter
from entreprises.models import Adhesion

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])
MONTRES = 10


def exiger_gerant(request: RequeteEntreprise) -> None:
    """PermissionDenied for anyone but the owner: the archive holds everything."""
    if request.adhesion.role != Adhesion.Role.GERANT:
        raise PermissionDenied


@lit_et_ecrit
@membre
def export(request: RequeteEntreprise) -> HttpResponse:
    """GET shows the archives; POST asks for one."""
    exiger_gerant(request)
    if request.method == "POST":
        demande = demander(request.entreprise, request.user)
        tasks.exporter.delay(demande.pk)
        return redirect("archivage:etat", slug=request.entreprise.slug, pk=demande.pk)
    exports = Export.objects.filter(entreprise=request.entreprise).select_related("par")[:MONTRES]
    return render(request, "archivage/export.html", {"exports": exports})


def _trouver(request: RequeteEntreprise, pk: int) -> Export:
    return get_object_or_404(Export.objects.filter(entreprise=request.entreprise), pk=pk)


@require_safe
@membre
def etat(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """Where an archive stands: a fragment for htmx, a page otherwise."""
    exiger_gerant(request)
    est_fragment = "HX-Request" in request.headers
    page = "archivage/_etat.html" if est_fragment else "archivage/etat.html"
    return render(request, page, {"export": _trouver(request, pk)})


@require_safe
@membre
def telecharger(request: RequeteEntreprise, pk: int) -> Any:
    """The archive itself, read from the disk as it is sent."""
    exiger_gerant(request)
    trouve = _trouver(request, pk)
    if trouve.statut != Export.Statut.PRET or trouve.expire_le is None or trouve.expire_le <= timezone.now():
        raise Http404
    try:
        fichier = chemin_de(trouve).open("rb")
    except FileNotFoundError as perdu:
        raise Http404 from perdu
    nom = f"{request.entreprise.slug}-{request.entreprise.date_locale(trouve.cree_le):%Y-%m-%d}.zip"
    reponse = FileResponse(fichier, as_attachment=True, filename=nom, content_type="application/zip")
    reponse["Cache-Control"] = "no-store, private"
    reponse["X-Content-Type-Options"] = "nosniff"
    return reponse


@lit_et_ecrit
@membre
def cloture(request: RequeteEntreprise) -> HttpResponse:
    """What closing means; POST closes, once the name was typed."""
    exiger_gerant(request)
    form = ClotureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        au, instant = request.aujourd_hui, timezone.now()
        try:
            cloturer(request.entreprise, form.cleaned_data["nom"], au=au, instant=instant, auteur=request.user)
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            messages.success(request, _("L’entreprise est clôturée : plus rien ne part."))
            return redirect("archivage:cloture", slug=request.entreprise.slug)
    contexte = {"form": form, "jours": DELAI.days, "effacement": request.aujourd_hui + DELAI}
    return render(request, "archivage/cloture.html", contexte)


@require_POST
@membre
def rouvrir(request: RequeteEntreprise) -> HttpResponse:
    exiger_gerant(request)
    aujourd_hui, instant = request.aujourd_hui, timezone.now()
    if rouvrir_l_entreprise(request.entreprise, au=aujourd_hui, instant=instant, auteur=request.user):
        messages.success(request, _("L’entreprise est rouverte. Ce qui était prêt à partir attend votre accord."))
        return redirect("relances:a_faire", slug=request.entreprise.slug)
    messages.info(request, _("Cette entreprise n’est pas clôturée, ou son effacement a commencé."))
    return redirect("archivage:cloture", slug=request.entreprise.slug)
