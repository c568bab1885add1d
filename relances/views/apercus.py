"""Exactly what will leave: the letter as a PDF, the email as a page of its own, shut in by its headers."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from entreprises.acces import RequeteEntreprise, membre
from entreprises.documents import lire
from relances import courriels, libelles, poste
from relances.composition import CompositionImpossible
from relances.ecrans.boite import html_du_message, message_parti
from relances.lettres import rendre
from relances.models import Canal, Relance
from relances.views.gestes import acte_de

# The message is a page that nobody trusts: no script, no form, no link that leads our window elsewhere.
CSP_COURRIEL = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
LETTRES = (Canal.COURRIER, Canal.RECOMMANDE)


@require_safe
@membre
def lettre(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """The letter of an act. Frozen: always the same file, and the note that it was printed. Before: a draft."""
    relance = acte_de(request, pk)
    if relance.canal not in LETTRES:
        raise Http404
    try:
        contenu = _pdf(request, relance)
    except CompositionImpossible as manque:
        return _impossible(request, relance, manque)
    reponse = HttpResponse(contenu, content_type="application/pdf")
    nom = f"{relance.reference or f'projet-{relance.pk}'}.pdf"
    reponse["Content-Disposition"] = content_disposition_header(False, nom) or "inline"
    reponse["X-Content-Type-Options"] = "nosniff"
    return reponse


def _pdf(request: RequeteEntreprise, relance: Relance) -> bytes:
    if relance.statut == Relance.Statut.A_ENVOYER and request.adhesion.peut_modifier:
        return poste.imprimer(relance, timezone.now())
    if relance.figee_le is None:
        return rendre(relance, au=request.aujourd_hui)
    return lire(poste.lettre(relance))


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
