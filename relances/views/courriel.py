"""The company's mail server: its settings, a message of trial to oneself, going back to none."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entreprises.acces import RequeteEntreprise, exiger_ouverte, membre
from entreprises.fournisseurs import FOURNISSEURS, conseil_de
from entreprises.models import Adhesion, ServeurCourriel
from entreprises.secrets import SecretIllisible, dechiffrer
from relances import essai_courriel, pannes, serveur
from relances.forms_courriel import FormulaireCourriel


def exiger_gerant(request: RequeteEntreprise) -> None:
    if request.adhesion.role != Adhesion.Role.GERANT:
        raise PermissionDenied


def lire_serveur(request: RequeteEntreprise) -> ServeurCourriel:
    """The company's server, or an empty one that is not kept yet."""
    actuel = ServeurCourriel.objects.de(request.entreprise).first()
    # By id: given the company itself, it would pass for the server that the company has.
    return actuel or ServeurCourriel(
        entreprise_id=request.entreprise.pk,
        expediteur_nom=request.entreprise.nom[:100],
        expediteur_courriel=request.entreprise.courriel,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@membre
def courriel(request: RequeteEntreprise) -> HttpResponse:
    """The owner's form; for the others, by which way messages leave."""
    if request.method == "POST":
        exiger_gerant(request)
        exiger_ouverte(request)
    actuel = lire_serveur(request)
    if request.adhesion.role != Adhesion.Role.GERANT:
        return render(request, "relances/courriel.html", contexte(request, actuel))
    if request.method != "POST":
        return render(request, "relances/courriel.html", contexte(request, actuel, FormulaireCourriel(instance=actuel)))
    if request.POST.get("action") == "reprendre":
        form = FormulaireCourriel.repris(request.POST, actuel)
        return render(request, "relances/courriel.html", contexte(request, actuel, form))
    form = FormulaireCourriel(request.POST, instance=actuel)
    if form.is_valid() and garder(request, form):
        serveur.relancer_la_file(request.entreprise)
        messages.success(request, _("Serveur enregistré. Envoyez-vous un message d’essai avant de vous y fier."))
        return redirect("relances:courriel", slug=request.entreprise.slug)
    return render(request, "relances/courriel.html", contexte(request, lire_serveur(request), form))


def garder(request: RequeteEntreprise, form: FormulaireCourriel) -> bool:
    """Write the settings; False when another change came first. A double click makes one server."""
    if form.instance.pk:
        return form.enregistrer()
    try:
        with transaction.atomic():
            ServeurCourriel.objects.create(entreprise=request.entreprise, **form.a_ecrire())
    except IntegrityError:
        form.add_error(None, _("Un serveur vient d’être enregistré par ailleurs : rechargez la page pour le voir."))
        return False
    return True


def contexte(
    request: RequeteEntreprise, actuel: ServeurCourriel, form: FormulaireCourriel | None = None
) -> dict[str, Any]:
    code = str(form["fournisseur"].value() or "") if form else actuel.fournisseur
    return {
        "form": form,
        "serveur": actuel if actuel.pk else None,
        "voie": serveur.voie_de(request.entreprise),
        "panne": pannes.relire(actuel.derniere_erreur, actuel.fournisseur),
        "est_illisible": est_illisible(actuel),
        "conseil": conseil_de(code),
        "retenues": serveur.retenues(request.entreprise),
        "fournisseurs": {
            f.code: {"hote": f.hote, "port": f.port, "securite": f.securite, "identifiant": f.identifiant,
                     "conseil": str(f.conseil)}
            for f in FOURNISSEURS
        },
    }  # fmt: skip


def est_illisible(actuel: ServeurCourriel) -> bool:
    """Is there a password that no key of ours opens any more?"""
    try:
        dechiffrer(actuel.secret_chiffre)
    except SecretIllisible:
        return True
    return False


@require_POST
@membre(modifie=True)
def essayer(request: RequeteEntreprise) -> HttpResponse:
    """« M’envoyer un message d’essai »: what came of it is kept with the server, and shown on its page."""
    exiger_gerant(request)
    actuel = get_object_or_404(ServeurCourriel.objects.de(request.entreprise))
    if request.entreprise.est_demonstration:
        messages.info(request, _("Cette entreprise est une démonstration : rien ne part, pas même un essai."))
        return redirect("relances:courriel", slug=request.entreprise.slug)
    try:
        constat = essai_courriel.essayer(request.entreprise, actuel, request.user, timezone.now())  # type: ignore[arg-type]
    except essai_courriel.TropDEssais:
        messages.warning(request, _("Beaucoup d’essais en peu de temps : attendez dix minutes, puis réessayez."))
    else:
        if constat is None:
            serveur.relancer_la_file(request.entreprise)
            a = {"adresse": request.user.email}  # type: ignore[union-attr]
            messages.success(
                request, _("Le serveur a pris le message d’essai pour %(adresse)s. Regardez s’il arrive.") % a
            )
        else:
            messages.error(request, _("L’essai a échoué : %(phrase)s") % {"phrase": constat.phrase})
    return redirect("relances:courriel", slug=request.entreprise.slug)


@require_POST
@membre(modifie=True)
def retirer(request: RequeteEntreprise) -> HttpResponse:
    """Forget the server and its password."""
    exiger_gerant(request)
    ServeurCourriel.objects.de(request.entreprise).delete()
    serveur.relancer_la_file(request.entreprise)
    messages.success(request, _("Serveur retiré, son mot de passe est effacé."))
    return redirect("relances:courriel", slug=request.entreprise.slug)
