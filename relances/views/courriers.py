"""The letters to post, together: printed as one PDF, then their numbers recorded in a row."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entreprises.acces import RequeteEntreprise, membre
from entreprises.modeles import Perimee
from relances import libelles, poste
from relances.approbation import Refus
from relances.composition import CompositionImpossible
from relances.fenetre import hors_fenetre
from relances.forms_courriers import DepotForm, PreuveCommuneForm
from relances.lettre_essai import a_une_adresse, rendre_essai
from relances.tirage import MAXIMUM, TirageImpossible, a_poster, en_bordereau, imprimer_lot
from relances.views.lot import lire_choix


@require_safe
@membre
def courriers(request: RequeteEntreprise) -> HttpResponse:
    """The letters that wait to be posted."""
    return _page(request)


def _page(
    request: RequeteEntreprise, fautes: dict[int, str] | None = None, choix: dict[int, int] | None = None
) -> HttpResponse:
    lus = list(a_poster(request.entreprise)[: MAXIMUM + 1])
    lettres = [
        {
            "acte": acte,
            "cachees": hors_fenetre(acte.client, acte.entreprise),
            "faute": (fautes or {}).get(acte.pk, ""),
            "cochee": choix is None or acte.pk in choix,
        }
        for acte in lus[:MAXIMUM]
    ]
    contexte = {"lettres": lettres, "reste": len(lus) > MAXIMUM, "maximum": MAXIMUM}
    return render(request, "relances/courriers.html", contexte, status=422 if fautes else 200)


@require_POST
@membre(modifie=True)
def imprimer(request: RequeteEntreprise) -> HttpResponse:
    """One PDF of the ticked letters, or their posting list alone. When one of them can't be, nothing is printed and
    the page says which."""
    choix = lire_choix(request.POST.getlist("acte"))
    if not choix:
        messages.info(request, _("Rien n’était coché : rien n’est imprimé."))
        return redirect("relances:courriers", slug=request.entreprise.slug)
    actes = list(a_poster(request.entreprise).filter(pk__in=list(choix)[:MAXIMUM]))
    if sum(choix[acte.pk] == acte.version for acte in actes) < len(choix):
        messages.warning(request, _("Des lettres ont changé entre-temps : voici celles qui restent à poster."))
        return _page(request, choix=choix)
    if request.POST.get("action") == "bordereau":
        return _pdf(en_bordereau(request.entreprise, actes, request.aujourd_hui), _("bordereau"))
    try:
        contenu = imprimer_lot(
            actes, timezone.now(), recto_verso="recto_verso" in request.POST, bordereau="bordereau" in request.POST
        )
    except TirageImpossible as impossible:
        messages.error(request, _("Rien n’est imprimé : une lettre ne peut pas l’être. Corrigez-la, ou décochez-la."))
        for acte in actes:
            if acte.pk in impossible.fautes:
                messages.warning(request, f"{acte.client.nom} : {_mots(impossible.fautes[acte.pk])}")
        return _page(request, {pk: _mots(faute) for pk, faute in impossible.fautes.items()}, choix)
    return _pdf(contenu, f"{_('courriers')}-{request.aujourd_hui.isoformat()}")


def _mots(faute: Refus | CompositionImpossible) -> str:
    if isinstance(faute, Refus):
        return libelles.mots_du_refus(faute.code, faute.parametres)
    return libelles.mots_de_la_composition(faute.code, faute.parametres)


def _pdf(contenu: bytes, nom: str) -> HttpResponse:
    reponse = HttpResponse(contenu, content_type="application/pdf")
    reponse["Content-Disposition"] = content_disposition_header(False, f"{nom}.pdf") or "inline"
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Cache-Control"] = "no-store, private"
    return reponse


@require_safe
@membre
def essai(request: RequeteEntreprise) -> HttpResponse:
    """A letter to oneself."""
    if not a_une_adresse(request.entreprise):
        messages.error(request, _("L’entreprise n’a pas d’adresse : complétez sa fiche, puis recommencez."))
        return redirect("relances:courriers", slug=request.entreprise.slug)
    return _pdf(rendre_essai(request.entreprise, request.aujourd_hui), _("lettre-d-essai"))


@require_http_methods(["GET", "HEAD", "POST"])
@membre(modifie=True)
def numeros(request: RequeteEntreprise) -> HttpResponse:
    """A row per letter: what was posted, when, its number. The good rows are recorded; the others stay, and say why."""
    lettres = list(a_poster(request.entreprise)[:MAXIMUM])
    if request.method != "POST":
        depart = {"postee_le": request.aujourd_hui}
        rangs = [DepotForm(relance=a, initial={**depart, "version": a.version}) for a in lettres]
        return _page_numeros(request, rangs, PreuveCommuneForm())
    commune = PreuveCommuneForm(request.POST, request.FILES)
    rangs = [DepotForm(request.POST, request.FILES, relance=a) for a in lettres]
    if not commune.is_valid():
        messages.error(request, _("Rien n’est noté : la preuve commune ne convient pas."))
        return _page_numeros(request, rangs, commune)
    remplis = [rang for rang in rangs if rang.est_remplie]
    faits = [rang for rang in remplis if rang.is_valid() and _noter(request, rang, commune)]
    return _suite(request, [r for r in rangs if r not in faits], len(faits), len(remplis) - len(faits))


def _noter(request: RequeteEntreprise, rang: DepotForm, commune: PreuveCommuneForm) -> bool:
    """Record one row. False when it is refused, with the reason at its field."""
    saisi = rang.cleaned_data
    try:
        poste.poster(
            rang.relance,
            saisi["version"],
            postee_le=saisi["postee_le"],
            numero=saisi["numero"],
            au=request.aujourd_hui,
            instant=timezone.now(),
            auteur=request.user,
            preuve=rang.preuve_lue() or commune.preuve_lue(),
        )
    except Perimee:
        rang.add_error(None, _("Cette lettre a changé entre-temps : relisez-la."))
    except (Refus, CompositionImpossible) as faute:
        champ = str(faute.parametres.get("champ", ""))
        rang.add_error(champ if champ in rang.fields else None, _mots(faute))
    else:
        return True
    return False


def _suite(request: RequeteEntreprise, restent: Sequence[DepotForm], faits: int, fautes: int) -> HttpResponse:
    if faits:
        texte = ngettext("%(n)d dépôt noté.", "%(n)d dépôts notés.", faits)
        messages.success(request, texte % {"n": faits})
    if fautes:
        texte = ngettext(
            "%(n)d ligne à corriger : elle n’est pas notée.",
            "%(n)d lignes à corriger : elles ne sont pas notées.",
            fautes,
        )
        messages.error(request, texte % {"n": fautes})
        return _page_numeros(request, restent, PreuveCommuneForm())
    if not faits:
        messages.info(request, _("Rien de nouveau à noter : ce qui était déjà noté l’est une seule fois."))
    return redirect("relances:courriers", slug=request.entreprise.slug)


def _page_numeros(request: RequeteEntreprise, rangs: Sequence[DepotForm], commune: Any) -> HttpResponse:
    return render(request, "relances/courriers_numeros.html", {"rangs": rangs, "commune": commune})
