"""The company's payment terms: the list, one of them, which one is proposed first."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entreprises.acces import RequeteEntreprise, membre
from entreprises.views import exiger_gerant
from factures.forms_conditions import FormulaireConditions, exemple
from factures.models import ConditionsPaiement
from factures.mots_conditions import decrire

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])


def lire(request: RequeteEntreprise, pk: int) -> ConditionsPaiement:
    return get_object_or_404(ConditionsPaiement.objects.de(request.entreprise).select_related("entreprise"), pk=pk)


@require_safe
@membre
def conditions(request: RequeteEntreprise) -> HttpResponse:
    """Each in words, with when an invoice of today would be due."""
    devise = request.entreprise.devise
    lignes = [
        {
            "conditions": une,
            "mots": decrire(une.regle, devise),
            "dates": [prevue.date_echeance for prevue in exemple(une.regle, request.aujourd_hui)],
        }
        for une in ConditionsPaiement.objects.de(request.entreprise).order_by("-est_defaut", "nom")
    ]
    return render(request, "factures/conditions.html", {"lignes": lignes})


@lit_et_ecrit
@membre(modifie=True)
def conditions_nouvelles(request: RequeteEntreprise) -> HttpResponse:
    """The first ones become those proposed. A double click is stopped by the name, which is unique."""
    exiger_gerant(request)
    form = FormulaireConditions(request.POST or None, instance=ConditionsPaiement(entreprise=request.entreprise))
    if request.method == "POST" and form.is_valid():
        siennes = ConditionsPaiement.objects.de(request.entreprise)
        try:
            with transaction.atomic():
                ConditionsPaiement.objects.create(
                    entreprise=request.entreprise, est_defaut=not siennes.exists(), **form.a_ecrire()
                )
        except IntegrityError:
            form.add_error("nom", _("Vous avez déjà des conditions de ce nom."))
        else:
            messages.success(request, _("Conditions ajoutées."))
            return redirect("factures:conditions", slug=request.entreprise.slug)
    return render(request, "factures/conditions_une.html", {"form": form, "est_nouvelle": True})


@lit_et_ecrit
@membre(modifie=True)
def conditions_modifier(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """Invoices already entered keep their dates."""
    exiger_gerant(request)
    une = lire(request, pk)
    form = FormulaireConditions(request.POST or None, instance=une)
    if request.method == "POST" and form.is_valid() and form.enregistrer():
        messages.success(request, _("Conditions enregistrées. Les factures déjà saisies gardent leurs échéances."))
        return redirect("factures:conditions", slug=request.entreprise.slug)
    mots = decrire(lire(request, pk).regle, request.entreprise.devise)
    return render(request, "factures/conditions_une.html", {"form": form, "une": une, "mots": mots})


@require_POST
@membre(modifie=True)
def conditions_proposer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """These are the ones proposed first on a new invoice."""
    exiger_gerant(request)
    une = lire(request, pk)
    with transaction.atomic():
        # The old one first: a constraint allows one at a time.
        ConditionsPaiement.objects.de(request.entreprise).filter(est_defaut=True).exclude(pk=pk).update(
            est_defaut=False, modifie_le=timezone.now()
        )
        ConditionsPaiement.objects.filter(pk=une.pk).update(est_defaut=True, modifie_le=timezone.now())
    messages.success(request, _("« %(nom)s » sont proposées d’abord.") % {"nom": une.nom})
    return redirect("factures:conditions", slug=request.entreprise.slug)


@require_POST
@membre(modifie=True)
def conditions_retirer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """Those that an invoice names stay."""
    exiger_gerant(request)
    une = lire(request, pk)
    try:
        une.delete()
    except ProtectedError:
        messages.error(request, _("Des factures portent ces conditions : elles ne peuvent pas être retirées."))
    else:
        messages.success(request, _("« %(nom)s » sont retirées.") % {"nom": une.nom})
    return redirect("factures:conditions", slug=request.entreprise.slug)
