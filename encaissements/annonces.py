"""What is said after payments were recorded: how many, how much, and a button that undoes the whole."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaissements.models import Reglement
from entreprises.models import Entreprise
from entreprises.templatetags.formats import ecrire_montant
from noyau.montants import ZERO


def annoncer(request: HttpRequest, entreprise: Entreprise, reglements: Sequence[Reglement], lot: str = "") -> None:
    """On the next page. `lot`: the key under which they were recorded together."""
    if len(reglements) == 1:
        texte = _("Règlement de %(somme)s enregistré pour %(nom)s.") % {
            "somme": dire_les_sommes(reglements),
            "nom": reglements[0].client.nom,
        }
    else:
        texte = ngettext(
            "%(n)s règlement enregistré, %(somme)s.", "%(n)s règlements enregistrés, %(somme)s.", len(reglements)
        ) % {
            "n": len(reglements),
            "somme": dire_les_sommes(reglements),
        }
    contexte = {"texte": texte, "lot": lot, "reglement": reglements[0].pk, "entreprise": entreprise}
    messages.success(request, render_to_string("encaissements/_enregistre.html", contexte, request=request))


def dire_les_sommes(reglements: Sequence[Reglement]) -> str:
    """One sum per currency."""
    sommes: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for reglement in reglements:
        sommes[reglement.devise] += reglement.montant
    return ", ".join(ecrire_montant(somme, devise) for devise, somme in sommes.items())
