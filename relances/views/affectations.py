"""Which ladder a client, or an invoice, climbs: chosen from its page, explained before it is saved."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.models import Client
from entreprises.acces import RequeteEntreprise, membre
from entreprises.forms import reporter
from factures.models import Facture
from relances import affectation
from relances.ecrans.echelles import lire_echelles
from relances.formulaires_echelles import FormulaireAffectation
from relances.models import Scenario


def _nom(scenario: Scenario | None) -> str:
    return scenario.nom if scenario else _("aucune")


def _choisir(request: RequeteEntreprise, sujet: dict[str, Any], form: FormulaireAffectation, ecrire: Any) -> Any:
    """The page, or None once it is written."""
    if request.method == "POST" and form.is_valid():
        try:
            change = ecrire(form.cleaned_data["scenario"], auteur=request.user, aujourd_hui=request.aujourd_hui)
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            messages.success(
                request, _("Échelle changée. Elle vaut dès la prochaine nuit.") if change else _("Rien n’a changé.")
            )
            return None
    contexte = {**sujet, "form": form, "fiches": lire_echelles(request.entreprise)}
    return render(request, "relances/echelles/affecter.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@membre(modifie=True)
def echelle_du_client(request: RequeteEntreprise, pk: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.de(request.entreprise).select_related("entreprise"), pk=pk)
    par_defaut = _nom(affectation.echelle_du_genre(client.entreprise, client.genre))
    form = FormulaireAffectation(
        request.POST or None,
        entreprise=request.entreprise,
        actuelle=affectation.echelle_propre(client),
        par_defaut=_("Celle de son type : %(nom)s") % {"nom": par_defaut},
    )
    page = _choisir(
        request, {"client": client}, form, lambda s, **signe: affectation.affecter_client(client, s, **signe)
    )
    return page or redirect("clients:detail", slug=request.entreprise.slug, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@membre(modifie=True)
def echelle_de_la_facture(request: RequeteEntreprise, pk: int) -> HttpResponse:
    factures = Facture.objects.de(request.entreprise).select_related("client__entreprise", "entreprise")
    facture = get_object_or_404(factures, pk=pk)
    form = FormulaireAffectation(
        request.POST or None,
        entreprise=request.entreprise,
        actuelle=affectation.echelle_de_la_facture(facture),
        par_defaut=_("Celle du client : %(nom)s") % {"nom": _nom(affectation.echelle_suivie(facture.client))},
    )
    sujet = {"facture": facture, "client": facture.client}
    page = _choisir(request, sujet, form, lambda s, **signe: affectation.affecter_facture(facture, s, **signe))
    return page or redirect("factures:detail", slug=request.entreprise.slug, pk=pk)
