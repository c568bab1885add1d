"""The members of a company: who they are, what each may do, leaving, and one's own preferences."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from entreprises.acces import RequeteEntreprise, membre
from entreprises.forms_membres import MembreForm, PreferencesForm
from entreprises.invitations import lien
from entreprises.membres import est_dernier_gerant, fermer, rouvrir
from entreprises.models import Adhesion, Invitation
from entreprises.views import est_gerant, exiger_gerant, lit_et_ecrit


@require_safe
@membre
def membres(request: RequeteEntreprise) -> HttpResponse:
    """Everyone who comes in, those who no longer do, those who are asked to."""
    maintenant = timezone.now()
    adhesions = Adhesion.objects.de(request.entreprise).select_related("utilisateur")
    tous = sorted(adhesions, key=lambda a: (str(a.utilisateur).casefold(), a.pk))
    invitations = Invitation.objects.de(request.entreprise).en_attente().select_related("par").order_by("courriel")
    contexte = {
        "membres": [a for a in tous if a.est_active],
        "anciens": [a for a in tous if not a.est_active],
        "invitations": [_en_attente(i, maintenant, est_gerant(request)) for i in invitations],
        "est_gerant": est_gerant(request),
    }
    return render(request, "entreprises/membres.html", contexte)


def _en_attente(invitation: Invitation, maintenant: datetime, est_gerant: bool) -> dict[str, Any]:
    """A line of the list. Without a mail server the owner hands the link over; nobody else sees it."""
    est_expiree = invitation.est_expiree(maintenant)
    a_transmettre = est_gerant and not est_expiree and not settings.EMAIL_URL
    return {
        "invitation": invitation,
        "est_expiree": est_expiree,
        "lien": lien(invitation) if a_transmettre else "",
    }


@lit_et_ecrit
@membre(modifie=True)
def membre_modifier(request: RequeteEntreprise, pk: int) -> HttpResponse:
    exiger_gerant(request)
    adhesion = _adhesion(request, pk)
    form = MembreForm(request.POST or None, instance=_adhesion(request, pk))
    if request.method == "POST" and form.is_valid() and form.enregistrer():
        messages.success(request, _("Droits de %(membre)s enregistrés.") % {"membre": adhesion.utilisateur})
        return redirect("entreprise:membres", slug=request.entreprise.slug)
    contexte = {"form": form, "cible": adhesion, "est_dernier": est_dernier_gerant(adhesion)}
    return render(request, "entreprises/membre.html", contexte)


@require_POST
@membre(modifie=True)
def membre_fermer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    exiger_gerant(request)
    adhesion = _adhesion(request, pk)
    try:
        if fermer(adhesion, timezone.now()):
            phrase = _("%(membre)s n’entre plus ici. Ce qui a été fait reste au dossier.")
            messages.success(request, phrase % {"membre": adhesion.utilisateur})
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    if adhesion.pk == request.adhesion.pk and not adhesion.est_active:
        return redirect("entreprises:accueil")
    return redirect("entreprise:membres", slug=request.entreprise.slug)


@require_POST
@membre(modifie=True)
def membre_rouvrir(request: RequeteEntreprise, pk: int) -> HttpResponse:
    exiger_gerant(request)
    adhesion = _adhesion(request, pk)
    if rouvrir(adhesion):
        valeurs = {"membre": adhesion.utilisateur, "role": adhesion.get_role_display().lower()}
        messages.success(request, _("%(membre)s entre de nouveau ici, comme %(role)s.") % valeurs)
    return redirect("entreprise:membres", slug=request.entreprise.slug)


def _adhesion(request: RequeteEntreprise, pk: int) -> Adhesion:
    adhesions = Adhesion.objects.de(request.entreprise).select_related("utilisateur", "entreprise")
    return get_object_or_404(adhesions, pk=pk)


@lit_et_ecrit
@membre
def quitter(request: RequeteEntreprise) -> HttpResponse:
    """Leave the company, after a page that says what it means. Its last owner can't."""
    est_dernier = est_dernier_gerant(request.adhesion)
    if request.method == "POST":
        try:
            fermer(request.adhesion, timezone.now())
        except ValidationError:
            est_dernier = True
        else:
            messages.success(request, _("Vous avez quitté %(nom)s.") % {"nom": request.entreprise.nom})
            return redirect("entreprises:accueil")
    return render(request, "entreprises/quitter.html", {"est_dernier": est_dernier})


@lit_et_ecrit
@membre
def preferences(request: RequeteEntreprise) -> HttpResponse:
    """One's own name and messages: open to every member, whatever their role."""
    form = PreferencesForm(request.POST or None, instance=_adhesion(request, request.adhesion.pk))
    if request.method == "POST" and form.is_valid() and form.enregistrer():
        messages.success(request, _("Préférences enregistrées."))
        return redirect("entreprise:preferences", slug=request.entreprise.slug)
    return render(request, "entreprises/preferences.html", {"form": form})
