"""The client's page and the invoice's: they show what this room and all those below know of them."""

from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from clients.models import Client
from entreprises.acces import RequeteEntreprise, cle_lue, membre
from factures.models import Facture
from suivi import chronologie, dossier_client, dossier_facture
from suivi.models import Tache


@require_safe
@membre
def client(request: RequeteEntreprise, pk: int) -> HttpResponse:
    fiche = get_object_or_404(
        Client.objects.de(request.entreprise).select_related("entreprise", "fusionne_dans"), pk=pk
    )
    contexte = {
        "client": fiche,
        "dossier": dossier_client.lire_dossier(fiche, request.aujourd_hui),
        "page": lire_page(request, fiche),
        "taches": Tache.objects.a_montrer().filter(client=fiche),
    }
    return render(request, "suivi/client.html", contexte)


@require_safe
@membre
def chronologie_client(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """The lines older than `avant`: alone for htmx, in a page for a reload."""
    fiche = get_object_or_404(Client.objects.de(request.entreprise), pk=pk)
    gabarit = "suivi/_chronologie.html" if request.htmx else "suivi/chronologie.html"  # type: ignore[attr-defined]
    return render(request, gabarit, {"client": fiche, "page": lire_page(request, fiche)})


def lire_page(request: RequeteEntreprise, fiche: Client) -> chronologie.Page:
    avant = cle_lue(request.GET.get("avant", ""))
    fuseau = ZoneInfo(request.entreprise.fuseau)
    return chronologie.lire(chronologie.du_client(fiche), fuseau, avant, fiche.pk)


@require_safe
@membre
def facture(request: RequeteEntreprise, pk: int) -> HttpResponse:
    factures = Facture.objects.de(request.entreprise).select_related("client", "entreprise", "pdf", "conditions")
    fiche = get_object_or_404(factures, pk=pk)
    evenements = chronologie.de_la_facture(fiche)
    contexte = {
        "facture": fiche,
        "dossier": dossier_facture.lire_dossier(fiche, request.aujourd_hui),
        "taches": Tache.objects.a_montrer().filter(facture=fiche),
        "page": chronologie.lire(evenements, ZoneInfo(request.entreprise.fuseau), client=fiche.client_id),
    }
    return render(request, "suivi/facture.html", contexte)
