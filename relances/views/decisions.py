"""Deciding about an act: approve, hold, switch its channel, settle a doubt, note that the client answered."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from entreprises.acces import RequeteEntreprise, membre
from relances import approbation
from relances.composition import composer
from relances.ecrans.volet import contenu_de
from relances.models import Canal, Relance
from relances.views.gestes import accomplir, acte_de, aller_au_suivant, dire_et_continuer, entier, revenir
from relances.views.page import peut_approuver
from suivi.pauses import il_a_repondu

S = Relance.Statut


@require_POST
@membre(modifie=True)
def approuver(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """A formal demand asks twice: without `confirme`, an intermediate page."""
    relance = acte_de(request, pk)
    if relance.est_formelle and "confirme" not in request.POST and peut_approuver(request, relance):
        return _confirmer(request, relance)
    maintenant = timezone.now()

    def geste(acte: Relance, version: int) -> Relance:
        if acte.statut == S.A_VALIDER and acte.canal == Canal.COURRIEL:
            composer(acte, request.aujourd_hui)  # an email is frozen when it leaves: say now what would stop it then
        return approbation.approuver(acte, version, request.adhesion, request.aujourd_hui, maintenant)

    return accomplir(request, relance, geste, _apres_accord)


def _confirmer(request: RequeteEntreprise, relance: Relance) -> HttpResponse:
    contenu, _manque = contenu_de(relance, request.aujourd_hui)
    contexte = {
        "acte": relance,
        "contenu": contenu,
        "version": entier(request.POST, "version"),
        "suivant": entier(request.POST, "suivant") or "",
    }
    return render(request, "relances/confirmer.html", contexte)


def _apres_accord(request: RequeteEntreprise, relance: Relance) -> HttpResponse:
    """What an approval gave: it may leave, or nothing is due any more, or it changed and is to be read again."""
    qui = {"client": relance.client.nom, "etape": relance.etape.nom}
    if relance.statut == S.ANNULEE:
        messages.warning(request, _("%(client)s : plus rien n’est dû pour cet acte, il est annulé.") % qui)
        return aller_au_suivant(request)
    if relance.statut == S.A_VALIDER:
        messages.warning(
            request, _("Le montant a changé depuis que vous avez ouvert cet acte : relisez-le avant d’approuver.")
        )
        return revenir(request, relance)
    if relance.canal in {"courrier", "recommande"}:
        messages.success(request, _("Approuvé : la lettre à %(client)s rejoint les courriers à poster.") % qui)
    else:
        messages.success(request, _("Approuvé : %(etape)s, %(client)s. Départ au prochain envoi.") % qui)
    return aller_au_suivant(request)


@require_POST
@membre(modifie=True)
def retenir(request: RequeteEntreprise, pk: int) -> HttpResponse:
    maintenant = timezone.now()
    return accomplir(
        request,
        acte_de(request, pk),
        lambda acte, version: approbation.retenir(acte, version, request.user, maintenant),
        dire_et_continuer(gettext_lazy("Retenu : %(etape)s, %(client)s. Rien ne part avant votre accord.")),
    )


@require_POST
@membre(modifie=True)
def canal(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """The act stays open with its new channel, to be read again."""
    maintenant, choisi = timezone.now(), request.POST.get("canal", "")

    def dire(request: RequeteEntreprise, relance: Relance) -> HttpResponse:
        messages.success(request, _("Canal changé : %(canal)s.") % {"canal": relance.get_canal_display().lower()})
        return revenir(request, relance)

    return accomplir(
        request,
        acte_de(request, pk),
        lambda acte, version: approbation.changer_canal(acte, version, choisi, request.user, maintenant),
        dire,
    )


@require_POST
@membre(modifie=True)
def partie(request: RequeteEntreprise, pk: int) -> HttpResponse:
    maintenant = timezone.now()
    return accomplir(
        request,
        acte_de(request, pk),
        lambda acte, version: approbation.dire_partie(acte, version, request.user, maintenant),
        dire_et_continuer(gettext_lazy("Noté : le message à %(client)s est parti.")),
    )


@require_POST
@membre(modifie=True)
def non_partie(request: RequeteEntreprise, pk: int) -> HttpResponse:
    maintenant = timezone.now()
    return accomplir(
        request,
        acte_de(request, pk),
        lambda acte, version: approbation.dire_non_partie(acte, version, request.user, maintenant),
        dire_et_continuer(
            gettext_lazy("Noté : le message à %(client)s n’est pas parti. La prochaine nuit décidera de nouveau.")
        ),
    )


@require_POST
@membre(modifie=True)
def repondu(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """« Il a répondu »: a pause of five days. The act shown is then cancelled by its next review."""
    relance = acte_de(request, pk)
    pause = il_a_repondu(relance.client, aujourd_hui=request.aujourd_hui, auteur=request.user)
    mots = {"client": relance.client.nom, "jour": f"{pause.au:%d/%m/%Y}" if pause.au else "…"}
    messages.success(request, _("%(client)s a répondu : rien ne part jusqu’au %(jour)s, le temps de lire.") % mots)
    return aller_au_suivant(request)
