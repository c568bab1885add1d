"""The rungs of a ladder: added, changed, retired, by the owner."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entreprises.acces import RequeteEntreprise
from entreprises.modeles import Perimee
from relances.echelons import a_servi, actes_a_refaire, retirer_echelon
from relances.ecrans.echelles import Echelon
from relances.formulaires_echelles import FormulaireEchelon
from relances.models import Etape
from relances.views.echelles import LECTURE_ET_ENVOI, echelle_de, gerant, vers_l_echelle
from relances.views.gestes import entier


def echelon_de(request: RequeteEntreprise, pk: int) -> Etape:
    """The rung, or 404 when it is not this company's (R13)."""
    etapes = Etape.objects.de(request.entreprise).select_related("scenario__entreprise")
    return get_object_or_404(etapes, pk=pk)


@require_http_methods(LECTURE_ET_ENVOI)
@gerant
def echelon_nouveau(request: RequeteEntreprise, pk: int) -> HttpResponse:
    scenario = echelle_de(request, pk)
    form = FormulaireEchelon(
        request.POST or None,
        instance=Etape(entreprise=request.entreprise, scenario=scenario, decalage=7, canal="courriel"),
        auteur=request.user,
        aujourd_hui=request.aujourd_hui,
        initial={"repere": "apres"},
    )
    if request.method == "POST" and form.is_valid():
        etape = form.ajouter()
        messages.success(request, _("Échelon ajouté, avec un texte de départ. Relisez ce texte."))
        return redirect("relances:texte", slug=request.entreprise.slug, pk=etape.pk)
    return render(request, "relances/echelles/echelon.html", {"form": form, "scenario": scenario})


@require_http_methods(LECTURE_ET_ENVOI)
@gerant
def echelon_modifier(request: RequeteEntreprise, pk: int) -> HttpResponse:
    etape = echelon_de(request, pk)
    form = FormulaireEchelon(request.POST or None, instance=etape, auteur=request.user, aujourd_hui=request.aujourd_hui)
    if request.method == "POST" and form.is_valid() and form.enregistrer():
        messages.success(request, _("Échelon enregistré. Il vaut dès la prochaine nuit."))
        return vers_l_echelle(request, etape.scenario)
    if etape.retiree_le is not None and request.method != "POST":
        messages.info(request, _("Cet échelon a été retiré ou remplacé : voici l’échelle telle qu’elle est."))
        return vers_l_echelle(request, etape.scenario)
    contexte = {"form": form, "scenario": etape.scenario, "etape": echelon_de(request, pk), "a_servi": a_servi(etape)}
    return render(request, "relances/echelles/echelon.html", contexte)


@require_http_methods(LECTURE_ET_ENVOI)
@gerant
def echelon_retirer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    etape = echelon_de(request, pk)
    if request.method == "POST":
        try:
            version = entier(request.POST, "version")
            retirer_echelon(etape, version, auteur=request.user, aujourd_hui=request.aujourd_hui)
        except Perimee:
            messages.warning(request, _("Cet échelon a changé entre-temps : relisez-le avant de le retirer."))
            return redirect("relances:echelon_retirer", slug=request.entreprise.slug, pk=pk)
        except ValidationError as erreur:
            messages.error(request, " ".join(erreur.messages))
        else:
            messages.success(request, _("Échelon retiré. Ce qu’il a fait reste dans l’historique."))
        return vers_l_echelle(request, etape.scenario)
    contexte = {"etape": etape, "echelon": Echelon(etape), "actes": actes_a_refaire(Q(etape=etape))}
    return render(request, "relances/echelles/echelon_retirer.html", contexte)
