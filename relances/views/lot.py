"""Approving in one go the plain emails that wait: those this member may approve, each decided again on its own."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from entreprises.acces import RequeteEntreprise, membre
from entreprises.modeles import Perimee
from entreprises.models import Adhesion
from relances import approbation, libelles
from relances.composition import CompositionImpossible
from relances.models import Canal, Reglages, Relance

MAXIMUM = 200
# What only a person who reads the act can settle.
A_LIRE = ("contact_manquant", "ecart", "anomalie", "retenue", "reglements_perimes")


@dataclass
class BilanLot:
    """What a batch did. `changees`: acts that are not approved, each with the reason."""

    approuvees: int = 0
    changees: list[tuple[Relance, str]] = field(default_factory=list)


def a_approuver(request: RequeteEntreprise) -> Any:
    """The plain emails that wait for nothing but an approval that this member may give, the oldest first."""
    actes = Relance.objects.de(request.entreprise).filter(
        statut=Relance.Statut.A_VALIDER, canal=Canal.COURRIEL, est_formelle=False
    )
    reglages = Reglages.objects.filter(entreprise=request.entreprise).first()
    if reglages and reglages.plafond_approbation is not None and request.adhesion.role != Adhesion.Role.GERANT:
        actes = actes.filter(total__lte=reglages.plafond_approbation)
    return (
        actes.exclude(motif_attente__in=A_LIRE)
        .select_related("client", "etape", "entreprise")
        .order_by("date_decision", "pk")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@membre(modifie=True)
def approuver_lot(request: RequeteEntreprise) -> HttpResponse:
    """GET shows the list; POST approves the ones that stay ticked, with the versions that were shown."""
    if request.method != "POST":
        actes = list(a_approuver(request)[: MAXIMUM + 1])
        contexte = {
            "actes": actes[:MAXIMUM],
            "totaux": totaux(actes[:MAXIMUM]),
            "reste": len(actes) > MAXIMUM,
            "maximum": MAXIMUM,
        }
        return render(request, "relances/lot.html", contexte)
    bilan = approuver_les_choisis(request)
    if bilan.approuvees:
        texte = ngettext("%(n)d courriel approuvé.", "%(n)d courriels approuvés.", bilan.approuvees)
        messages.success(request, texte % {"n": bilan.approuvees} + " " + _("Départ au prochain envoi."))
    if not bilan.changees:
        if not bilan.approuvees:
            messages.info(request, _("Rien n’était coché : rien n’est approuvé."))
        return redirect("relances:a_faire", slug=request.entreprise.slug)
    return render(request, "relances/lot_bilan.html", {"bilan": bilan})


def totaux(actes: list[Relance]) -> list[tuple[str, Decimal, int]]:
    """By currency: the sum and the number of acts."""
    par_devise: dict[str, list[Decimal]] = {}
    for acte in actes:
        par_devise.setdefault(acte.devise, []).append(acte.total)
    return [(devise, sum(montants, Decimal(0)), len(montants)) for devise, montants in sorted(par_devise.items())]


def approuver_les_choisis(request: RequeteEntreprise) -> BilanLot:
    """Each ticked act on its own: one that changed, or was taken meanwhile, does not stop the others."""
    bilan, maintenant = BilanLot(), timezone.now()
    versions = lire_choix(request.POST.getlist("acte"))
    for acte in a_approuver(request).filter(pk__in=list(versions)[:MAXIMUM]):
        try:
            faite = approbation.approuver(acte, versions[acte.pk], request.adhesion, request.aujourd_hui, maintenant)
        except (Perimee, PermissionDenied, ValidationError):
            bilan.changees.append((acte, _("a changé entre-temps")))
        except CompositionImpossible as manque:
            bilan.changees.append((acte, libelles.mots_de_la_composition(manque.code, manque.parametres)))
        else:
            if faite.statut == Relance.Statut.A_ENVOYER:
                bilan.approuvees += 1
            elif faite.statut == Relance.Statut.ANNULEE:
                bilan.changees.append((faite, _("plus rien n’est dû, l’acte est annulé")))
            else:
                bilan.changees.append((faite, _("le montant a changé, relisez-le")))
    return bilan


def lire_choix(valeurs: list[str]) -> dict[int, int]:
    """« 12:3 » is act 12 as its version 3 was shown; anything else is left out."""
    choix = {}
    for valeur in valeurs:
        acte, _deux_points, version = valeur.partition(":")
        if acte.isascii() and acte.isdigit() and version.isascii() and version.isdigit() and len(valeur) < 30:
            choix[int(acte)] = int(version)
    return choix
