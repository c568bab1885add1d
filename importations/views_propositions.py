"""What a balance or a list of clients would change: ticked, compared again, then applied."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entreprises.acces import RequeteEntreprise, membre
from importations.acces import trouver, vers
from importations.analyse import Lecture
from importations.apercu import en_csv, libelle
from importations.confirmation import PAS_DE_SUITE, appliquer_import, changer_genre, comparer_import, sonner
from importations.ecran_propositions import avertissements, encours, resume, sections
from importations.modeles_csv import MODELES
from importations.models import Importation
from importations.propositions import Compte, Sorte, cocher, cocher_sorte
from importations.refus import FichierRefuse

REFUS_MONTRES = 50
CHANGEE = gettext_lazy("La comparaison a été refaite entre-temps : relisez-la.")


@require_http_methods(["GET", "HEAD", "POST"])
@membre(modifie=True)
def propositions(request: RequeteEntreprise, pk: int) -> HttpResponse:
    importation = trouver(request, pk)
    if importation.statut != Importation.Statut.A_CONFIRMER:
        return vers(request, "etat", pk)
    if not importation.bilan:
        return vers(request, "confirmer", pk)
    if request.method == "POST":
        return _repondre(request, importation)
    return render(request, "importations/propositions.html", _page(request, importation))


def _page(request: RequeteEntreprise, importation: Importation) -> dict[str, Any]:
    compte = Compte.depuis_dict(importation.bilan)
    lecture = Lecture.depuis_dict(importation.lecture)
    toutes = sections(importation)
    sorte = request.GET.get("sorte", "")
    seule = sections(importation, sorte=sorte, page=request.GET.get("page", "1")) if sorte in Sorte else []
    refus = compte.refusees[:REFUS_MONTRES]
    return {
        "importation": importation,
        "compte": compte,
        "au": date.fromisoformat(lecture.au) if lecture.au else None,
        "sections": seule or toutes,
        "sorte": sorte if seule else "",
        "page": seule[0].page if seule else None,
        "montrees": ",".join(str(r.rang) for section in seule or toutes for r in section.rangees),
        "retenues": sum(section.retenues for section in toutes),
        "encours": encours(importation, toutes) if importation.genre == Importation.Genre.BALANCE else [],
        "avertissements": avertissements(compte, lecture),
        "resume": resume(compte),
        "refus": [{"ligne": r.ligne, "champ": libelle(r.champ, importation.genre), "raison": r.raison} for r in refus],
    }


def _repondre(request: RequeteEntreprise, importation: Importation) -> HttpResponse:
    """Keep the ticks of the page, then do what the button says."""
    verbe, _deux_points, quoi = request.POST.get("action", "").partition(":")
    if request.POST.get("version") != str(importation.version) or not cocher(importation, *_coches(request)):
        messages.error(request, CHANGEE)
        return vers(request, "propositions", importation.pk)
    if verbe == "appliquer":
        if not appliquer_import(importation):
            messages.error(request, PAS_DE_SUITE)
        sonner(importation.pk)
        return vers(request, "etat", importation.pk)
    if verbe == "recomparer":
        return recomparer(request, importation)
    if verbe in {"cocher", "decocher"} and quoi in Sorte:
        cocher_sorte(importation, quoi, est_retenue=verbe == "cocher")
    adresse = reverse("importations:propositions", kwargs={"slug": request.entreprise.slug, "pk": importation.pk})
    if verbe == "voir" and quoi.partition("/")[0] in Sorte:
        sorte, _barre, page = quoi.partition("/")
        return redirect(f"{adresse}?sorte={sorte}&page={page if page.isdecimal() else 1}")
    if verbe in {"cocher", "decocher"} and quoi in Sorte and request.GET.get("sorte") == quoi:
        return redirect(f"{adresse}?sorte={quoi}")
    return redirect(adresse)


def _coches(request: RequeteEntreprise) -> tuple[set[int], set[int]]:
    """The ranks shown, and those of them that are ticked."""
    montrees = {int(rang) for rang in request.POST.get("montrees", "").split(",") if _est_rang(rang)}
    cochees = {int(rang) for rang in request.POST.getlist("retenue") if _est_rang(rang)}
    return montrees, montrees & cochees


def _est_rang(texte: str) -> bool:
    return texte.isascii() and texte.isdigit() and len(texte) < 9


def recomparer(request: RequeteEntreprise, importation: Importation) -> HttpResponse:
    """The file against our books as they are now; back to its columns when it will not do."""
    lecture = Lecture.depuis_dict(importation.lecture)
    try:
        if not comparer_import(importation, lecture, request.aujourd_hui):
            messages.error(request, PAS_DE_SUITE)
    except FichierRefuse as refus:
        messages.error(request, str(refus))
        return vers(request, "confirmer", importation.pk)
    return vers(request, "propositions", importation.pk)


@require_POST
@membre(modifie=True)
def genre(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """Take the file for another kind than was chosen."""
    importation = trouver(request, pk)
    choisi = request.POST.get("genre", "")
    if choisi not in Importation.Genre:
        raise Http404
    try:
        if not changer_genre(importation, choisi, request.aujourd_hui):
            messages.error(request, PAS_DE_SUITE)
    except FichierRefuse as refus:
        messages.error(request, str(refus))
    return vers(request, "confirmer", pk)


@require_safe
@membre
def modele(request: RequeteEntreprise, genre: str) -> HttpResponse:
    """An example of this kind of file, to be filled in."""
    texte = "\ufeff" + "".join(en_csv(rangee) for rangee in MODELES[genre])
    reponse = HttpResponse(texte, content_type="text/csv; charset=utf-8")
    nom = _("modele-%(genre)s.csv") % {"genre": genre}
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=nom)
    return reponse
