"""Invoices entered and cancelled by hand."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.models import Client
from entreprises.acces import RequeteEntreprise, cle_lue, membre
from entreprises.documents import conserver
from entreprises.forms import reporter
from factures.annulation import annuler_facture
from factures.creation import EcheancePrevue, enregistrer_facture
from factures.forms import AnnulerForm, FactureForm, date_proposee
from factures.models import Facture

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])


@lit_et_ecrit
@membre(modifie=True)
def nouvelle(request: RequeteEntreprise) -> HttpResponse:
    initial = date_proposee(request.aujourd_hui)
    client = cle_lue(request.GET.get("client", ""))
    if client is not None:
        initial["client"] = get_object_or_404(Client.objects.de(request.entreprise), pk=client).nom
    form = FactureForm(request.POST or None, request.FILES or None, entreprise=request.entreprise, initial=initial)
    if request.method == "POST" and form.is_valid():
        facture = enregistrer(request, form)
        if facture:
            messages.success(request, _("Facture %(numero)s enregistrée.") % {"numero": facture.numero})
            if request.POST.get("action") == "suivante":
                return redirect("factures:nouvelle", slug=request.entreprise.slug)
            return redirect("factures:detail", slug=request.entreprise.slug, pk=facture.pk)
    return render(request, "factures/nouvelle.html", {"form": form})


def enregistrer(request: RequeteEntreprise, form: FactureForm) -> Facture | None:
    """Write it. None when the workflow refuses, its reasons put in the form."""
    valeurs = dict(form.cleaned_data)
    echeance, fichier = valeurs.pop("echeance"), valeurs.pop("pdf")
    if fichier:
        valeurs["pdf"] = conserver(request.entreprise, fichier.read(), "application/pdf", fichier.name)
    if echeance:
        valeurs["echeances"] = (EcheancePrevue(echeance, valeurs["total"]),)
    try:
        return enregistrer_facture(request.entreprise, **valeurs, connue_le=request.aujourd_hui, auteur=request.user)
    except ValidationError as erreur:
        if "echeances" in erreur.error_dict:
            erreur.error_dict["echeance"] = erreur.error_dict.pop("echeances")
        reporter(form, erreur)
        return None


@lit_et_ecrit
@membre(modifie=True)
def annuler(request: RequeteEntreprise, pk: int) -> HttpResponse:
    facture = get_object_or_404(Facture.objects.de(request.entreprise).select_related("client"), pk=pk)
    form = AnnulerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            annuler_facture(facture, form.cleaned_data["motif"], aujourd_hui=request.aujourd_hui, auteur=request.user)
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            messages.success(request, _("Facture annulée. Rien n’est plus demandé à son sujet."))
            return redirect("factures:detail", slug=request.entreprise.slug, pk=pk)
    return render(request, "factures/annuler.html", {"form": form, "facture": facture})
