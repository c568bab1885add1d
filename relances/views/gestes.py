"""What every act's POST shares: find the act, do the step once, say what happened, go on to the next act."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from entreprises.acces import RequeteEntreprise
from entreprises.modeles import Perimee
from relances import libelles
from relances.approbation import Refus
from relances.composition import CompositionImpossible
from relances.models import Relance
from relances.views.page import page_de_l_acte

Geste = Callable[[Relance, int], Relance]
Suite = Callable[[RequeteEntreprise, Relance], HttpResponse]


def acte_de(request: RequeteEntreprise, pk: int) -> Relance:
    """The act, or 404 when it is not this company's (R13)."""
    actes = Relance.objects.de(request.entreprise).select_related("client", "etape", "entreprise", "contact")
    return get_object_or_404(actes, pk=pk)


def entier(donnees: Mapping[str, Any], nom: str) -> int:
    """A posted whole number; 0 when it is missing or is no number."""
    valeur = str(donnees.get(nom, ""))
    return int(valeur) if valeur.isascii() and valeur.isdigit() and len(valeur) < 19 else 0


def aller_au_suivant(request: RequeteEntreprise) -> HttpResponse:
    """The next act of the queue, as the page that was shown knew it; else the queue."""
    suivant = entier(request.POST, "suivant")
    a_voir = Relance.objects.de(request.entreprise).filter(statut__in=[*Relance.STATUTS_OUVERTS, "echec"])
    if suivant and a_voir.filter(pk=suivant).exists():
        return redirect("relances:acte", slug=request.entreprise.slug, pk=suivant)
    return redirect("relances:a_faire", slug=request.entreprise.slug)


def revenir(request: RequeteEntreprise, relance: Relance) -> HttpResponse:
    return redirect("relances:acte", slug=request.entreprise.slug, pk=relance.pk)


def accomplir(
    request: RequeteEntreprise, relance: Relance, geste: Geste, suite: Suite, form: Any = None
) -> HttpResponse:
    """Do `geste` with the version that was seen. A second click, or a page that is out of date, does nothing twice:
    it shows the act as it is now. A refusal is a sentence at its field of `form`, else at the top of the page."""
    try:
        faite = geste(relance, entier(request.POST, "version"))
    except Perimee:
        return _montrer_tel_quel(request, relance, form)
    except Refus as refus:
        mots = libelles.mots_du_refus(refus.code, refus.parametres)
        return _refuser(request, relance, {str(refus.parametres.get("champ", "")): [mots]}, form)
    except CompositionImpossible as manque:
        mots = libelles.mots_de_la_composition(manque.code, manque.parametres)
        return _refuser(request, relance, {"": [mots]}, None)
    except ValidationError as refus:  # what a lower room refuses
        return _refuser(request, relance, getattr(refus, "message_dict", {"": refus.messages}), form)
    except PermissionDenied:
        messages.error(request, libelles.mots_du_droit(relance))
        return page_de_l_acte(request, relance, statut_http=403)
    return suite(request, faite)


def _montrer_tel_quel(request: RequeteEntreprise, relance: Relance, form: Any) -> HttpResponse:
    """The act as it is now; what was typed is kept while the step can still be done."""
    messages.warning(request, str(libelles.PERIMEE))
    actuelle = acte_de(request, relance.pk)
    if form is not None and actuelle.est_ouverte:
        return page_de_l_acte(request, actuelle, form=form)
    return revenir(request, relance)


def dire_et_continuer(texte: Any) -> Suite:
    """Say that it is done, and go on to the next act."""

    def suite(request: RequeteEntreprise, relance: Relance) -> HttpResponse:
        messages.success(request, str(texte) % {"client": relance.client.nom, "etape": relance.etape.nom})
        return aller_au_suivant(request)

    return suite


def _refuser(
    request: RequeteEntreprise, relance: Relance, refus: Mapping[str, Sequence[str]], form: Any
) -> HttpResponse:
    for champ, mots in refus.items():
        if form is not None and champ in form.fields:
            form.add_error(champ, list(mots))
        else:
            messages.error(request, " ".join(mots))
    return page_de_l_acte(request, relance, form=form)
