"""Triage of overdue accounts, by client and currency."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from entreprises.acces import RequeteEntreprise, membre
from relances.ecrans import situations, triage

PAR_PAGE = 50


@require_safe
@membre
def retards(request: RequeteEntreprise) -> HttpResponse:
    """Filters, sort, pages of 50, totals by currency; a constant number of queries."""
    maintenant, au = timezone.now(), request.aujourd_hui
    filtres = triage.Filtres.lire(request.GET)
    retenues = triage.filtrer(request.entreprise, filtres, au, maintenant)
    page = Paginator(triage.comptes(retenues, filtres.tri), PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "filtres": filtres,
        "tri_actuel": filtres.tri,
        "vues": triage.compter_les_vues(request.entreprise, filtres.recherche, au, maintenant),
        "page": page,
        "lignes": lignes(request, list(page)),
        "totaux": triage.totaux(retenues, au),
    }
    return render(request, "relances/retards.html", contexte)


def lignes(request: RequeteEntreprise, comptes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each account of the page with what the ladder says of it."""
    clients = {compte["client"] for compte in comptes}
    if not clients:
        return []
    lecture = situations.lire_situations(request.entreprise, request.aujourd_hui, clients)
    ouverts = situations.actes_ouverts(request.entreprise, clients)
    contacts = situations.derniers_contacts(request.entreprise, clients)
    return [
        {
            **compte,
            "nom": compte["client__nom"],
            "jours": (request.aujourd_hui - compte["plus_ancienne"]).days,
            "situation": lecture.compte(compte["client"], compte["devise"]),
            "acte": ouverts.get((compte["client"], compte["devise"])),
            "contact": contacts.get(compte["client"]),
        }
        for compte in comptes
    ]
