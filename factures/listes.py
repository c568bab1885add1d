"""The lists that read balances: invoices, clients with what they owe, and the companies one serves."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, Min, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clients.models import Client
from entreprises.acces import RequeteEntreprise, membre
from entreprises.models import Adhesion
from factures.encours import Encours, par_client, par_devise, par_entreprise
from factures.filters import ETATS, TRIS, FiltreFactures, avec_prochaine_echeance, trier
from factures.models import Echeance, Facture

PAR_PAGE = 50
TRIS_CLIENTS = {"nom": "tri", "echu": "echu", "retard": "plus_ancienne"}


def lire_tri(request: HttpRequest, connus: dict[str, str], defaut: str) -> str:
    tri = request.GET.get("tri", defaut)
    return tri if tri.lstrip("-") in connus and not tri.startswith("--") else defaut


@require_safe
@membre
def factures(request: RequeteEntreprise) -> HttpResponse:
    """Filtered, sorted, by pages of 50, with the exact totals of all that the filters keep."""
    choix = request.GET.copy()
    choix.setdefault("etat", "ouvertes")
    filtre = FiltreFactures(choix, request=request, entreprise=request.entreprise, aujourd_hui=request.aujourd_hui)
    retenues = filtre.qs if filtre.form.is_valid() else Facture.objects.none()
    tri = lire_tri(request, TRIS, "echeance")
    lignes = trier(avec_prochaine_echeance(retenues.select_related("client")), tri)
    contexte = {
        "filtre": filtre.form,
        "etats": ETATS,
        "etat": choix["etat"],
        "est_filtree": any(request.GET.get(nom) for nom in ("q", "client", "du", "au")),
        "client": filtre.form.cleaned_data.get("client"),
        "tri_actuel": tri,
        "page": Paginator(lignes, PAR_PAGE).get_page(request.GET.get("page")),
        "totaux": totaux(retenues),
        "encours": par_devise(Echeance.objects.de(request.entreprise), request.aujourd_hui),
    }
    return render(request, "factures/liste.html", contexte)


def totaux(retenues: QuerySet[Facture]) -> list[dict[str, Any]]:
    """Number, total and balance of these invoices, per currency. One query."""
    par: Any = retenues.order_by().values("devise").annotate(n=Count("pk"), total=Sum("total"), solde=Sum("solde"))
    return list(par.order_by("devise"))


@require_safe
@membre
def clients(request: RequeteEntreprise) -> HttpResponse:
    """Every client, with what they owe; those that owe nothing too. An archived one is in its own view, and in those of
    what is owed should an invoice have come since."""
    etat = request.GET.get("etat", "")
    ouvertes = Echeance.objects.filter(client=OuterRef("pk")).ouvertes()
    retenus = Client.objects.de(request.entreprise).cherchant(request.GET.get("q", ""))
    if etat == "retard":
        retenus = retenus.filter(Exists(ouvertes.filter(date_echeance__lt=request.aujourd_hui)))
    elif etat == "solde":
        retenus = retenus.filter(Exists(ouvertes))
    else:
        retenus = retenus.archives() if etat == "archives" else retenus.actifs()
    tri = lire_tri(request, TRIS_CLIENTS, "nom")
    page = Paginator(trier_clients(retenus, tri, request), PAR_PAGE).get_page(request.GET.get("page"))
    encours = par_client(request.entreprise, [c.pk for c in page], request.aujourd_hui)
    contexte = {
        "page": page,
        "lignes": [(client, encours.get(client.pk, [])) for client in page],
        "etat": etat if etat in {"retard", "solde", "archives"} else "",
        "q": request.GET.get("q", ""),
        "tri_actuel": tri,
    }
    return render(request, "factures/clients.html", contexte)


def trier_clients(retenus: QuerySet[Client], tri: str, request: RequeteEntreprise) -> QuerySet[Client]:
    """By name; by what is overdue in the company's own currency; by the oldest open due date."""
    ouvertes = Echeance.objects.filter(client=OuterRef("pk")).ouvertes().order_by().values("client")
    cle = tri.lstrip("-")
    if cle == "echu":
        echues = ouvertes.filter(date_echeance__lt=request.aujourd_hui, devise=request.entreprise.devise)
        retenus = retenus.annotate(echu=Subquery(echues.annotate(somme=Sum("solde")).values("somme")))
    elif cle == "retard":
        premieres = ouvertes.annotate(premiere=Min("date_echeance")).values("premiere")
        retenus = retenus.annotate(plus_ancienne=Subquery(premieres))
    champ = F(TRIS_CLIENTS[cle])
    # Those that owe nothing come last, whatever the direction.
    ordre = champ.desc(nulls_last=True) if tri.startswith("-") else champ.asc(nulls_last=True)
    return retenus.order_by(ordre, "tri", "pk")


@dataclass(frozen=True, slots=True)
class LigneCabinet:
    """One company one serves, and what it is owed, per currency."""

    adhesion: Adhesion
    au: date
    encours: list[Encours]


@require_safe
def cabinet(request: HttpRequest) -> HttpResponse:
    """The companies this user belongs to, each on its own date."""
    maintenant = timezone.now()
    adhesions = list(
        Adhesion.objects.filter(utilisateur=request.user.pk, est_active=True)
        .select_related("entreprise")
        .order_by("entreprise__nom")
    )
    jours = {a.entreprise_id: a.entreprise.date_locale(maintenant) for a in adhesions}
    trouves = par_entreprise(jours.items())
    lignes = [LigneCabinet(a, jours[a.entreprise_id], trouves.get(a.entreprise_id, [])) for a in adhesions]
    return render(request, "factures/cabinet.html", {"lignes": lignes})
