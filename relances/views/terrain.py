"""What a person did outside: a call, a letter posted, what the post says of it."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from entreprises.acces import RequeteEntreprise, membre
from relances import appels, poste
from relances.forms import FormulaireAppel, FormulairePoste, FormulaireSuivi
from relances.views.gestes import accomplir, acte_de, dire_et_continuer
from relances.views.page import page_de_l_acte


@require_POST
@membre(modifie=True)
def conclure_appel(request: RequeteEntreprise, pk: int) -> HttpResponse:
    relance, form, maintenant = acte_de(request, pk), FormulaireAppel(request.POST), timezone.now()
    if not form.is_valid():
        return page_de_l_acte(request, relance, form=form)
    rendu = form.compte_rendu()
    return accomplir(
        request,
        relance,
        lambda acte, version: appels.conclure_appel(
            acte, version, rendu, au=request.aujourd_hui, instant=maintenant, auteur=request.user
        ),
        dire_et_continuer(gettext_lazy("Appel à %(client)s noté.")),
        form,
    )


@require_POST
@membre(modifie=True)
def poster(request: RequeteEntreprise, pk: int) -> HttpResponse:
    relance, form = acte_de(request, pk), FormulairePoste(request.POST, request.FILES)
    if not form.is_valid():
        return page_de_l_acte(request, relance, form=form)
    saisi, preuve, maintenant = form.cleaned_data, form.preuve_lue(), timezone.now()
    return accomplir(
        request,
        relance,
        lambda acte, version: poste.poster(
            acte,
            version,
            postee_le=saisi["postee_le"],
            numero=saisi["numero"],
            au=request.aujourd_hui,
            instant=maintenant,
            auteur=request.user,
            preuve=preuve,
        ),
        dire_et_continuer(gettext_lazy("Dépôt noté : la lettre à %(client)s est partie.")),
        form,
    )


@require_POST
@membre(modifie=True)
def suivre(request: RequeteEntreprise, pk: int) -> HttpResponse:
    relance, form, maintenant = acte_de(request, pk), FormulaireSuivi(request.POST), timezone.now()
    if not form.is_valid():
        return page_de_l_acte(request, relance, form=form)
    saisi = form.cleaned_data
    return accomplir(
        request,
        relance,
        lambda acte, version: poste.suivre(
            acte,
            version,
            suivi=saisi["suivi"],
            le=saisi["le"],
            au=request.aujourd_hui,
            instant=maintenant,
            auteur=request.user,
        ),
        dire_et_continuer(gettext_lazy("Suivi postal noté pour %(client)s.")),
        form,
    )
