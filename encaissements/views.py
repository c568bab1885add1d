"""Payments one by one: who paid, how it is spread over what is due; a credit used; what bounced.

Recording takes two steps that work without JavaScript: « Voir la répartition » shows the proposal, which may be
changed, « Enregistrer » writes what is on the screen.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.models import Client
from encaissements.annonces import annoncer
from encaissements.credit import Credit
from encaissements.forms import RejetForm
from encaissements.models import Reglement
from encaissements.rejet import rejeter_reglement
from encaissements.saisie import Ecran
from entreprises.acces import RequeteEntreprise, cle_lue, membre
from entreprises.forms import reporter
from entreprises.templatetags.formats import ecrire_montant
from factures.encours import par_client
from factures.models import Echeance, Facture

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])
PROPOSES = 20


@lit_et_ecrit
@membre(modifie=True)
def nouveau(request: RequeteEntreprise) -> HttpResponse:
    pk = cle_lue(request.GET.get("client", ""))
    if pk is None:
        return choisir_client(request)
    client = get_object_or_404(Client.objects.de(request.entreprise).select_related("entreprise"), pk=pk)
    return saisir(request, client)


def choisir_client(request: RequeteEntreprise) -> HttpResponse:
    """By name, code or invoice number; without a word, those that owe the oldest money."""
    q = request.GET.get("q", "").strip()
    clients = Client.objects.de(request.entreprise).actifs()
    if q:
        numeros = Facture.objects.de(request.entreprise).cherchant(q).values("client")
        trouves = list((clients.cherchant(q) | clients.filter(pk__in=numeros)).order_by("tri", "pk")[:PROPOSES])
    else:
        ouvertes = Echeance.objects.de(request.entreprise).ouvertes().order_by("date_echeance", "pk")
        pks = list(dict.fromkeys(ouvertes.values_list("client", flat=True)[: PROPOSES * 5]))[:PROPOSES]
        trouves = sorted(clients.filter(pk__in=pks), key=lambda c: pks.index(c.pk))
    encours = par_client(request.entreprise, [c.pk for c in trouves], request.aujourd_hui)
    lignes = [(client, encours.get(client.pk, [])) for client in trouves]
    return render(request, "encaissements/choisir_client.html", {"q": q, "lignes": lignes})


def saisir(request: RequeteEntreprise, client: Client) -> HttpResponse:
    ecran = Ecran(client, request.POST if request.method == "POST" else None, request.aujourd_hui)
    ecran.lire(request.GET.get("facture", ""))
    if ecran.est_a_enregistrer and (reglement := ecran.enregistrer(request.user)):
        annoncer(request, request.entreprise, [reglement])
        return redirect("clients:detail", slug=request.entreprise.slug, pk=client.pk)
    return render(request, "encaissements/nouveau.html", {"client": client, "ecran": ecran, "form": ecran.form})


@lit_et_ecrit
@membre(modifie=True)
def imputer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """Use the credit that a payment left."""
    recus = Reglement.objects.de(request.entreprise).a_imputer().select_related("client")
    reglement = get_object_or_404(recus, pk=pk)
    credit = Credit(reglement, request.POST if request.method == "POST" else None)
    if request.method == "POST" and credit.enregistrer(request.aujourd_hui, request.user):
        somme = ecrire_montant(credit.reparti, reglement.devise)
        messages.success(request, _("Crédit imputé : %(somme)s.") % {"somme": somme})
        return redirect("clients:detail", slug=request.entreprise.slug, pk=reglement.client_id)
    return render(request, "encaissements/imputer.html", {"reglement": reglement, "credit": credit})


@lit_et_ecrit
@membre(modifie=True)
def rejeter(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """The bank took it back: what it settled is open again."""
    recus = Reglement.objects.de(request.entreprise).encaisses().select_related("client")
    reglement = get_object_or_404(recus, pk=pk)
    donnees = request.POST if request.method == "POST" else None
    form = RejetForm(donnees, initial={"rejete_le": request.aujourd_hui})
    if form.is_valid():
        try:
            rejeter_reglement(reglement, **form.cleaned_data, aujourd_hui=request.aujourd_hui, auteur=request.user)
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            messages.success(request, _("Rejet noté. Ce qu’il avait réglé est de nouveau dû."))
            return redirect("encaissements:liste", slug=request.entreprise.slug)
    return render(request, "encaissements/rejeter.html", {"form": form, "reglement": reglement})
