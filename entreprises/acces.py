"""Who may see and do what: every page of a company goes through `membre` (R13).

For anyone who is not a member the company does not exist: 404, never 403. A member whose role is too low gets 403.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from entreprises.models import Adhesion, Entreprise

Vue = Callable[..., HttpResponse]


class RequeteEntreprise(HttpRequest):
    """A request that went through `membre`: the company, the membership, and the company's date (R14)."""

    entreprise: Entreprise
    adhesion: Adhesion
    aujourd_hui: Any


def cle_lue(texte: str) -> int | None:
    """The key of a row, as an address gives it; None when it is no number that a database can hold."""
    return int(texte) if texte.isascii() and texte.isdigit() and len(texte) < 19 else None


def exiger_ouverte(request: Any) -> None:
    """Nothing is written any more in a company that was closed."""
    if request.entreprise.cloturee_le is not None:
        request.est_refuse_car_cloturee = True
        raise PermissionDenied


def membre(vue: Vue | None = None, *, modifie: bool = False, approuve: bool = False) -> Any:
    """Give the view `request.entreprise`, `request.adhesion` and `request.aujourd_hui`.

    `modifie`: a read-only member is refused, and anyone once the company is closed. `approuve`: the right to approve
    formal demands is needed.
    """

    def decorer(interieure: Vue) -> Vue:
        @wraps(interieure)
        def enveloppe(request: Any, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            adhesion = (
                Adhesion.objects.select_related("entreprise")
                .filter(entreprise__slug=slug, utilisateur=request.user, est_active=True, entreprise__effacee_le=None)
                .first()
            )
            if adhesion is None:
                raise Http404
            if (modifie and not adhesion.peut_modifier) or (approuve and not adhesion.peut_approuver_formel):
                raise PermissionDenied
            request.adhesion, request.entreprise = adhesion, adhesion.entreprise
            if modifie or approuve:
                exiger_ouverte(request)
            request.aujourd_hui = adhesion.entreprise.date_locale(timezone.now())
            return interieure(request, *args, **kwargs)

        return enveloppe

    return decorer if vue is None else decorer(vue)


def discrete(reponse: HttpResponse) -> HttpResponse:
    """Of a page whose address is a key: kept by no cache, listed by no search engine, told to nobody.

    `strict-origin`, and not `no-referrer`: with the latter browsers send « Origin: null », which the check of forged
    requests refuses.
    """
    reponse["Cache-Control"] = "no-store, private"
    reponse["Referrer-Policy"] = "strict-origin"
    reponse["X-Robots-Tag"] = "noindex, nofollow"
    return reponse
