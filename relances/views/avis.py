"""The page of the morning digest: what leaves today, each with « Retenir ». Its signed link opens it, no sign-in."""

from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature, SignatureExpired
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entreprises.modeles import Perimee
from relances.approbation import retenir
from relances.avis import nuit_signee, partantes
from relances.models import Nuit, Reglages
from relances.views.gestes import entier


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def avis(request: HttpRequest, jeton: str) -> HttpResponse:
    """404 for a link that we did not sign, 410 for one that is too old: neither tells anything else."""
    try:
        nuit = nuit_signee(jeton)
    except SignatureExpired:
        return discrete(render(request, "relances/avis_perime.html", {"est_ancien": True}, status=410))
    except (BadSignature, Nuit.DoesNotExist, KeyError, TypeError):
        return discrete(render(request, "relances/avis_perime.html", {"est_ancien": False}, status=404))
    if request.method == "POST":
        return discrete(_retenir(request, nuit, jeton))
    reglages = Reglages.objects.filter(entreprise=nuit.entreprise).first() or Reglages()
    contexte = {"creancier": nuit.entreprise, "actes": partantes(nuit.entreprise), "jeton": jeton, "reglages": reglages}
    return discrete(render(request, "relances/avis.html", contexte))


def _retenir(request: HttpRequest, nuit: Nuit, jeton: str) -> HttpResponse:
    """Hold one act among those of this company that leave. Nobody signed in: the journal's author is the system."""
    choisie = entier(request.POST, "acte")
    acte = next((acte for acte in partantes(nuit.entreprise) if acte.pk == choisie), None)
    with suppress(Perimee):
        if acte is not None:
            retenir(acte, entier(request.POST, "version"), None, timezone.now())
            texte = _("Retenu : %(client)s. Rien ne part avant votre accord.")
            messages.success(request, texte % {"client": acte.client.nom})
            return redirect("avis", jeton=jeton)
    messages.warning(request, _("Cet envoi a changé entre-temps : voici ce qui part maintenant."))
    return redirect("avis", jeton=jeton)


def discrete(reponse: HttpResponse) -> HttpResponse:
    """The address is a key: kept by no cache, listed by no search engine, told to nobody. `strict-origin`, and not
    `no-referrer`: with the latter browsers send « Origin: null », which the check of forged requests refuses."""
    reponse["Cache-Control"] = "no-store, private"
    reponse["Referrer-Policy"] = "strict-origin"
    reponse["X-Robots-Tag"] = "noindex, nofollow"
    return reponse
