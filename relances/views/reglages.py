"""The settings of the ladder, the tick « règlements à jour au … », and going on without it for a day (R17)."""

from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from entreprises.acces import RequeteEntreprise, membre
from entreprises.models import Adhesion
from entreprises.templatetags.formats import jour_texte
from relances import fraicheur, liberation
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
    """The owner's alone. Beside the switch: what would leave on the next sending day."""
    if request.adhesion.role != Adhesion.Role.GERANT:
        raise PermissionDenied
    actuels, _crees = Reglages.objects.get_or_create(entreprise=request.entreprise)
    form = FormulaireReglages(request.POST or None, instance=actuels)
    if request.method == "POST" and form.is_valid() and form.enregistrer():
        messages.success(request, _("Réglages enregistrés. Ils valent dès la prochaine nuit."))
        return redirect("relances:reglages", slug=request.entreprise.slug)
    contexte = {
        "form": form,
        "reglages": actuels,
        "fraicheur": fraicheur.etat(request.entreprise, request.aujourd_hui, actuels),
        "repetition": lire_repetition(request.entreprise, actuels, request.aujourd_hui + timedelta(days=1)),
    }
    return render(request, "relances/reglages.html", contexte)
