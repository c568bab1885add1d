"""What visitors send: no more than the largest form needs, refused before a byte of it is read.

The check of forged forms reads the whole body, even of someone who has not signed in: without a limit anyone could
fill the disk.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

Suite = Callable[[HttpRequest], HttpResponse]


def limiter(suite: Suite) -> Suite:
    """Middleware: 413 for a body announced as larger than `CORPS_MAXIMUM`. Django reads no more than is announced."""

    def repondre(request: HttpRequest) -> HttpResponse:
        taille = request.META.get("CONTENT_LENGTH") or ""
        if taille.isascii() and taille.isdigit() and int(taille[:20]) > settings.CORPS_MAXIMUM:
            phrase = _("Cet envoi est trop gros : 10 Mo au plus pour un fichier. Rien n’est enregistré.")
            return HttpResponse(phrase, content_type="text/plain; charset=utf-8", status=413)
        return suite(request)

    return repondre
