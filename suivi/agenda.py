"""The pages of notes and tasks: the company's list, and what is added from a client's or an invoice's page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clients.models import Client
from clients.views import dire_avec_retour, recu
from entreprises.acces import RequeteEntreprise, cle_lue, membre
from entreprises.forms import reporter
from factures.models import Facture
from suivi.forms import NoteForm, TacheForm
from suivi.models import Tache
from suivi.notes import noter_note
from suivi.taches import ajouter_tache, annuler_tache, faire_tache, modifier_tache, reprendre_tache
from suivi.views import faire, lire_client, lit_et_ecrit, vers

MEMOIRE = timedelta(days=14)  # what was done stays on the page that long; it stays in the timeline
MAXIMUM = 200


@dataclass(frozen=True, slots=True)
class Liste:
    """The tasks of one part of the page."""

    titre: str
    taches: list[Tache]


@require_safe
@membre
def taches(request: RequeteEntreprise) -> HttpResponse:
    """Late, today, to come, done lately; all of them, or mine and those of nobody in particular."""
    les_miennes = request.GET.get("qui") == "moi"
    toutes = Tache.objects.de(request.entreprise).select_related("client", "facture", "responsable", "faite_par")
    if les_miennes:
        toutes = toutes.filter(Q(responsable=request.user) | Q(responsable=None))
    a_faire = list(toutes.a_faire().order_by("pour_le", "pk")[:MAXIMUM])
    faites = toutes.filter(faite_le__gte=timezone.now() - MEMOIRE).order_by("-faite_le", "-pk")
    contexte = {
        "listes": listes(a_faire, request.aujourd_hui),
        "faites": list(faites[:50]),
        "nombre": len(a_faire),
        "qui": "moi" if les_miennes else "",
    }
    return render(request, "suivi/taches.html", contexte)


def listes(a_faire: list[Tache], au: date) -> list[Liste]:
    """By how near they are; the empty parts left out."""
    parties = [
        (gettext_lazy("En retard"), [t for t in a_faire if t.pour_le < au]),
        (gettext_lazy("Aujourd’hui"), [t for t in a_faire if t.pour_le == au]),
        (gettext_lazy("À venir"), [t for t in a_faire if t.pour_le > au]),
    ]
    return [Liste(str(titre), siennes) for titre, siennes in parties if siennes]


@lit_et_ecrit
@membre(modifie=True)
def note_nouvelle(request: RequeteEntreprise, pk: int) -> HttpResponse:
    client = lire_client(request, pk)
    facture = facture_choisie(request, client)
    form = NoteForm(recu(request))
    if request.method == "POST" and form.is_valid():
        texte = form.cleaned_data["texte"]
        if faire(form, lambda: noter_note(client, texte, facture=facture, auteur=request.user)):
            messages.success(request, _("Note ajoutée à l’historique."))
            return vers(request, client, facture)
    return render(request, "suivi/note.html", {"form": form, "client": client, "facture": facture})


def facture_choisie(request: RequeteEntreprise, client: Client) -> Facture | None:
    """The client's invoice that the address names; 404 for another one's."""
    cle = cle_lue(request.GET.get("facture", ""))
    return get_object_or_404(Facture.objects.filter(client=client), pk=cle) if cle is not None else None


@lit_et_ecrit
@membre(modifie=True)
def tache_nouvelle(request: RequeteEntreprise, pk: int) -> HttpResponse:
    client = lire_client(request, pk)
    facture = facture_choisie(request, client)
    neuve = Tache(entreprise=request.entreprise, client=client, genre=Tache.Genre.RAPPELER, facture=facture)
    demain = request.entreprise.calendrier().ajouter_ouvres(request.aujourd_hui, 1)
    form = TacheForm(recu(request), instance=neuve, initial={"pour_le": demain, "responsable": request.user})
    if request.method == "POST" and form.is_valid():
        valeurs = {**form.valeurs(), "aujourd_hui": request.aujourd_hui, "auteur": request.user}
        if faire(form, lambda: ajouter_tache(client, **valeurs)):
            messages.success(request, _("Tâche ajoutée."))
            return vers(request, client, facture)
    return render(request, "suivi/tache.html", {"form": form, "client": client, "facture": facture})


@lit_et_ecrit
@membre(modifie=True)
def tache_modifier(request: RequeteEntreprise, pk: int) -> HttpResponse:
    tache = lire_tache(request, pk)
    form = TacheForm(recu(request), instance=tache)
    if request.method == "POST" and form.is_valid():
        try:
            ecrite = modifier_tache(tache, form.enregistrer, auteur=request.user)
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            if ecrite:
                messages.success(request, _("Tâche enregistrée."))
                return redirect("suivi:taches", slug=request.entreprise.slug)
    tache = lire_tache(request, pk)
    return render(request, "suivi/tache.html", {"form": form, "client": tache.client, "tache": tache})


def lire_tache(request: RequeteEntreprise, pk: int) -> Tache:
    return get_object_or_404(Tache.objects.de(request.entreprise).select_related("client", "facture"), pk=pk)


@require_POST
@membre(modifie=True)
def tache_faite(request: RequeteEntreprise, pk: int) -> HttpResponse:
    tache = lire_tache(request, pk)
    return agir(
        request, tache, lambda: faire_tache(tache, instant=timezone.now(), auteur=request.user), _("Tâche faite.")
    )


@require_POST
@membre(modifie=True)
def tache_annuler(request: RequeteEntreprise, pk: int) -> HttpResponse:
    tache = lire_tache(request, pk)
    return agir(
        request, tache, lambda: annuler_tache(tache, instant=timezone.now(), auteur=request.user), _("Tâche annulée.")
    )


@require_POST
@membre(modifie=True)
def tache_reprendre(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """Undo « done » and « cancelled »."""
    tache = lire_tache(request, pk)
    if reprendre_tache(tache, auteur=request.user):
        messages.success(request, _("La tâche est de nouveau à faire."))
    return revenir(request, tache)


def agir(request: RequeteEntreprise, tache: Tache, acte: Callable[[], bool], texte: str) -> HttpResponse:
    """Do it, and offer the way back."""
    try:
        faite = acte()
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    else:
        if faite:
            dire_avec_retour(request, texte, reverse("suivi:tache_reprendre", args=[request.entreprise.slug, tache.pk]))
    return revenir(request, tache)


def revenir(request: RequeteEntreprise, tache: Tache) -> HttpResponse:
    """To the page where the button was."""
    if request.POST.get("page") == "facture" and tache.facture:
        return vers(request, tache.client, tache.facture)
    if request.POST.get("page") in {"client", "facture"}:
        return vers(request, tache.client)
    return redirect("suivi:taches", slug=request.entreprise.slug)
