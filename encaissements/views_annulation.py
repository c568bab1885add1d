"""A payment entered by mistake is undone: at once from the message that announced it, or later with a reason."""

import re

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from encaissements.annonces import dire_les_sommes
from encaissements.annulation import annuler_reglement, annuler_reglements
from encaissements.forms import AnnulationForm
from encaissements.models import Imputation, Reglement
from entreprises.acces import RequeteEntreprise, cle_lue, membre
from entreprises.forms import reporter

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])


@lit_et_ecrit
@membre(modifie=True)
def annuler(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """With a reason. What it settled is shown, for it will be open again."""
    reglement = get_object_or_404(Reglement.objects.de(request.entreprise).encaisses().select_related("client"), pk=pk)
    form = AnnulationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            annuler_reglement(
                reglement,
                form.cleaned_data["motif"],
                aujourd_hui=request.aujourd_hui,
                instant=timezone.now(),
                auteur=request.user,
            )
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            messages.success(request, dire_l_annulation([reglement]))
            return redirect("encaissements:liste", slug=request.entreprise.slug)
    imputations = Imputation.objects.filter(reglement=reglement, montant__gt=0, annulee_par=None)
    contexte = {"form": form, "reglement": reglement, "imputations": imputations.select_related("facture")}
    return render(request, "encaissements/annuler.html", contexte)


@require_POST
@membre(modifie=True)
def annuler_saisie(request: RequeteEntreprise) -> HttpResponse:
    """What was just recorded, one payment (`reglement`) or a whole batch (`lot`). Of another day, it wants a reason."""
    reglements = lire_saisie(request)
    suite = redirect("encaissements:liste", slug=request.entreprise.slug)
    if any(request.entreprise.date_locale(r.cree_le) != request.aujourd_hui for r in reglements):
        messages.warning(request, _("Cette saisie date d’un autre jour : annulez ici chaque règlement, avec un motif."))
        return suite
    try:
        annules = annuler_reglements(
            reglements, aujourd_hui=request.aujourd_hui, instant=timezone.now(), auteur=request.user
        )
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
        return suite
    if annules:
        messages.success(request, dire_l_annulation(annules))
    else:
        messages.warning(request, _("Cette saisie était déjà annulée."))
    if request.POST.get("lot"):
        return redirect("encaissements:pointer", slug=request.entreprise.slug)
    return redirect("clients:detail", slug=request.entreprise.slug, pk=reglements[0].client_id)


def lire_saisie(request: RequeteEntreprise) -> list[Reglement]:
    """404 for what is not of this company, or for nothing."""
    siens = Reglement.objects.de(request.entreprise).select_related("client")
    lot = request.POST.get("lot", "")
    if re.fullmatch(r"[0-9a-f]{32}", lot):
        trouves = list(siens.du_lot(lot))
    else:
        trouves = list(siens.filter(pk=cle_lue(request.POST.get("reglement", "")) or 0))
    if not trouves:
        raise Http404
    return trouves


def dire_l_annulation(reglements: list[Reglement]) -> str:
    phrase = ngettext(
        "Saisie annulée : un règlement de %(somme)s ne compte plus. Ce qu’il avait réglé est de nouveau dû.",
        "Saisie annulée : %(n)s règlements, %(somme)s, ne comptent plus. Ce qu’ils avaient réglé est de nouveau dû.",
        len(reglements),
    )
    return phrase % {"n": len(reglements), "somme": dire_les_sommes(reglements)}
