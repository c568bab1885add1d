"""Promises, disputes, pauses, « il a répondu », a client's card: each form calls its workflow; nothing is decided."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients.forms import ClientForm
from clients.models import Client
from clients.views import recu
from entreprises.acces import RequeteEntreprise, exiger_ouverte, membre
from entreprises.forms import reporter
from factures.models import Echeance, Facture
from suivi.forms import CloreLitigeForm, CongesForm, OuvrirLitigeForm, PauseForm, PromesseForm
from suivi.litiges import clore_litige, ouvrir_litige
from suivi.models import Litige, Pause, Promesse
from suivi.modification import modifier_client
from suivi.pauses import il_a_repondu, lever_pause, mettre_en_pause
from suivi.promesses import annuler_promesse, noter_promesse

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])
DELAI_PROPOSE = timedelta(days=7)


def lire_client(request: RequeteEntreprise, pk: int) -> Client:
    return get_object_or_404(Client.objects.de(request.entreprise).select_related("entreprise"), pk=pk)


def lire_facture(request: RequeteEntreprise, pk: int) -> Facture:
    return get_object_or_404(Facture.objects.de(request.entreprise).select_related("client", "entreprise"), pk=pk)


def faire(form: forms.BaseForm, acte: Callable[[], Any]) -> bool:
    """Do the act; what it refuses is put in the form."""
    try:
        acte()
    except ValidationError as erreur:
        reporter(form, erreur)
        return False
    return True


def vers(request: RequeteEntreprise, client: Client, facture: Facture | None = None) -> HttpResponse:
    slug = request.entreprise.slug
    if facture:
        return redirect("factures:detail", slug=slug, pk=facture.pk)
    return redirect("clients:detail", slug=slug, pk=client.pk)


@lit_et_ecrit
@membre(modifie=True)
def promesse_nouvelle(request: RequeteEntreprise, pk: int) -> HttpResponse:
    client = lire_client(request, pk)
    echues = Echeance.objects.filter(client=client).echues(request.aujourd_hui).order_by()
    dus = dict(echues.values_list("devise").annotate(Sum("solde")))
    propre = client.entreprise.devise
    devises = sorted(dus, key=lambda d: (d != propre, d)) or [propre]
    initial = {
        "montant": request.GET.get("montant") or dus.get(devises[0]),
        "date_promise": request.GET.get("date") or request.aujourd_hui + DELAI_PROPOSE,
        "facture": request.GET.get("facture"),
    }
    form = PromesseForm(recu(request), client=client, devises=devises, initial=initial)
    if request.method == "POST" and form.is_valid():
        valeurs = {**form.cleaned_data, "faite_le": request.aujourd_hui, "auteur": request.user}
        facture = valeurs["facture"]
        valeurs["devise"] = facture.devise if facture else valeurs["devise"]
        if faire(form, lambda: noter_promesse(client, **valeurs)):
            messages.success(request, _("Promesse notée. Rien ne part avant sa date, plus trois jours ouvrés."))
            return vers(request, client, facture)
    return render(request, "suivi/promesse.html", {"form": form, "client": client})


@require_POST
@membre(modifie=True)
def promesse_annuler(request: RequeteEntreprise, pk: int) -> HttpResponse:
    promesses = Promesse.objects.filter(entreprise=request.entreprise).select_related("client", "facture")
    promesse = get_object_or_404(promesses, pk=pk)
    try:
        annuler_promesse(promesse, aujourd_hui=request.aujourd_hui, auteur=request.user)
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    else:
        messages.success(request, _("Promesse annulée : elle ne retient plus rien."))
    return vers(request, promesse.client)


@lit_et_ecrit
@membre(modifie=True)
def litige_ouvrir(request: RequeteEntreprise, pk: int) -> HttpResponse:
    facture = lire_facture(request, pk)
    form = OuvrirLitigeForm(recu(request), initial={"ouvert_le": request.aujourd_hui})
    if request.method == "POST" and form.is_valid():
        valeurs = {**form.cleaned_data, "aujourd_hui": request.aujourd_hui, "auteur": request.user}
        if faire(form, lambda: ouvrir_litige(facture, **valeurs)):
            messages.success(request, _("Litige ouvert. Rien ne part sur cette facture tant qu’il court."))
            return vers(request, facture.client, facture)
    return render(request, "suivi/litige.html", {"form": form, "facture": facture})


@lit_et_ecrit
@membre(modifie=True)
def litige_clore(request: RequeteEntreprise, pk: int) -> HttpResponse:
    litiges = Litige.objects.de(request.entreprise).select_related("facture__client")
    litige = get_object_or_404(litiges, pk=pk)
    form = CloreLitigeForm(recu(request), initial={"clos_le": request.aujourd_hui})
    if request.method == "POST" and form.is_valid():
        valeurs = {**form.cleaned_data, "aujourd_hui": request.aujourd_hui, "auteur": request.user}
        if faire(form, lambda: clore_litige(litige, **valeurs)):
            messages.success(request, _("Litige clos. L’échelle reprend où elle s’était arrêtée."))
            return vers(request, litige.facture.client, litige.facture)
    return render(request, "suivi/litige.html", {"form": form, "facture": litige.facture, "litige": litige})


@lit_et_ecrit
@membre(modifie=True)
def pause_nouvelle(request: RequeteEntreprise, pk: int) -> HttpResponse:
    client = lire_client(request, pk)
    initial = {"du": request.aujourd_hui, "facture": request.GET.get("facture")}
    form = PauseForm(recu(request), client=client, initial=initial)
    if request.method == "POST" and form.is_valid():
        valeurs = {**form.cleaned_data, "aujourd_hui": request.aujourd_hui, "auteur": request.user}
        cible = client if not valeurs["facture"] else None
        if faire(form, lambda: mettre_en_pause(request.entreprise, client=cible, **valeurs)):
            messages.success(request, _("Relances en pause."))
            return vers(request, client, valeurs["facture"])
    return render(request, "suivi/pause.html", {"form": form, "client": client})


@lit_et_ecrit
@membre
def pauses(request: RequeteEntreprise) -> HttpResponse:
    """The company's holidays, and every pause that runs or is to come."""
    if request.method == "POST":
        exiger_ouverte(request)
        if not request.adhesion.peut_modifier:
            raise PermissionDenied
    form = CongesForm(recu(request), initial={"du": request.aujourd_hui})
    if request.method == "POST" and form.is_valid():
        valeurs = {**form.cleaned_data, "aujourd_hui": request.aujourd_hui, "auteur": request.user}
        if faire(form, lambda: mettre_en_pause(request.entreprise, **valeurs)):
            messages.success(request, _("Congés notés : rien ne part pendant ce temps."))
            return redirect("suivi:pauses", slug=request.entreprise.slug)
    actives = Pause.objects.de(request.entreprise).filter(levee_le=None)
    actives = actives.filter(Q(au=None) | Q(au__gte=request.aujourd_hui)).select_related("client", "facture")
    contexte = {
        "form": form,
        "conges": actives.filter(client=None).order_by("du", "pk"),
        "pauses": actives.exclude(client=None).order_by("du", "pk")[:200],
    }
    return render(request, "suivi/pauses.html", contexte)


