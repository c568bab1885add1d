"""« Pourquoi ? »: what the ladder says of an invoice, or of a client. A fragment for htmx, a page without it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from clients.models import Client
from entreprises.acces import RequeteEntreprise, membre
from factures.models import Facture
from relances import affectation, fraicheur
from relances.ecrans.situations import Lecture, actes_ouverts, lire_situations


def lire(request: RequeteEntreprise, client: int, facture: int | None = None) -> dict[str, Any]:
    """The instalments of the client (of one invoice) with their decisions, the open acts, and R17."""
    lecture: Lecture = lire_situations(request.entreprise, request.aujourd_hui, [client])
    return {
        "situations": lecture.situations(client, facture),
        "erreur": lecture.erreur(client),
        "ouverts": list(actes_ouverts(request.entreprise, [client]).values()),
        "fraicheur": fraicheur.etat(request.entreprise, request.aujourd_hui, lecture.regime.reglages),
    }


def rendre(request: RequeteEntreprise, nom: str, contexte: dict[str, Any]) -> HttpResponse:
    """The fragment alone for htmx; the page that holds it for a plain link."""
    gabarit = f"relances/_{nom}.html" if request.headers.get("HX-Request") else f"relances/{nom}.html"
    reponse = render(request, gabarit, contexte)
    reponse["Vary"] = "HX-Request, Cookie"
    return reponse


@require_safe
@membre
def pourquoi_facture(request: RequeteEntreprise, pk: int) -> HttpResponse:
    facture = get_object_or_404(Facture.objects.de(request.entreprise).select_related("client__entreprise"), pk=pk)
    contexte = {"facture": facture, **lire(request, facture.client_id, facture.pk)}
    propre = affectation.echelle_de_la_facture(facture)
    contexte |= {"echelle": propre or affectation.echelle_suivie(facture.client), "est_propre": propre is not None}
    contexte["recommencable"] = request.adhesion.peut_modifier and any(
        situation.est_recommencable for situation in contexte["situations"]
    )
    return rendre(request, "pourquoi", contexte)


@require_safe
@membre
def situation_client(request: RequeteEntreprise, pk: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.de(request.entreprise).select_related("entreprise"), pk=pk)
    propre = affectation.echelle_propre(client)
    echelle = {"echelle": propre or affectation.echelle_suivie(client), "est_propre": propre is not None}
    return rendre(request, "situation", {"client": client, **echelle, **lire(request, client.pk)})
