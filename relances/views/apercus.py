"""Exactly what will leave: the letter as a PDF, the email as a page of its own, shut in by its headers."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from entreprises.acces import RequeteEntreprise, membre
from relances import courriels, libelles, poste
from relances.approbation import Refus
from relances.composition import CompositionImpossible
from relances.ecrans.boite import html_du_message, message_parti
from relances.lettres import rendre
from relances.models import Canal, Relance
from relances.views.gestes import acte_de, revenir

# The message is a page that nobody trusts: no script, no form, no link that leads our window elsewhere.
CSP_COURRIEL = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
LETTRES = (Canal.COURRIER, Canal.RECOMMANDE)


@require_safe
@membre
def lettre(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """The letter of an act, to be read: nothing is noted. Frozen: always the same bytes. Before: a draft."""
    relance = acte_de(request, pk)
    if relance.canal not in LETTRES:
        raise Http404
    try:
        contenu = poste.lettre_a_lire(relance) if relance.figee_le else rendre(relance, au=request.aujourd_hui)
    except CompositionImpossible as manque:
        return _impossible(request, relance, manque)
    return _en_pdf(relance, contenu)


@require_POST
@membre(modifie=True)
def imprimer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """The letter to print and post: frozen if it was not, and noted as printed. One that can't be any more is shown as
    it is now."""
    relance = acte_de(request, pk)
    if relance.canal not in LETTRES:
        raise Http404
    try:
        if relance.statut != Relance.Statut.A_ENVOYER:
            contenu = poste.lettre_a_lire(relance)
        else:
            contenu = poste.imprimer(relance, timezone.now())
    except Refus as refus:
        messages.warning(request, libelles.mots_du_refus(refus.code, refus.parametres))
        return revenir(request, relance)
    except CompositionImpossible as manque:
        return _impossible(request, relance, manque)
    return _en_pdf(acte_de(request, pk), contenu)


def _en_pdf(relance: Relance, contenu: bytes) -> HttpResponse:
    reponse = HttpResponse(contenu, content_type="application/pdf")
    nom = f"{relance.reference or f'projet-{relance.pk}'}.pdf"
    reponse["Content-Disposition"] = content_disposition_header(False, nom) or "inline"
    reponse["X-Content-Type-Options"] = "nosniff"
    return reponse


@require_safe
@membre
def apercu_courriel(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """The email as its reader sees it: the one that left, when it is kept; else what would leave today."""
    relance = acte_de(request, pk)
    if relance.canal != Canal.COURRIEL:
        raise Http404
    parti = message_parti(relance)
    try:
        html = html_du_message(parti) if parti else courriels.apercu(relance, request.aujourd_hui)
    except CompositionImpossible as manque:
        return _impossible(request, relance, manque)
    reponse = HttpResponse(de_jour(html))
    reponse["Content-Security-Policy"] = CSP_COURRIEL
    reponse["X-Frame-Options"] = "SAMEORIGIN"
    reponse["Referrer-Policy"] = "no-referrer"
    reponse["X-Content-Type-Options"] = "nosniff"
    return reponse


def de_jour(html: str) -> str:
    """The message as most read it, on white, whatever the theme of the person who looks at it here."""
    return html.replace("(prefers-color-scheme: dark)", "not all").replace('content="light dark"', 'content="light"')


def _impossible(request: RequeteEntreprise, relance: Relance, manque: CompositionImpossible) -> HttpResponse:
    mots = libelles.mots_de_la_composition(manque.code, manque.parametres)
    return render(request, "relances/impossible.html", {"acte": relance, "mots": mots}, status=422)