@require_POST
@membre(modifie=True)
def pause_lever(request: RequeteEntreprise, pk: int) -> HttpResponse:
    pause = get_object_or_404(Pause.objects.de(request.entreprise).select_related("client"), pk=pk)
    try:
        lever_pause(pause, aujourd_hui=request.aujourd_hui, auteur=request.user)
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    else:
        messages.success(request, _("Pause levée : les relances reprennent."))
    if pause.client is None:
        return redirect("suivi:pauses", slug=request.entreprise.slug)
    return vers(request, pause.client)


@lit_et_ecrit
@membre(modifie=True)
def client_modifier(request: RequeteEntreprise, pk: int) -> HttpResponse:
    client = lire_client(request, pk)
    form = ClientForm(recu(request), instance=client, entreprise=request.entreprise)
    if request.method == "POST" and form.is_valid():
        qui_quand = {"aujourd_hui": request.aujourd_hui, "auteur": request.user}
        if modifier_client(client, form.valeurs(), form.enregistrer, **qui_quand):
            messages.success(request, _("Client enregistré."))
            return vers(request, client)
    return render(request, "clients/client.html", {"form": form, "client": Client.objects.get(pk=pk)})


@require_POST
@membre(modifie=True)
def repondu(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """One click: five days of quiet, to read and to answer."""
    client = lire_client(request, pk)
    il_a_repondu(client, aujourd_hui=request.aujourd_hui, auteur=request.user)
    messages.success(request, _("Noté : rien ne part vers ce client pendant cinq jours, le temps de lui répondre."))
    return vers(request, client)
