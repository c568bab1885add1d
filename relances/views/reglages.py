"""The settings of the ladder, the tick « règlements à jour au … », and going on without it for a day (R17)."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entreprises.acces import RequeteEntreprise, membre
from entreprises.forms import JOURS
from entreprises.models import Adhesion
from entreprises.templatetags.formats import jour_texte
from relances import fraicheur, liberation, serveur
from relances.ecrans.repetition import lire_repetition
from relances.forms import FormulaireAJour, FormulaireReglages
from relances.models import Reglages, Relance


@require_POST
@membre(modifie=True)
def a_jour(request: RequeteEntreprise) -> HttpResponse:
    """R17: payments are recorded up to this day; what waited for that may go on."""
    form = FormulaireAJour(request.POST, au=request.aujourd_hui)
    if not form.is_valid():
        messages.error(request, " ".join(str(erreur) for erreur in form.errors["jour"]))
        return redirect("relances:a_faire", slug=request.entreprise.slug)
    jour: date = form.cleaned_data["jour"]
    liberees = liberation.declarer_a_jour(request.entreprise, jour, request.user, timezone.now())
    messages.success(
        request, _("Règlements à jour au %(jour)s.") % {"jour": jour_texte(jour)} + dire_liberees(liberees)
    )
    return redirect("relances:a_faire", slug=request.entreprise.slug)


def dire_liberees(nombre: int) -> str:
    """What no longer waits for the payments, as a sentence that follows another; nothing for none."""
    if not nombre:
        return ""
    texte = ngettext("%(n)d acte ne les attend plus.", "%(n)d actes ne les attendent plus.", nombre)
    return " " + texte % {"n": nombre}


@require_http_methods(["GET", "HEAD", "POST"])
@membre(modifie=True)
def outrepasser(request: RequeteEntreprise) -> HttpResponse:
    """R17: let today's acts go although payments may lack. GET says what it means, POST does it, for this day only."""
    etat = fraicheur.etat(request.entreprise, request.aujourd_hui)
    if not etat.retient:
        messages.info(request, _("Rien n’attend les règlements aujourd’hui."))
        return redirect("relances:a_faire", slug=request.entreprise.slug)
    if request.method != "POST":
        attendent = Relance.objects.de(request.entreprise).filter(
            statut=Relance.Statut.A_VALIDER, motif_attente=liberation.PERIMES
        )
        contexte = {"fraicheur": etat, "nombre": attendent.count()}
        return render(request, "relances/outrepasser.html", contexte)
    liberees = liberation.outrepasser(request.entreprise, request.aujourd_hui, request.user, timezone.now())
    messages.warning(request, _("Pour aujourd’hui, on relance sans attendre les règlements.") + dire_liberees(liberees))
    return redirect("relances:a_faire", slug=request.entreprise.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@membre(modifie=True)
def reglages(request: RequeteEntreprise) -> HttpResponse:
    """The owner's alone. The switch is turned on by confirming what would leave, and turned off at once."""
    exiger_gerant(request)
    actuels, _crees = Reglages.objects.get_or_create(entreprise=request.entreprise)
    if request.POST.get("action") == "eteindre":
        return eteindre(request)
    etait_allume = actuels.envoi_automatique
    form = FormulaireReglages(request.POST or None, instance=actuels)
    if request.method == "POST" and form.is_valid():
        allume = form.cleaned_data["envoi_automatique"] and not etait_allume
        if allume and request.POST.get("confirme") != "oui":
            accord = form.cleaned_data["approbation_jusqu_au"]
            encore = accord if accord and accord > request.aujourd_hui else None
            contexte = contexte_de(request, form.instance) | {"form": form, "accord_jusqu_au": encore}
            return render(request, "relances/allumer.html", contexte)
        if form.enregistrer():
            enregistres = _("Réglages enregistrés.") + " " + _("Ils valent dès la prochaine nuit.")
            messages.success(
                request, _("L’envoi automatique est allumé dès la prochaine nuit.") if allume else enregistres
            )
            return redirect("relances:reglages", slug=request.entreprise.slug)
    tels_quels = Reglages.objects.get(entreprise=request.entreprise)
    return render(request, "relances/reglages.html", contexte_de(request, tels_quels) | {"form": form})


def exiger_gerant(request: RequeteEntreprise) -> None:
    if request.adhesion.role != Adhesion.Role.GERANT:
        raise PermissionDenied


def eteindre(request: RequeteEntreprise) -> HttpResponse:
    """At once, whatever the page had become meanwhile: nobody argues with a stop."""
    Reglages.objects.filter(entreprise=request.entreprise, envoi_automatique=True).update(
        envoi_automatique=False, version=F("version") + 1, modifie_le=timezone.now()
    )
    messages.success(request, _("L’envoi automatique est éteint : rien de nouveau ne part sans votre accord."))
    return redirect("relances:reglages", slug=request.entreprise.slug)


def contexte_de(request: RequeteEntreprise, actuels: Reglages) -> dict[str, Any]:
    """What the page shows beside its form, with these settings."""
    return {
        "reglages": actuels,
        "fraicheur": fraicheur.etat(request.entreprise, request.aujourd_hui, actuels),
        "repetition": lire_repetition(request.entreprise, actuels, request.aujourd_hui + timedelta(days=1)),
        "voie": serveur.voie_de(request.entreprise),
    }


@require_safe
@membre
def etat(request: RequeteEntreprise) -> HttpResponse:
    """For the company's page, by htmx: is the switch on, when do messages leave."""
    actuels = Reglages.objects.filter(entreprise=request.entreprise).first() or Reglages(entreprise=request.entreprise)
    noms = dict(JOURS)
    ouvres = request.entreprise.calendrier().jours_ouvres
    jours = [str(noms[jour]) for jour in sorted(actuels.jours_envoi) if jour in ouvres]
    reponse = render(request, "relances/_reglages_etat.html", {"reglages": actuels, "jours": jours})
    reponse["Cache-Control"] = "no-store"
    return reponse
