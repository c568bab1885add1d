"""Asking someone to join, and the page that the invited person opens from the message."""

import logging
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, SignatureExpired
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entreprises.acces import RequeteEntreprise, discrete, membre
from entreprises.comptes import compte_de
from entreprises.forms import reporter
from entreprises.forms_membres import EntreeForm, InvitationForm
from entreprises.invitations import (
    Etat,
    accepter,
    entrer,
    envoyer,
    etat,
    invitation_signee,
    inviter_par_courriel,
    prolonger,
    retirer,
)
from entreprises.models import Invitation
from entreprises.views import exiger_gerant, lit_et_ecrit

journal = logging.getLogger(__name__)


@lit_et_ecrit
@membre(modifie=True)
def inviter(request: RequeteEntreprise) -> HttpResponse:
    exiger_gerant(request)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            nouvelle, est_neuve = inviter_par_courriel(
                request.entreprise,
                par=request.user,  # type: ignore[arg-type]
                instant=timezone.now(),
                **form.cleaned_data,
            )
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            if est_neuve:
                _expedier(request, nouvelle)
            else:
                texte = _("Une invitation attend déjà %(courriel)s : vous pouvez la renvoyer.")
                messages.success(request, texte % {"courriel": nouvelle.courriel})
            return redirect("entreprise:membres", slug=request.entreprise.slug)
    return render(request, "entreprises/inviter.html", {"form": form})


@require_POST
@membre(modifie=True)
def renvoyer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    exiger_gerant(request)
    invitation = _invitation(request, pk)
    if prolonger(invitation, request.user, timezone.now()):  # type: ignore[arg-type]
        _expedier(request, invitation)
    else:
        messages.warning(request, _("Cette invitation n’attend plus : elle a été acceptée ou retirée."))
    return redirect("entreprise:membres", slug=request.entreprise.slug)


@require_POST
@membre(modifie=True)
def retirer_invitation(request: RequeteEntreprise, pk: int) -> HttpResponse:
    exiger_gerant(request)
    invitation = _invitation(request, pk)
    if retirer(invitation, timezone.now()):
        texte = _("Invitation de %(courriel)s retirée : son lien n’ouvre plus rien.")
        messages.success(request, texte % {"courriel": invitation.courriel})
    else:
        messages.warning(request, _("Cette invitation n’attend plus : elle a été acceptée ou retirée."))
    return redirect("entreprise:membres", slug=request.entreprise.slug)


def _invitation(request: RequeteEntreprise, pk: int) -> Invitation:
    invitations = Invitation.objects.de(request.entreprise).select_related("entreprise", "par")
    return get_object_or_404(invitations, pk=pk)


def _expedier(request: RequeteEntreprise, invitation: Invitation) -> None:
    """Send it, outside any transaction, and say what happened. So many an hour: no way to write to strangers."""
    if not ratelimit.consume(request, action="invitation", user=request.user):
        texte = _("Trop d’invitations envoyées en une heure. Celle de %(courriel)s est gardée : renvoyez-la plus tard.")
        messages.warning(request, texte % {"courriel": invitation.courriel})
        return
    try:
        envoyer(invitation)
    except OSError as erreur:
        journal.warning("invitation %s: %s", invitation.pk, erreur)
        texte = _("L’invitation de %(courriel)s est gardée, mais le courriel n’est pas parti. Renvoyez-la plus tard.")
        messages.warning(request, texte % {"courriel": invitation.courriel})
        return
    if not settings.EMAIL_URL:
        texte = _("Aucun serveur de courriel n’est réglé : transmettez vous-même à %(courriel)s le lien ci-dessous.")
        messages.warning(request, texte % {"courriel": invitation.courriel})
        return
    messages.success(request, _("Invitation envoyée à %(courriel)s.") % {"courriel": invitation.courriel})


@login_not_required
@lit_et_ecrit
def invitation(request: HttpRequest, jeton: str) -> HttpResponse:
    """The page of the link. 404 for one that we did not sign, 410 for one that opens nothing any more."""
    try:
        trouvee = invitation_signee(jeton)
    except SignatureExpired:
        return _close(request, Etat.EXPIREE)
    except BadSignature:
        return _close(request, None)
    etape = etat(trouvee, timezone.now())
    est_la_sienne = request.user.is_authenticated and request.user.email.casefold() == trouvee.courriel.casefold()
    if etape is Etat.ACCEPTEE and est_la_sienne and trouvee.acceptee_par == request.user:
        return redirect("entreprise:accueil", slug=trouvee.entreprise.slug)
    if etape is not Etat.EN_ATTENTE:
        return _close(request, etape)
    if request.user.is_authenticated:
        return _accepter(request, trouvee, est_la_sienne)
    return _entrer(request, trouvee)


def _accepter(request: HttpRequest, trouvee: Invitation, est_la_sienne: bool) -> HttpResponse:
    if request.method == "POST" and est_la_sienne:
        adhesion = accepter(trouvee, request.user, timezone.now())  # type: ignore[arg-type]
        if adhesion is None:
            return redirect(request.path)  # it changed meanwhile: the page says how
        return _bienvenue(request, trouvee)
    return _page(request, trouvee, est_la_sienne=est_la_sienne, form=None, a_un_compte=False)


def _entrer(request: HttpRequest, trouvee: Invitation) -> HttpResponse:
    """Nobody is signed in: either the address has an account, or one is made here."""
    if compte_de(trouvee.courriel) is not None:
        return _page(request, trouvee, est_la_sienne=False, form=None, a_un_compte=True)
    form = EntreeForm(trouvee.courriel, request.POST or None)
    if request.method == "POST" and form.is_valid():
        donnees = form.cleaned_data
        utilisateur = entrer(trouvee, donnees["mot_de_passe"], donnees["prenom"], donnees["nom"], timezone.now())
        if utilisateur is None:
            return redirect(request.path)
        login(request, utilisateur)
        return _bienvenue(request, trouvee)
    return _page(request, trouvee, est_la_sienne=False, form=form, a_un_compte=False)


def _bienvenue(request: HttpRequest, trouvee: Invitation) -> HttpResponse:
    messages.success(request, _("Bienvenue dans %(nom)s.") % {"nom": trouvee.entreprise.nom})
    return redirect("entreprise:accueil", slug=trouvee.entreprise.slug)


def _page(request: HttpRequest, trouvee: Invitation, **contexte: Any) -> HttpResponse:
    return discrete(render(request, "entreprises/invitation.html", {"invitation": trouvee, **contexte}))


def _close(request: HttpRequest, etape: Etat | None) -> HttpResponse:
    statut = 404 if etape is None else 410
    return discrete(render(request, "entreprises/invitation_close.html", {"etape": etape}, status=statut))
