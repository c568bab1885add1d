"""The ladders: read by every member, changed by the owner alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.models import Client
from entreprises.acces import RequeteEntreprise, membre
from entreprises.forms import reporter
from entreprises.modeles import Perimee
from entreprises.models import Adhesion
from relances import edition
from relances.affectation import affecter_genre
from relances.echelons import actes_a_refaire
from relances.ecrans.echelles import actuelles_par_genre, lire_echelle, lire_echelles
from relances.formulaires_echelles import FormulaireCopie, FormulaireEchelle, FormulaireGenres
from relances.models import Scenario
from relances.views.gestes import entier

LECTURE_ET_ENVOI = ["GET", "HEAD", "POST"]


def gerant(vue: Callable[..., HttpResponse]) -> Any:
    """The owner's alone: 404 for a stranger, 403 for any other member."""

    @wraps(vue)
    def interieure(request: RequeteEntreprise, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.adhesion.role != Adhesion.Role.GERANT:
            raise PermissionDenied
        return vue(request, *args, **kwargs)

    return membre(interieure, modifie=True)


def echelle_de(request: RequeteEntreprise, pk: int) -> Scenario:
    """The ladder, or 404 when it is not this company's (R13)."""
    scenarios = Scenario.objects.de(request.entreprise).select_related("entreprise", "modifie_par")
    return get_object_or_404(scenarios, pk=pk)


def vers_l_echelle(request: RequeteEntreprise, scenario: Scenario) -> HttpResponse:
    return redirect("relances:echelle", slug=request.entreprise.slug, pk=scenario.pk)


def est_gerant(request: RequeteEntreprise) -> bool:
    return bool(request.adhesion.role == Adhesion.Role.GERANT)


def _formulaire_des_genres(request: RequeteEntreprise, donnees: Any = None) -> FormulaireGenres:
    actuelles = actuelles_par_genre(request.entreprise)
    return FormulaireGenres(
        donnees, entreprise=request.entreprise, genres=dict(Client.Genre.choices), actuelles=actuelles
    )


@require_safe
@membre
def echelles(request: RequeteEntreprise) -> HttpResponse:
    avec_retirees = request.GET.get("retirees") == "1"
    contexte = {
        "fiches": lire_echelles(request.entreprise, avec_retirees=avec_retirees),
        "avec_retirees": avec_retirees,
        "est_gerant": est_gerant(request),
        "form": _formulaire_des_genres(request),
    }
    return render(request, "relances/echelles/liste.html", contexte)


@require_POST
@gerant
def echelles_par_genre(request: RequeteEntreprise) -> HttpResponse:
    """Which ladder each kind of client climbs."""
    form = _formulaire_des_genres(request, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choisissez une échelle pour chaque type de client."))
        return redirect("relances:echelles", slug=request.entreprise.slug)
    changes = 0
    for genre, scenario in form.cleaned_data.items():
        try:
            changes += affecter_genre(request.entreprise, genre, scenario, aujourd_hui=request.aujourd_hui)
        except ValidationError as erreur:
            messages.error(request, " ".join(erreur.messages))
    messages.success(
        request, _("Échelles enregistrées. Elles valent dès la prochaine nuit.") if changes else _("Rien n’a changé.")
    )
    return redirect("relances:echelles", slug=request.entreprise.slug)


@require_safe
@membre
def echelle(request: RequeteEntreprise, pk: int) -> HttpResponse:
    fiche = lire_echelle(echelle_de(request, pk))
    contexte = {"fiche": fiche, "est_gerant": est_gerant(request) and fiche.scenario.retire_le is None}
    return render(request, "relances/echelles/echelle.html", contexte)


@require_safe
@membre
def echelle_imprimer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """The ladder on one page, for the wall."""
    fiche = lire_echelle(echelle_de(request, pk))
    return render(request, "relances/echelles/imprimer.html", {"fiche": fiche})


@require_http_methods(LECTURE_ET_ENVOI)
@gerant
def echelle_modifier(request: RequeteEntreprise, pk: int) -> HttpResponse:
    scenario = echelle_de(request, pk)
    form = FormulaireEchelle(
        request.POST or None, instance=scenario, auteur=request.user, aujourd_hui=request.aujourd_hui
    )
    if request.method == "POST" and form.is_valid() and form.enregistrer():
        messages.success(request, _("Échelle enregistrée."))
        return vers_l_echelle(request, scenario)
    return render(request, "relances/echelles/modifier.html", {"form": form, "scenario": echelle_de(request, pk)})


@require_http_methods(LECTURE_ET_ENVOI)
@gerant
def echelle_dupliquer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    scenario = echelle_de(request, pk)
    form = FormulaireCopie(
        request.POST or None, scenario=scenario, initial={"nom": _("%(nom)s, copie") % {"nom": scenario.nom[:80]}}
    )
    if request.method == "POST" and form.is_valid():
        try:
            copie = edition.dupliquer(scenario, form.cleaned_data["nom"], auteur=request.user)
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            messages.success(request, _("Copie créée. Personne ne la suit encore : changez-la, puis choisissez qui."))
            return vers_l_echelle(request, copie)
    return render(request, "relances/echelles/dupliquer.html", {"form": form, "scenario": scenario})


@require_http_methods(LECTURE_ET_ENVOI)
@gerant
def echelle_retirer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    fiche = lire_echelle(echelle_de(request, pk))
    if request.method == "POST":
        try:
            edition.retirer_echelle(fiche.scenario, auteur=request.user, aujourd_hui=request.aujourd_hui)
        except ValidationError as erreur:
            messages.error(request, " ".join(erreur.messages))
            return vers_l_echelle(request, fiche.scenario)
        messages.success(request, _("Échelle retirée. Ce qu’elle a fait reste dans l’historique."))
        return redirect("relances:echelles", slug=request.entreprise.slug)
    return render(request, "relances/echelles/retirer.html", {"fiche": fiche})


@require_http_methods(LECTURE_ET_ENVOI)
@gerant
def echelle_retablir(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """What changes is shown first."""
    scenario = echelle_de(request, pk)
    try:
        prevu = edition.prevoir_retablissement(scenario)
        if request.method == "POST":
            version, signe = entier(request.POST, "version"), {"auteur": request.user}
            edition.retablir(scenario, version, **signe, aujourd_hui=request.aujourd_hui)
            messages.success(request, _("L’échelle a retrouvé sa forme d’origine."))
            return vers_l_echelle(request, scenario)
    except Perimee:
        messages.warning(request, _("L’échelle a changé entre-temps : relisez ce qui serait rétabli."))
        return redirect("relances:echelle_retablir", slug=request.entreprise.slug, pk=pk)
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
        return vers_l_echelle(request, scenario)
    touches = [*prevu.retirees, *(etape for etape, _origine in prevu.changees)]
    contexte = {"scenario": scenario, "prevu": prevu, "actes": actes_a_refaire(Q(etape__in=touches))}
    return render(request, "relances/echelles/retablir.html", contexte)
