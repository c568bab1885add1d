"""Invoices entered by hand and cancelled: pages of the invoices' namespace that also write what came in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.models import Client
from encaissements.annulation_facture import annuler_par_avoir
from encaissements.facturation import facturer
from encaissements.forms_factures import AnnulerForm, SaisieFactureForm
from encaissements.liberation import allouees, liberer
from entreprises.acces import RequeteEntreprise, cle_lue, membre
from entreprises.documents import conserver
from entreprises.forms import reporter
from entreprises.models import Document
from factures.annulation import annuler_facture
from factures.client_saisi import nom_a_saisir
from factures.doublons import Avertissement, avertissements, empreinte_de
from factures.forms import date_proposee
from factures.models import Facture
from factures.numerotation import numero_d_avoir_propose, numero_propose
from factures.views import panneau_du_client

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])
PDF = "application/pdf"


@lit_et_ecrit
@membre(modifie=True)
def nouvelle(request: RequeteEntreprise) -> HttpResponse:
    """Typed, shown as reckoned, warned about once when it looks like another one, then recorded."""
    form = SaisieFactureForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        entreprise=request.entreprise,
        aujourd_hui=request.aujourd_hui,
        initial=valeurs_proposees(request),
    )
    if request.method != "POST":
        return montrer(request, form)
    form.full_clean()
    piece = garder_pdf(request, form)
    if request.POST.get("action") == "calculer":
        return calculer(request, form, piece)
    return recevoir(request, form, piece)


def calculer(request: RequeteEntreprise, form: SaisieFactureForm, piece: Document | None) -> HttpResponse:
    """What it comes to so far: alone for htmx, in its page for a reload. Nothing is written."""
    form.pour_calculer()
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "factures/_apercu.html", {"form": form, "apercu": form.apercu})
    return montrer(request, form, piece)


def recevoir(request: RequeteEntreprise, form: SaisieFactureForm, piece: Document | None) -> HttpResponse:
    """Record it, unless it is there already or looks like another one that nobody confirmed."""
    existante = meme_numero(request, form)
    if existante and est_la_meme(existante, form):
        return vers_la_sienne(request, existante)
    if existante:
        form.refuser_numero(existante, numero_propose(request.entreprise, request.aujourd_hui))
    alertes = points_a_confirmer(request, form)
    if alertes and form.cleaned_data["confirme"] != empreinte_de(alertes):
        return montrer(request, form, piece, alertes)
    if (facture := enregistrer(request, form, piece)) is not None:
        return apres(request, facture)
    # The other click of a double one may have come in between.
    existante = meme_numero(request, form) if existante is None and form.has_error("numero", "deja_pris") else None
    if existante and est_la_meme(existante, form):
        return vers_la_sienne(request, existante)
    return montrer(request, form, piece)


def valeurs_proposees(request: RequeteEntreprise) -> dict[str, Any]:
    """Today, the next number, and the client one comes from."""
    if request.method == "POST":
        return {}
    initial = {**date_proposee(request.aujourd_hui), "numero": numero_propose(request.entreprise, request.aujourd_hui)}
    if (pk := cle_lue(request.GET.get("client", ""))) is not None:
        client = get_object_or_404(Client.objects.de(request.entreprise), pk=pk)
        homonymes = Client.objects.de(request.entreprise).actifs().filter(tri=client.tri).count()
        initial["client"] = nom_a_saisir(client, avec_cle=homonymes > 1)
    return initial


def montrer(
    request: RequeteEntreprise,
    form: SaisieFactureForm,
    piece: Document | None = None,
    alertes: list[Avertissement] | None = None,
) -> HttpResponse:
    contexte = {
        "form": form,
        "apercu": form.apercu,
        "piece": piece,
        "alertes": alertes or [],
        "empreinte": empreinte_de(alertes or []),
        **panneau_du_client(request, form),
    }
    return render(request, "factures/nouvelle.html", contexte)


def garder_pdf(request: RequeteEntreprise, form: SaisieFactureForm) -> Document | None:
    """The PDF just sent, else the one kept from the page before: a browser doesn't send a file twice by itself."""
    fichier = form.cleaned_data.get("pdf")
    if fichier:
        return conserver(request.entreprise, fichier.read(), PDF, fichier.name)
    pk = cle_lue(request.POST.get("pdf_garde", ""))
    if pk is None or request.POST.get("pdf_retire"):
        return None
    return Document.objects.filter(entreprise=request.entreprise, type_mime=PDF, pk=pk).first()


