"""Restart the ladder of an invoice: what it means, the reason, done."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entreprises.acces import RequeteEntreprise, membre
from entreprises.forms import reporter
from factures.models import Facture
from relances.forms import FormulaireRecommencement
from relances.recommencement import recommencer_l_echelle


@require_http_methods(["GET", "HEAD", "POST"])
@membre(modifie=True)
def recommencer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    facture = get_object_or_404(Facture.objects.de(request.entreprise).select_related("client"), pk=pk)
    form = FormulaireRecommencement(request.POST or None)
    if request.method == "POST" and form.is_valid():
        motif = form.cleaned_data["motif"]
        try:
            recommencer_l_echelle(facture, motif=motif, aujourd_hui=request.aujourd_hui, auteur=request.user)
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            messages.success(request, _("L’échelle recommence. Le prochain acte est préparé la nuit prochaine."))
            return redirect("factures:detail", slug=request.entreprise.slug, pk=facture.pk)
    return render(request, "relances/recommencer.html", {"form": form, "facture": facture})
