"""The company's page, from which all its settings are reached; and those settings that are its own."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entreprises.acces import RequeteEntreprise, membre
from entreprises.forms import JOURS, FormulaireVersionne
from entreprises.forms_reglages import CalendrierForm, ConditionsGeneralesForm, LogoForm
from entreprises.manques import lire_manques
from entreprises.models import Entreprise, ServeurCourriel
from entreprises.regions import nom_de_region
from entreprises.views import est_gerant, exiger_gerant, lit_et_ecrit


@require_safe
@membre
def detail(request: RequeteEntreprise) -> HttpResponse:
    """All the settings, with what is still missing."""
    fiche = Entreprise.objects.select_related("logo", "conditions_generales").get(pk=request.entreprise.pk)
    moyens = list(fiche.moyens_paiement.all())
    noms, serveur = dict(JOURS), ServeurCourriel.objects.de(fiche).first()
    sans_serveur = serveur is None and not (settings.EMAIL_URL and settings.EMAIL_PARTAGE)
    contexte = {
        "fiche": fiche,
        "moyens": moyens,
        "manques": lire_manques(fiche, moyens, sans_serveur=sans_serveur),
        "membres": fiche.adhesions.filter(est_active=True).count(),
        "serveur": serveur,
        "jours": [str(noms[jour]) for jour in sorted(fiche.jours_ouvres) if jour in noms],
        "region": nom_de_region(fiche.pays, fiche.region),
        "est_gerant": est_gerant(request),
    }
    return render(request, "entreprises/entreprise.html", contexte)


def _regler(request: RequeteEntreprise, forme: Callable[..., FormulaireVersionne], page: str, fait: str) -> Any:
    """The page of one form about the company's card; the owner's alone."""
    exiger_gerant(request)
    fiche = Entreprise.objects.select_related("logo", "conditions_generales").get(pk=request.entreprise.pk)
    donnees = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forme(*donnees, instance=fiche)
    if request.method == "POST" and form.is_valid() and form.enregistrer():
        messages.success(request, fait)
        return redirect("entreprise:detail", slug=request.entreprise.slug)
    return render(request, page, {"form": form, "fiche": Entreprise.objects.get(pk=fiche.pk)})


@lit_et_ecrit
@membre(modifie=True)
def logo(request: RequeteEntreprise) -> HttpResponse:
    fait = _("Logo enregistré. Il est en tête des prochaines lettres.")
    if request.POST.get("retirer") and not request.FILES:
        fait = _("Logo retiré.")
    return _regler(request, LogoForm, "entreprises/logo.html", fait)


@lit_et_ecrit
@membre(modifie=True)
def conditions_generales(request: RequeteEntreprise) -> HttpResponse:
    fait = _("Conditions générales enregistrées.")
    return _regler(request, ConditionsGeneralesForm, "entreprises/conditions_generales.html", fait)


@lit_et_ecrit
@membre(modifie=True)
def calendrier(request: RequeteEntreprise) -> HttpResponse:
    fait = _("Calendrier enregistré. Il vaut dès la prochaine nuit.")
    return _regler(request, CalendrierForm, "entreprises/calendrier.html", fait)
