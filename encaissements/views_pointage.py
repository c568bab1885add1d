"""« Pointer »: many payments at once, beside the list of open invoices; and the direct debits that fell due."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from encaissements.annonces import annoncer
from encaissements.prelevements import Prelevements, nombre_d_echus
from encaissements.releve import Releve
from entreprises.acces import RequeteEntreprise, membre

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])


@lit_et_ecrit
@membre(modifie=True)
def pointer(request: RequeteEntreprise) -> HttpResponse:
    """A POST that does not record shows another part of the list, with all that is typed."""
    donnees = request.POST if request.method == "POST" else None
    releve = Releve(request.entreprise, donnees, request.GET, request.aujourd_hui)
    enregistre = donnees is not None and donnees.get("action") == "enregistrer"
    if enregistre and (reglements := releve.enregistrer(request.user)) is not None:
        annoncer(request, request.entreprise, reglements, releve.form.cleaned_data["cle"])
        return redirect(adresse_apres(request, releve))
    contexte = {
        "releve": releve,
        "form": releve.form,
        "essaie": enregistre,
        "prelevements": nombre_d_echus(request.entreprise, request.aujourd_hui),
    }
    return render(request, "encaissements/pointer.html", contexte)


def adresse_apres(request: RequeteEntreprise, releve: Releve) -> str:
    """The same list, without the word searched nor the ticks."""
    choix = {"vue": releve.vue if releve.vue != "cochees" else "", "client": releve.client, "devise": releve.devise}
    suite = urlencode({cle: valeur for cle, valeur in choix.items() if valeur})
    page = reverse("encaissements:pointer", kwargs={"slug": request.entreprise.slug})
    return f"{page}?{suite}" if suite else page


@lit_et_ecrit
@membre(modifie=True)
def prelevements(request: RequeteEntreprise) -> HttpResponse:
    """Mark as done, each on its due date, the debits that the bank made."""
    donnees = request.POST if request.method == "POST" else None
    ecran = Prelevements(request.entreprise, donnees, request.aujourd_hui)
    if donnees is not None and (reglements := ecran.enregistrer(request.user)) is not None:
        annoncer(request, request.entreprise, reglements, ecran.cle)
        return redirect("encaissements:prelevements", slug=request.entreprise.slug)
    if ecran.erreur:
        messages.error(request, ecran.erreur)
    return render(request, "encaissements/prelevements.html", {"ecran": ecran})
