"""The page of the morning digest: what leaves today, each with « Retenir ». Its signed link opens it, no sign-in."""

from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature, SignatureExpired
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_http_methods

from entreprises.acces import discrete
from entreprises.modeles import Perimee
from relances.approbation import retenir
from relances.avis import AccesFerme, Destination, lire_jeton, partantes
from relances.models import Nuit, Reglages, Relance
from relances.revision import reviser_ouvertes
from relances.views.gestes import entier
from relances.views.lot import lire_choix
from suivi.pauses import il_a_repondu


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def avis(request: HttpRequest, jeton: str) -> HttpResponse:
    """404 for a link that we did not sign, 410 for one that is too old or whose member left: neither tells anything
    else. A member who only reads holds nothing: 403."""
    try:
        destination = lire_jeton(jeton)
    except SignatureExpired:
        return _sans_suite(request, "ancien", 410)
    except AccesFerme:
        return _sans_suite(request, "ferme", 410)
    except (BadSignature, Nuit.DoesNotExist, KeyError, TypeError, ValueError):
        return _sans_suite(request, "inconnu", 404)
    with override(destination.adhesion.utilisateur.langue):
        if request.method == "POST" and destination.adhesion.peut_modifier:
            return discrete(_agir(request, destination, jeton))
        return discrete(_montrer(request, destination, 403 if request.method == "POST" else 200))


def _sans_suite(request: HttpRequest, cause: str, statut: int) -> HttpResponse:
    return discrete(render(request, "relances/avis_perime.html", {"cause": cause}, status=statut))


def _montrer(request: HttpRequest, destination: Destination, statut: int) -> HttpResponse:
    entreprise = destination.entreprise
    contexte = {
        "creancier": entreprise,
        "actes": partantes(entreprise),
        "reglages": Reglages.objects.filter(entreprise=entreprise).first() or Reglages(),
        "peut_retenir": destination.adhesion.peut_modifier,
    }
    return render(request, "relances/avis.html", contexte, status=statut)


def _agir(request: HttpRequest, destination: Destination, jeton: str) -> HttpResponse:
    """Hold one act or all, or say that a client answered: only among those of this company that leave. The journal
    names the member for whom the link was signed."""
    choisie, geste = entier(request.POST, "acte"), request.POST.get("geste", "retenir")
    actes = {acte.pk: acte for acte in partantes(destination.entreprise)}
    if geste == "tout":
        _retenir_tout(request, destination, actes)
    elif choisie not in actes:
        messages.warning(request, _("Cet envoi a changé entre-temps : voici ce qui part maintenant."))
    elif geste == "repondu":
        _repondu(request, destination, actes[choisie])
    elif _retenir(destination, actes[choisie], entier(request.POST, "version")):
        texte = _("Retenu : %(client)s. Rien ne part avant votre accord.")
        messages.success(request, texte % {"client": actes[choisie].client.nom})
    else:
        messages.warning(request, _("Cet envoi a changé entre-temps : voici ce qui part maintenant."))
    return redirect("avis", jeton=jeton)


def _retenir(destination: Destination, acte: Relance, version: int) -> bool:
    """False when the act changed since it was shown."""
    with suppress(Perimee):
        retenir(acte, version, destination.adhesion.utilisateur, timezone.now())
        return True
    return False


def _retenir_tout(request: HttpRequest, destination: Destination, actes: dict[int, Relance]) -> None:
    versions = lire_choix(request.POST.getlist("tous"))
    tenus = sum(_retenir(destination, actes[pk], version) for pk, version in versions.items() if pk in actes)
    if tenus:
        texte = ngettext("%(n)d envoi retenu.", "%(n)d envois retenus.", tenus)
        messages.success(request, texte % {"n": tenus})
    if tenus < len(versions):
        messages.warning(request, _("Certains envois ont changé entre-temps : voici ce qui part maintenant."))


def _repondu(request: HttpRequest, destination: Destination, acte: Relance) -> None:
    """Five days of quiet: the acts about this client are looked at again at once, so that the page tells the truth."""
    maintenant = timezone.now()
    aujourd_hui = destination.entreprise.date_locale(maintenant)
    auteur = destination.adhesion.utilisateur
    pause = il_a_repondu(acte.client, aujourd_hui=aujourd_hui, auteur=auteur)
    reviser_ouvertes(destination.entreprise, aujourd_hui, maintenant)
    mots = {"client": acte.client.nom, "jour": f"{pause.au:%d/%m/%Y}" if pause.au else "…"}
    messages.success(request, _("%(client)s a répondu : rien ne part jusqu’au %(jour)s, le temps de lire.") % mots)
