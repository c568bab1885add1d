"""Importing through the browser: send the file, confirm how it is read, follow it, see what was refused."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entreprises.acces import RequeteEntreprise, membre
from entreprises.documents import lire
from importations.analyse import Lecture, analyser, rouvrir
from importations.apercu import apercevoir, echantillons, libelle, lignes_refusees
from importations.bilan import Bilan
from importations.confirmation import (
    PAS_DE_SUITE,
    abandonner_import,
    confirmer_import,
    corriger_lecture,
    recevoir,
    sonner,
)
from importations.forms import FichierForm, LectureForm
from importations.importation import essayer
from importations.models import Importation
from importations.refus import FichierRefuse
from importations.reprise import relancer

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])
Statut = Importation.Statut
LIGNES_D_ESSAI = 5_000
REFUS_MONTRES = 200


def _trouver(request: RequeteEntreprise, pk: int) -> Importation:
    return get_object_or_404(
        Importation.objects.filter(entreprise=request.entreprise).select_related("document", "par"), pk=pk
    )


def _vers(request: RequeteEntreprise, page: str, pk: int) -> HttpResponse:
    return redirect(f"importations:{page}", slug=request.entreprise.slug, pk=pk)


def _est_fragment(request: RequeteEntreprise) -> bool:
    """Asked by htmx, for a part of the page."""
    return "HX-Request" in request.headers


@require_safe
@membre
def liste(request: RequeteEntreprise) -> HttpResponse:
    importations = Importation.objects.filter(entreprise=request.entreprise).select_related("par")
    page = Paginator(importations, 30).get_page(request.GET.get("page"))
    return render(request, "importations/liste.html", {"page": page})


@lit_et_ecrit
@membre(modifie=True)
def nouvelle(request: RequeteEntreprise) -> HttpResponse:
    form = FichierForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        fichier: UploadedFile = form.cleaned_data["fichier"]
        try:
            importation = recevoir(request.entreprise, fichier.read(), fichier.name or "", auteur=request.user)
            return _vers(request, "confirmer", importation.pk)
        except FichierRefuse as refus:
            form.add_error("fichier", str(refus))
    return render(request, "importations/nouvelle.html", {"form": form})


@lit_et_ecrit
@membre(modifie=True)
def confirmer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    importation = _trouver(request, pk)
    if importation.statut != Statut.A_CONFIRMER:
        return _vers(request, "etat", pk)
    contenu = lire(importation.document)
    lecture = Lecture.depuis_dict(importation.lecture)
    source = rouvrir(contenu, lecture)
    form = LectureForm(request.POST or None, lecture=lecture, feuilles=source.feuilles)
    if request.method == "POST" and form.is_valid():
        try:
            _source, choisie = analyser(contenu, form.choix())
            corriger_lecture(importation, choisie)
            if request.POST.get("action") == "importer" and choisie.entetes == lecture.entetes:
                confirmer_import(importation, choisie)
                sonner(pk)
            return _vers(request, "confirmer", pk)
        except FichierRefuse as refus:
            form.add_error(None, str(refus))
            lecture = Lecture.depuis_dict(importation.lecture)
    return render(request, "importations/confirmer.html", _page_de_confirmation(request, importation, form, lecture))


def _page_de_confirmation(
    request: RequeteEntreprise, importation: Importation, form: LectureForm, lecture: Lecture
) -> dict[str, Any]:
    source = rouvrir(lire(importation.document), lecture)
    manque = ""
    try:
        lecture.verifier()
    except FichierRefuse as refus:
        manque = str(refus)
    liees = form.colonnes_liees()
    deja = Importation.objects.filter(entreprise=request.entreprise).filter(
        document=importation.document, statut=Statut.TERMINEE
    )
    return {
        "importation": importation,
        "form": form,
        "lecture": lecture,
        "colonnes": zip(liees, echantillons(source, form.lecture), strict=True),
        "lignes": apercevoir(source, lecture, request.aujourd_hui),
        "manque": manque,
        "deja": deja.first(),
    }


@require_safe
@membre(modifie=True)
def essai(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """What the import would do, without doing it. A fragment for htmx, a page otherwise."""
    importation = _trouver(request, pk)
    if importation.statut != Statut.A_CONFIRMER:
        raise Http404
    lecture = Lecture.depuis_dict(importation.lecture)
    contexte: dict[str, Any] = {"importation": importation, "limite": LIGNES_D_ESSAI}
    try:
        bilan = essayer(request.entreprise, lire(importation.document), lecture, request.aujourd_hui, LIGNES_D_ESSAI)
        contexte |= _bilan_montre(bilan) | {"est_partiel": bilan.lues < lecture.nombre}
    except FichierRefuse as refus:
        contexte["erreur"] = str(refus)
    return render(
        request, "importations/_essai.html" if _est_fragment(request) else "importations/essai.html", contexte
    )


@require_safe
@membre
def etat(request: RequeteEntreprise, pk: int) -> HttpResponse:
    importation = _trouver(request, pk)
    if importation.statut == Statut.A_CONFIRMER:
        if request.adhesion.peut_modifier:
            return _vers(request, "confirmer", pk)
        return redirect("importations:liste", slug=request.entreprise.slug)
    contexte = {
        "importation": importation,
        "nombre": Lecture.depuis_dict(importation.lecture).nombre,
        "en_marche": importation.statut in {Statut.EN_ATTENTE, Statut.EN_COURS},
        **_bilan_montre(Bilan.depuis_dict(importation.bilan)),
    }
    return render(request, "importations/_etat.html" if _est_fragment(request) else "importations/etat.html", contexte)


def _bilan_montre(bilan: Bilan) -> dict[str, Any]:
    montres = bilan.refusees[:REFUS_MONTRES]
    return {
        "bilan": bilan,
        "refus": [{"ligne": r.ligne, "champ": libelle(r.champ), "raison": r.raison} for r in montres],
        "soldes": [(devise, bilan.totaux[devise], bilan.soldes[devise]) for devise in sorted(bilan.totaux)],
    }


@require_POST
@membre(modifie=True)
def reprendre(request: RequeteEntreprise, pk: int) -> HttpResponse:
    if relancer(_trouver(request, pk), timezone.now()):
        sonner(pk)
    return _vers(request, "etat", pk)


@require_POST
@membre(modifie=True)
def abandonner(request: RequeteEntreprise, pk: int) -> HttpResponse:
    importation = _trouver(request, pk)
    if abandonner_import(importation):
        messages.success(request, _("L’import de « %(nom)s » est abandonné.") % {"nom": importation.nom_fichier})
    else:
        messages.error(request, PAS_DE_SUITE)
    return redirect("importations:liste", slug=request.entreprise.slug)


@require_safe
@membre
def refus_csv(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """The refused rows, with their reasons, to be corrected and sent again."""
    importation = _trouver(request, pk)
    refus = {r.ligne: r for r in Bilan.depuis_dict(importation.bilan).refusees}
    if not refus:
        raise Http404
    lecture = Lecture.depuis_dict(importation.lecture)
    lignes = lignes_refusees(rouvrir(lire(importation.document), lecture), lecture, refus)
    nom = _("refus-%(nom)s.csv") % {"nom": importation.nom_fichier.rpartition(".")[0] or importation.nom_fichier}
    reponse = HttpResponse("".join(lignes), content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=nom)
    return reponse
