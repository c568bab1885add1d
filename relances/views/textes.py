"""The editor of a rung's words. What is tried is kept in the session of the person who tries it, for the frame that
shows it; only « Enregistrer » writes a version."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entreprises.acces import RequeteEntreprise, cle_lue
from relances import courriels, lettres
from relances.ecrans.redaction import Ecran, Saisie, composer_ecran, ecarts, lire_histoire
from relances.essai import echeance_choisie, essayer
from relances.formulaires_echelles import CORPS_MAXIMUM, FormulaireTexte
from relances.modeles_echelles.textes import LANGUES
from relances.models import Etape, TexteEtape
from relances.origine import texte_d_origine
from relances.redaction import TextePerime, derniere_version, enregistrer_texte
from relances.views.apercus import CSP_COURRIEL, de_jour
from relances.views.echelles import LECTURE_ET_ENVOI, gerant, vers_l_echelle
from relances.views.echelons import echelon_de
from relances.views.gestes import entier

BROUILLON = "texte_essaye"


def langue_de(request: RequeteEntreprise) -> str:
    demandee = request.POST.get("langue") or request.GET.get("langue", "")
    return demandee if demandee in LANGUES else "fr"


def adresse_du_texte(request: RequeteEntreprise, etape: Etape, langue: str) -> str:
    lien = reverse("relances:texte", kwargs={"slug": request.entreprise.slug, "pk": etape.pk})
    return f"{lien}?langue={langue}"


@require_http_methods(LECTURE_ET_ENVOI)
@gerant
def texte(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """Read, tried (`action=apercu`, htmx or not), or saved as a new version."""
    etape, langue = echelon_de(request, pk), langue_de(request)
    if etape.retiree_le is not None:
        messages.info(request, _("Cet échelon a été retiré ou remplacé : voici l’échelle telle qu’elle est."))
        return vers_l_echelle(request, etape.scenario)
    dernier = derniere_version(etape, langue) or TexteEtape(etape=etape, langue=langue, numero_version=0)
    est_essai = request.headers.get("HX-Request") == "true" or request.POST.get("action") == "apercu"
    form = _formulaire(request, etape, dernier, lie=request.method == "POST" and not est_essai)
    conflit: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        try:
            return _enregistrer(request, etape, langue, form)
        except TextePerime as perime:
            conflit = _conflit(form, perime)
    donnees = request.POST if request.method == "POST" else request.GET
    saisie = Saisie.lue(donnees, dernier.objet, dernier.corps)
    ecran = _ecran(request, etape, langue, saisie)
    if request.method == "POST":
        _retenir(request, ecran)
    contexte = {"ecran": ecran, "etape": etape, "langue": langue, "est_brouillon": request.method == "POST"}
    if request.headers.get("HX-Request") == "true":
        return render(request, "relances/echelles/_essai.html", contexte)
    histoire = lire_histoire(etape, langue, cle_lue(request.GET.get("comparer", "")))
    contexte |= {"form": form, "histoire": histoire, "langues": LANGUES, **conflit}
    return render(request, "relances/echelles/texte.html", contexte)


def _formulaire(request: RequeteEntreprise, etape: Etape, dernier: TexteEtape, *, lie: bool) -> FormulaireTexte:
    initial = {"objet": dernier.objet, "corps": dernier.corps, "base": dernier.numero_version}
    if request.method == "POST":
        initial |= {nom: request.POST[nom] for nom in initial if nom in request.POST}
    reste = _reste_un_echelon(etape)
    donnees = request.POST if lie else None
    return FormulaireTexte(donnees, etape=etape, langue=dernier.langue, reste_un_echelon=reste, initial=initial)


def _reste_un_echelon(etape: Etape) -> bool:
    return etape.scenario.etapes.en_vigueur().filter(rang__gt=etape.rang).exists()


def _ecran(request: RequeteEntreprise, etape: Etape, langue: str, saisie: Saisie) -> Ecran:
    court = Saisie(saisie.objet, saisie.corps[:CORPS_MAXIMUM], saisie.recherche, saisie.echeance)
    reste = _reste_un_echelon(etape)
    return composer_ecran(etape, langue, court, request.aujourd_hui, reste_un_echelon=reste)


def _enregistrer(request: RequeteEntreprise, etape: Etape, langue: str, form: FormulaireTexte) -> HttpResponse:
    lu = form.cleaned_data
    avant = derniere_version(etape, langue)
    version = enregistrer_texte(etape, langue, lu["objet"], lu["corps"], base=lu["base"], auteur=request.user)
    if version == avant:
        messages.info(request, _("Rien n’a changé : la version en vigueur dit déjà cela."))
    else:
        messages.success(
            request, _("Version %(n)d enregistrée. Les prochains messages la prennent.") % {"n": version.numero_version}
        )
    request.session.pop(BROUILLON, None)
    return redirect(adresse_du_texte(request, etape, langue))


def _conflit(form: FormulaireTexte, perime: TextePerime) -> dict[str, Any]:
    """Both texts: theirs, and what it takes to go from theirs to mine. Saving again goes over theirs."""
    form.add_error(
        None,
        _("Une autre version a été enregistrée entre-temps. Rien n’est écrit : comparez, puis enregistrez de nouveau."),
    )
    form.data = {**form.data.dict(), "base": str(perime.dernier.numero_version)}  # type: ignore[attr-defined]
    mienne = Saisie(form.cleaned_data["objet"], form.cleaned_data["corps"])
    return {"entre_temps": perime.dernier, "ecarts_entre_temps": ecarts(perime.dernier, mienne)}


def _retenir(request: RequeteEntreprise, ecran: Ecran) -> None:
    saisie = ecran.saisie
    request.session[BROUILLON] = {
        "etape": ecran.etape.pk,
        "langue": ecran.langue,
        "objet": saisie.objet,
        "corps": saisie.corps,
    }


def _texte_a_montrer(request: RequeteEntreprise, etape: Etape, langue: str) -> TexteEtape:
    """What is being tried, else the version in force."""
    brouillon = request.session.get(BROUILLON) or {}
    est_le_sien = (brouillon.get("etape"), brouillon.get("langue")) == (etape.pk, langue)
    if request.GET.get("brouillon") == "1" and est_le_sien:
        return TexteEtape(etape=etape, langue=langue, objet=brouillon["objet"], corps=brouillon["corps"])
    return derniere_version(etape, langue) or TexteEtape(etape=etape, langue=langue)


def _essai(request: RequeteEntreprise, pk: int) -> Any:
    etape, langue = echelon_de(request, pk), langue_de(request)
    echeance = echeance_choisie(request.entreprise, cle_lue(request.GET.get("echeance", "")))
    essai = essayer(etape, _texte_a_montrer(request, etape, langue), echeance, request.aujourd_hui)
    if essai.composition is None:
        raise Http404
    return essai


@require_safe
@gerant
def texte_courriel(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """The email, for the frame of the editor: a page that nobody trusts."""
    essai = _essai(request, pk)
    reponse = HttpResponse(de_jour(courriels.apercu(essai.relance, request.aujourd_hui, essai.composition)))
    reponse["Content-Security-Policy"] = CSP_COURRIEL
    reponse["X-Frame-Options"] = "SAMEORIGIN"
    reponse["Referrer-Policy"] = "no-referrer"
    reponse["X-Content-Type-Options"] = "nosniff"
    return reponse


@require_safe
@gerant
def texte_lettre(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """The letter as a PDF, marked as a draft."""
    essai = _essai(request, pk)
    reponse = HttpResponse(
        lettres.rendre(essai.relance, essai.composition, request.aujourd_hui), content_type="application/pdf"
    )
    reponse["Content-Disposition"] = 'inline; filename="essai.pdf"'
    reponse["X-Content-Type-Options"] = "nosniff"
    return reponse


@require_POST
@gerant
def texte_restaurer(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """An older version again, as a new one; « origine »: the words that came with the ladder."""
    etape, langue = echelon_de(request, pk), langue_de(request)
    mots = _mots_a_remettre(request, etape, langue)
    if mots is None or etape.retiree_le is not None:
        raise Http404
    base = entier(request.POST, "base")
    try:
        version = enregistrer_texte(etape, langue, *mots, base=base, auteur=request.user)
    except TextePerime:
        messages.warning(request, _("Une autre version a été enregistrée entre-temps : relisez avant de restaurer."))
    else:
        messages.success(
            request, _("Ces mots sont de nouveau en vigueur : version %(n)d.") % {"n": version.numero_version}
        )
    return redirect(adresse_du_texte(request, etape, langue))


def _mots_a_remettre(request: RequeteEntreprise, etape: Etape, langue: str) -> tuple[str, str] | None:
    if request.POST.get("numero") == "origine":
        return texte_d_origine(etape, langue)
    numero = entier(request.POST, "numero")
    ancienne = TexteEtape.objects.filter(etape=etape, langue=langue, numero_version=min(numero, 32767)).first()
    return (ancienne.objet, ancienne.corps) if ancienne else None
