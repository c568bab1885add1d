"""The outbox: every message and letter of the company, and each one as it left."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from entreprises.acces import RequeteEntreprise, membre
from relances.ecrans import boite
from relances.ecrans.volet import contenu_de, histoire_de_l_acte
from relances.views.gestes import acte_de

PAR_PAGE = 50


@require_safe
@membre
def boite_envoi(request: RequeteEntreprise) -> HttpResponse:
    etat, recherche = request.GET.get("etat", ""), request.GET.get("q", "").strip()[:100]
    envois = boite.envois(request.entreprise, recherche)
    page = Paginator(boite.d_etat(envois, etat), PAR_PAGE).get_page(request.GET.get("page"))
    vues = boite.vues(envois)
    contexte = {
        "page": page,
        "vues": vues,
        "total": sum(vue.nombre for vue in vues),
        "etat": etat if etat in boite.ETATS else "",
        "recherche": recherche,
    }
    return render(request, "relances/boite_envoi.html", contexte)


@require_safe
@membre
def envoi(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """One message: its headers, its text, its attachments, and what happened to it."""
    relance = acte_de(request, pk)
    contenu, manque = contenu_de(relance, request.aujourd_hui)
    contexte = {
        "acte": relance,
        "message": boite.message_parti(relance),
        "contenu": contenu,
        "manque": manque,
        "lignes": list(relance.lignes.filter(etape__isnull=False)),
        "pieces": list(relance.pieces.select_related("document")),
        "histoire": histoire_de_l_acte(relance),
    }
    return render(request, "relances/envoi.html", contexte)
