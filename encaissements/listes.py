"""The list of payments: searched, filtered, by pages of 50, with the totals of all that the filters keep."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from encaissements.forms import FiltreReglements
from encaissements.models import Reglement, ReglementQuerySet
from encaissements.releve import bornes_cherchees
from entreprises.acces import RequeteEntreprise, cle_lue, membre

PAR_PAGE = 50


@require_safe
@membre
def liste(request: RequeteEntreprise) -> HttpResponse:
    """What came in, the latest first."""
    filtre = FiltreReglements(request.GET)
    siens = Reglement.objects.de(request.entreprise)
    retenus = filtrer(siens, filtre.cleaned_data) if filtre.is_valid() else siens.none()
    if (client := cle_lue(request.GET.get("client", ""))) is not None:
        retenus = retenus.filter(client=client)
    lignes = retenus.select_related("client").order_by("-date_reglement", "-pk")
    etat = filtre.cleaned_data.get("etat", "")
    contexte = {
        "filtre": filtre,
        "etat": etat,
        "client": client,
        "est_filtree": any(request.GET.get(nom) for nom in ("q", "du", "au", "moyen", "client")),
        "page": Paginator(lignes, PAR_PAGE).get_page(request.GET.get("page")),
        "totaux": totaux(retenus),
    }
    return render(request, "encaissements/liste.html", contexte)


def filtrer(reglements: ReglementQuerySet, choix: dict[str, Any]) -> ReglementQuerySet:
    """Those of the state asked for (all but the undone, by default), the period, the means, the words."""
    etats = {
        "": reglements.valides(),
        "credit": reglements.a_imputer(),
        "rejetes": reglements.valides().exclude(rejete_le=None),
        "annules": reglements.exclude(annule_le=None),
    }
    retenus = etats[choix["etat"]]
    if choix["du"]:
        retenus = retenus.filter(date_reglement__gte=choix["du"])
    if choix["au"]:
        retenus = retenus.filter(date_reglement__lte=choix["au"])
    if choix["moyen"]:
        retenus = retenus.filter(moyen=choix["moyen"])
    if choix["q"]:
        trouves = reglements.cherchant(choix["q"]).values("pk")
        bornes = bornes_cherchees(choix["q"])
        retenus = retenus.filter(Q(pk__in=trouves) | Q(montant__range=bornes) if bornes else Q(pk__in=trouves))
    return retenus


def totaux(retenus: ReglementQuerySet) -> list[dict[str, Any]]:
    """Per currency: how many, how much, how much of it is a credit; what was rejected or undone is no money."""
    encaisses = Q(rejete_le=None, annule_le=None)
    sommes: Any = (
        retenus.order_by()
        .values("devise")
        .annotate(n=Count("pk"), somme=Sum("montant", filter=encaisses), credit=Sum("disponible", filter=encaisses))
    )
    return list(sommes.order_by("devise"))
