"""Importing through the browser: send the file, confirm how it is read, follow it, see what was refused."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entreprises.acces import RequeteEntreprise, membre
from entreprises.documents import lire
from importations.acces import est_fragment, trouver, vers
from importations.analyse import Lecture, analyser, rouvrir
from importations.apercu import apercevoir, echantillons, libelle, lignes_refusees
from importations.bilan import Bilan
from importations.confirmation import (
    PAS_DE_SUITE,
    abandonner_import,
    comparer_import,
    confirmer_import,
    corriger_lecture,
    devine_du_fichier,
    recevoir,
    sonner,
)
from importations.ecran_propositions import resume, sections
from importations.forms import FichierForm, LectureForm
from importations.genres import REGLEMENTS, contredit
from importations.importation import essayer
from importations.models import Importation
from importations.propositions import Compte
from importations.refus import FichierRefuse, Refus
from importations.reprise import relancer

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])
Statut = Importation.Statut
LIGNES_D_ESSAI = 5_000
REFUS_MONTRES = 200
PHRASES = {
    Importation.Genre.FACTURES: gettext_lazy("Pour commencer, ou pour ajouter : une ligne par pièce, réglée ou non."),
    Importation.Genre.BALANCE: gettext_lazy("Chaque semaine : ce qui reste dû selon votre logiciel comptable."),
    Importation.Genre.CLIENTS: gettext_lazy("Identité, adresses et contacts de ceux à qui vous vendez."),
}


@require_safe
@membre
def liste(request: RequeteEntreprise) -> HttpResponse:
    importations = (
        Importation.objects.filter(entreprise=request.entreprise).select_related("par").defer("propositions", "lecture")
    )
    page = Paginator(importations, 30).get_page(request.GET.get("page"))
    return render(request, "importations/liste.html", {"page": page})


@lit_et_ecrit
@membre(modifie=True)
def nouvelle(request: RequeteEntreprise) -> HttpResponse:
    form = FichierForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        fichier: UploadedFile = form.cleaned_data["fichier"]
        try:
            importation = recevoir(
                request.entreprise,
                fichier.read(),
                fichier.name or "",
                auteur=request.user,
                aujourd_hui=request.aujourd_hui,
                genre=form.cleaned_data["genre"],
            )
            return vers(request, "confirmer", importation.pk)
        except FichierRefuse as refus:
            form.add_error("fichier", str(refus))
    return render(request, "importations/nouvelle.html", {"form": form, "cartes": _cartes(request, form)})


def _cartes(request: RequeteEntreprise, form: FichierForm) -> list[dict[str, Any]]:
    """The three kinds, each with a sentence and an example."""
    return [
        {
            "radio": radio.tag(),
            "nom": radio.choice_label,
            "phrase": PHRASES[radio.data["value"]],
            "modele": reverse(f"importations:modele_{radio.data['value']}", kwargs={"slug": request.entreprise.slug}),
        }
        for radio in form["genre"]
    ]


@lit_et_ecrit
@membre(modifie=True)
def confirmer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    importation = trouver(request, pk)
    if importation.statut != Statut.A_CONFIRMER:
        return vers(request, "etat", pk)
    contenu = lire(importation.document)
    lecture = Lecture.depuis_dict(importation.lecture)
    feuilles = rouvrir(contenu, lecture).feuilles
    form = LectureForm(request.POST or None, lecture=lecture, feuilles=feuilles, aujourd_hui=request.aujourd_hui)
    if request.method == "POST" and form.is_valid():
        try:
            _source, choisie = analyser(contenu, form.choix())
            corriger_lecture(importation, choisie)
            if request.POST.get("action") == "importer" and choisie.entetes == lecture.entetes:
                return _continuer(request, importation, choisie)
            return vers(request, "confirmer", pk)
        except FichierRefuse as refus:
            form.add_error(None, str(refus))
            lecture = Lecture.depuis_dict(importation.lecture)
    return render(request, "importations/confirmer.html", _page_de_confirmation(request, importation, form, lecture))


def _continuer(request: RequeteEntreprise, importation: Importation, lecture: Lecture) -> HttpResponse:
    """Invoices leave at once; the two other kinds are compared, and their changes shown. FichierRefuse."""
    if lecture.genre == Importation.Genre.FACTURES:
        if devine_du_fichier(importation, lecture) == REGLEMENTS and "malgre" not in request.POST:
            raise FichierRefuse(_("C’est une liste de règlements : cochez la case si ce sont bien des factures."))
        confirmer_import(importation, lecture)
        sonner(importation.pk)
        return vers(request, "confirmer", importation.pk)
    comparer_import(importation, lecture, request.aujourd_hui)
    return vers(request, "propositions", importation.pk)


def _page_de_confirmation(
    request: RequeteEntreprise, importation: Importation, form: LectureForm, lecture: Lecture
) -> dict[str, Any]:
    source = rouvrir(lire(importation.document), lecture)
    manque, est_de_factures = "", lecture.genre == Importation.Genre.FACTURES
    try:
        lecture.verifier()
    except FichierRefuse as refus:
        manque = str(refus)
    liees = form.colonnes_liees()
    devine = devine_du_fichier(importation, lecture)
    deja = Importation.objects.filter(entreprise=request.entreprise).filter(
        document=importation.document, statut=Statut.TERMINEE
    )
    return {
        "importation": importation,
        "form": form,
        "lecture": lecture,
        "colonnes": zip(liees, echantillons(source, form.lecture), strict=True),
        "lignes": apercevoir(source, lecture, request.aujourd_hui) if est_de_factures else [],
        "est_de_factures": est_de_factures,
        "manque": manque,
        "devine": devine if contredit(lecture.genre, devine, lecture.colonnes) else "",
        "genres": Importation.Genre.choices,
        "deja": deja.first(),
    }


@require_safe
@membre(modifie=True)
def essai(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """What the import would do, without doing it. A fragment for htmx, a page otherwise."""
    importation = trouver(request, pk)
    if importation.statut != Statut.A_CONFIRMER:
        raise Http404
    lecture = Lecture.depuis_dict(importation.lecture)
    contexte: dict[str, Any] = {"importation": importation, "limite": LIGNES_D_ESSAI}
    try:
        bilan = essayer(request.entreprise, lire(importation.document), lecture, request.aujourd_hui, LIGNES_D_ESSAI)
        contexte |= _bilan_montre(bilan) | {"est_partiel": bilan.lues < lecture.nombre}
    except FichierRefuse as refus:
        contexte["erreur"] = str(refus)
    return render(request, "importations/_essai.html" if est_fragment(request) else "importations/essai.html", contexte)


@require_safe
@membre
def etat(request: RequeteEntreprise, pk: int) -> HttpResponse:
    importation = trouver(request, pk)
    if importation.statut == Statut.A_CONFIRMER:
        if request.adhesion.peut_modifier:
            return vers(request, "propositions" if importation.bilan else "confirmer", pk)
        return redirect("importations:liste", slug=request.entreprise.slug)
    est_de_factures = importation.genre == Importation.Genre.FACTURES
    contexte = {
        "importation": importation,
        "nombre": Lecture.depuis_dict(importation.lecture).nombre if est_de_factures else len(importation.propositions),
        "en_marche": importation.statut in {Statut.EN_ATTENTE, Statut.EN_COURS},
        "est_de_factures": est_de_factures,
        **(_bilan_montre(Bilan.depuis_dict(importation.bilan)) if est_de_factures else _rapport(request, importation)),
    }
    return render(request, "importations/_etat.html" if est_fragment(request) else "importations/etat.html", contexte)


def _rapport(request: RequeteEntreprise, importation: Importation) -> dict[str, Any]:
    """What was applied of a balance or of a list of clients."""
    compte = Compte.depuis_dict(importation.bilan)
    sorte = request.GET.get("sorte", "")
    montrees = sections(importation, sorte=sorte, page=request.GET.get("page", "1"), faites_seules=True)
    return {
        "bilan": compte,
        "resume": resume(compte),
        "sections": montrees if importation.statut == Statut.TERMINEE else [],
        "sorte": sorte,
        "page": montrees[0].page if sorte and montrees else None,
        "a_jour_au": date.fromisoformat(compte.a_jour_au) if compte.a_jour_au else None,
        "refus": _refus_montres(compte.refusees, importation.genre),
    }


def _bilan_montre(bilan: Bilan) -> dict[str, Any]:
    return {
        "bilan": bilan,
        "refus": _refus_montres(bilan.refusees),
        "soldes": [(devise, bilan.totaux[devise], bilan.soldes[devise]) for devise in sorted(bilan.totaux)],
    }


def _refus_montres(refusees: Sequence[Refus], genre: str = Importation.Genre.FACTURES) -> list[dict[str, Any]]:
    return [{"ligne": r.ligne, "champ": libelle(r.champ, genre), "raison": r.raison} for r in refusees[:REFUS_MONTRES]]


@require_POST
@membre(modifie=True)
def reprendre(request: RequeteEntreprise, pk: int) -> HttpResponse:
    if relancer(trouver(request, pk), timezone.now()):
        sonner(pk)
    return vers(request, "etat", pk)


@require_POST
@membre(modifie=True)
def abandonner(request: RequeteEntreprise, pk: int) -> HttpResponse:
    importation = trouver(request, pk)
    if abandonner_import(importation):
        messages.success(request, _("L’import de « %(nom)s » est abandonné.") % {"nom": importation.nom_fichier})
    else:
        messages.error(request, PAS_DE_SUITE)
    return redirect("importations:liste", slug=request.entreprise.slug)


@require_safe
@membre
def refus_csv(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """The refused rows, with their reasons, to be corrected and sent again."""
    importation = trouver(request, pk)
    refus = {r.ligne: r for r in Bilan.depuis_dict(importation.bilan).refusees}
    if not refus:
        raise Http404
    lecture = Lecture.depuis_dict(importation.lecture)
    lignes = lignes_refusees(rouvrir(lire(importation.document), lecture), lecture, refus)
    nom = _("refus-%(nom)s.csv") % {"nom": importation.nom_fichier.rpartition(".")[0] or importation.nom_fichier}
    reponse = HttpResponse("".join(lignes), content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=nom)
    return reponse
