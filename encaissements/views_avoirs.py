"""Credit notes: recorded for a client or an invoice, used on what is due, undone when entered by mistake."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.models import Client
from encaissements.avoirs import annuler_avoir, disponible_de, enregistrer_avoir, imputer_avoir
from encaissements.forms_avoirs import AnnulerAvoirForm, AvoirForm
from encaissements.models import Imputation
from encaissements.repartition import Compte
from encaissements.saisie import LigneRepartition, devises_de
from entreprises.acces import RequeteEntreprise, cle_lue, membre
from entreprises.forms import reporter
from entreprises.templatetags.formats import ecrire_montant
from factures import client_saisi
from factures.models import Avoir, Facture
from factures.numerotation import numero_d_avoir_propose
from noyau.montants import ZERO

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])
PAR_PAGE = 50


def avec_reste(avoirs: QuerySet[Avoir]) -> QuerySet[Avoir]:
    """With `impute`: what of each was used."""
    return avoirs.select_related("client", "facture").annotate(impute=Sum("imputations__montant"))


def lignes_de(avoirs: Any) -> list[tuple[Avoir, Decimal]]:
    """Each credit note and what is left of it."""
    return [(a, ZERO if a.annule_le else a.montant - (a.impute or ZERO)) for a in avoirs]


@require_safe
@membre
def avoirs(request: RequeteEntreprise) -> HttpResponse:
    """The credit notes of the company, of a client or of an invoice; for htmx, the card that its page shows."""
    tous = Avoir.objects.de(request.entreprise).order_by("-date_emission", "-pk")
    client = facture = None
    if (pk := cle_lue(request.GET.get("facture", ""))) is not None:
        facture = get_object_or_404(Facture.objects.de(request.entreprise).select_related("client"), pk=pk)
        mises = Imputation.objects.filter(facture=facture, avoir__isnull=False).values("avoir")
        tous = tous.filter(facture=facture) | tous.filter(pk__in=mises)
    elif (pk := cle_lue(request.GET.get("client", ""))) is not None:
        client = get_object_or_404(Client.objects.de(request.entreprise), pk=pk)
        tous = tous.filter(client=client)
    page = Paginator(avec_reste(tous), PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {"page": page, "lignes": lignes_de(page), "client": client, "facture": facture}
    gabarit = "encaissements/_avoirs.html" if request.htmx else "encaissements/avoirs.html"  # type: ignore[attr-defined]
    return render(request, gabarit, contexte)


@lit_et_ecrit
@membre(modifie=True)
def avoir_nouveau(request: RequeteEntreprise) -> HttpResponse:
    """For an invoice, for a client, or first: whose?"""
    facture = None
    if (pk := cle_lue(request.GET.get("facture", ""))) is not None:
        facture = get_object_or_404(Facture.objects.de(request.entreprise), pk=pk)
    cle = facture.client_id if facture else cle_lue(request.GET.get("client", ""))
    if cle is None:
        return choisir_client(request)
    client = get_object_or_404(Client.objects.de(request.entreprise).select_related("entreprise"), pk=cle)
    return saisir(request, client, facture)


def choisir_client(request: RequeteEntreprise) -> HttpResponse:
    saisi = client_saisi.reconnaitre(request.entreprise, request.GET.get("q", ""))
    if saisi.client is not None:
        adresse = redirect("encaissements:avoir_nouveau", slug=request.entreprise.slug)
        adresse["Location"] += f"?client={saisi.client.pk}"
        return adresse
    proposes = client_saisi.proposer(request.entreprise, "")
    return render(request, "encaissements/avoir_client.html", {"saisi": saisi, "proposes": proposes})


def saisir(request: RequeteEntreprise, client: Client, facture: Facture | None) -> HttpResponse:
    initial = {
        "numero": numero_d_avoir_propose(request.entreprise, request.aujourd_hui),
        "date_emission": request.aujourd_hui,
        "facture": facture,
        "montant": facture.solde if facture and facture.solde else None,
    }
    form = AvoirForm(request.POST or None, client=client, devises=devises_de(client), initial=initial)
    if request.method == "POST" and form.is_valid():
        if (avoir := deja_enregistre(client, form.cleaned_data)) is not None:
            messages.info(request, _("L’avoir %(numero)s est déjà enregistré : le voici.") % {"numero": avoir.numero})
            return vers_l_avoir(request, avoir)
        try:
            avoir = enregistrer_avoir(client, **form.cleaned_data, aujourd_hui=request.aujourd_hui, auteur=request.user)
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            messages.success(request, _("Avoir %(numero)s enregistré.") % {"numero": avoir.numero})
            return vers_l_avoir(request, avoir)
    contexte = {"form": form, "client": client, "facture": facture, "devise": initial_devise(client, facture)}
    return render(request, "encaissements/avoir_nouveau.html", contexte)


def initial_devise(client: Client, facture: Facture | None) -> str:
    return facture.devise if facture else client.entreprise.devise


def deja_enregistre(client: Client, lues: dict[str, Any]) -> Avoir | None:
    """The very credit note that this form recorded a moment ago."""
    memes = {"numero": lues["numero"].strip(), "montant": lues["montant"], "date_emission": lues["date_emission"]}
    return Avoir.objects.filter(entreprise=client.entreprise_id, client=client, annule_le=None, **memes).first()


def vers_l_avoir(request: RequeteEntreprise, avoir: Avoir) -> HttpResponse:
    return redirect("encaissements:avoir", slug=request.entreprise.slug, pk=avoir.pk)


def lire_avoir(request: RequeteEntreprise, pk: int) -> Avoir:
    avoirs = Avoir.objects.de(request.entreprise).select_related("client__entreprise", "facture")
    return get_object_or_404(avoirs, pk=pk)


@require_safe
@membre
def avoir(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """What it is, where it went, what is left, and the invoices that it may still pay."""
    return montrer(request, lire_avoir(request, pk))


def montrer(
    request: RequeteEntreprise, note: Avoir, lignes: list[LigneRepartition] | None = None, erreur: str = ""
) -> HttpResponse:
    reste = disponible_de(note)
    if lignes is None:
        lignes = lignes_a_payer(note) if reste > 0 and request.adhesion.peut_modifier else []
        a_repartir = reste
        for ligne in lignes:
            a_repartir = ligne.proposer(a_repartir)
    contexte = {
        "avoir": note,
        "reste": reste,
        "imputations": note.imputations.select_related("facture").order_by("date_valeur", "pk"),
        "lignes": lignes,
        "erreur": erreur,
    }
    return render(request, "encaissements/avoir.html", contexte)


def lignes_a_payer(note: Avoir) -> list[LigneRepartition]:
    return [LigneRepartition(e) for e in Compte(note.client, note.devise).echeances.values()]


@require_POST
@membre(modifie=True)
def avoir_imputer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """Use what is left of it as the page says."""
    note = lire_avoir(request, pk)
    lignes = lignes_a_payer(note)
    for ligne in lignes:
        ligne.lire(request.POST.get(ligne.nom, ""))
    repartition: dict[Any, Decimal] = {ligne.echeance: ligne.montant for ligne in lignes if ligne.montant}
    if any(ligne.erreur for ligne in lignes):
        return montrer(request, note, lignes, _("La répartition est à corriger dans le tableau."))
    if not repartition:
        return montrer(request, note, lignes, _("Donnez un montant à au moins une facture."))
    try:
        imputer_avoir(note, repartition, aujourd_hui=request.aujourd_hui, auteur=request.user)
    except ValidationError as erreur:
        return montrer(request, note, lignes, " ".join(erreur.messages))
    somme = ecrire_montant(sum(repartition.values(), ZERO), note.devise)
    messages.success(request, _("%(somme)s de l’avoir %(numero)s imputés.") % {"somme": somme, "numero": note.numero})
    return vers_l_avoir(request, note)


@lit_et_ecrit
@membre(modifie=True)
def avoir_annuler(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """It was entered by mistake: what it had settled is due again."""
    note = lire_avoir(request, pk)
    form = AnnulerAvoirForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            annuler_avoir(
                note,
                form.cleaned_data["motif"],
                aujourd_hui=request.aujourd_hui,
                instant=timezone.now(),
                auteur=request.user,
            )
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            messages.success(request, _("Saisie annulée. Ce que l’avoir avait soldé est de nouveau dû."))
            return vers_l_avoir(request, note)
    return render(request, "encaissements/avoir_annuler.html", {"form": form, "avoir": lire_avoir(request, pk)})
