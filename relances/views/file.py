"""« À faire »: the morning queue, and one act beside it."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from entreprises.acces import RequeteEntreprise, membre
from relances.views.gestes import acte_de
from relances.views.page import page_de_l_acte, page_de_la_file


@require_safe
@membre
def a_faire(request: RequeteEntreprise) -> HttpResponse:
    return page_de_la_file(request)


@require_safe
@membre
def acte(request: RequeteEntreprise, pk: int) -> HttpResponse:
    return page_de_l_acte(request, acte_de(request, pk))