def meme_numero(request: RequeteEntreprise, form: SaisieFactureForm) -> Facture | None:
    """The invoice that has this number, if there is one."""
    # As it was typed: a refused field is clean no more.
    numero = str(form.data.get("numero", "")).replace("\0", "").strip()
    factures = Facture.objects.de(request.entreprise).filter(numero=numero).select_related("client")
    return factures.first() if numero else None


def est_la_meme(existante: Facture, form: SaisieFactureForm) -> bool:
    """Whether this form recorded it a moment ago (double click, way back): same client, total and date."""
    lues = form.cleaned_data
    client = lues.get("client")
    memes = client == (existante.client.nom if isinstance(client, str) else existante.client)
    return memes and (lues.get("total"), lues.get("date_emission")) == (existante.total, existante.date_emission)


def vers_la_sienne(request: RequeteEntreprise, facture: Facture) -> HttpResponse:
    messages.info(request, _("La facture %(numero)s est déjà enregistrée : la voici.") % {"numero": facture.numero})
    return redirect("factures:detail", slug=request.entreprise.slug, pk=facture.pk)


def points_a_confirmer(request: RequeteEntreprise, form: SaisieFactureForm) -> list[Avertissement]:
    if not form.is_valid():
        return []
    lues = form.cleaned_data
    return avertissements(
        request.entreprise,
        lues["client"] if isinstance(lues["client"], Client) else None,
        lues["numero"],
        lues["total"],
        lues["date_emission"],
        devise=request.entreprise.devise,
        aujourd_hui=request.aujourd_hui,
    )


def enregistrer(request: RequeteEntreprise, form: SaisieFactureForm, piece: Document | None) -> Facture | None:
    """Write it. None when it can't be taken, the reasons put in the form."""
    if not form.is_valid():
        return None
    try:
        return facturer(
            request.entreprise,
            form.client_voulu(),
            **form.valeurs(),
            pdf=piece,
            acompte=form.acompte(),
            aujourd_hui=request.aujourd_hui,
            auteur=request.user,
        )
    except ValidationError as erreur:
        reporter(form, erreur)
        return None


def apres(request: RequeteEntreprise, facture: Facture) -> HttpResponse:
    messages.success(request, _("Facture %(numero)s enregistrée.") % {"numero": facture.numero})
    if "suivante" in (request.POST.get("suite"), request.POST.get("action")):
        return redirect("factures:nouvelle", slug=request.entreprise.slug)
    return redirect("factures:detail", slug=request.entreprise.slug, pk=facture.pk)


@lit_et_ecrit
@membre(modifie=True)
def annuler(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """By a credit note whose number is proposed, or without one."""
    facture = get_object_or_404(Facture.objects.de(request.entreprise).select_related("client"), pk=pk)
    initial = {
        "maniere": AnnulerForm.AVEC,
        "numero": numero_d_avoir_propose(request.entreprise, request.aujourd_hui),
        "date_emission": request.aujourd_hui,
    }
    a_rendre = allouees(facture, sauf_avoirs=True).exists()
    form = AnnulerForm(request.POST or None, initial=initial, a_rendre=a_rendre)
    if request.method == "POST" and form.is_valid() and executer_annulation(request, facture, form):
        messages.success(request, _("Facture annulée. Rien n’est plus demandé à son sujet."))
        return redirect("factures:detail", slug=request.entreprise.slug, pk=pk)
    facture.refresh_from_db()
    return render(request, "factures/annuler.html", {"form": form, "facture": facture, "a_rendre": a_rendre})


def executer_annulation(request: RequeteEntreprise, facture: Facture, form: AnnulerForm) -> bool:
    lues = form.cleaned_data
    qui_quand = {"aujourd_hui": request.aujourd_hui, "auteur": request.user}
    rendre = lues.get("rendre", False)
    try:
        if lues["maniere"] == AnnulerForm.AVEC:
            annuler_par_avoir(facture, lues["motif"], lues["numero"], lues["date_emission"], rendre=rendre, **qui_quand)
        else:
            with transaction.atomic():
                if rendre:
                    liberer(facture, **qui_quand)
                annuler_facture(facture, lues["motif"], **qui_quand)
    except ValidationError as erreur:
        reporter(form, erreur)
        return False
    return True
