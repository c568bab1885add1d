"""The page « À faire »: the queue and one act beside it. Also what a refused step shows again."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from entreprises.acces import RequeteEntreprise
from journal.ecriture import verrouiller
from relances import fraicheur
from relances.appels import prochain_rappel
from relances.approbation import exiger_le_droit
from relances.ecrans.file import File, lire_file
from relances.ecrans.points import Code
from relances.ecrans.suite import lire_suite
from relances.ecrans.volet import Volet, lire_volet
from relances.forms import FormulaireAJour, FormulaireAppel, FormulairePoste, FormulaireSuivi
from relances.models import Canal, Relance
from relances.revision import reviser, reviser_ouvertes
from relances.views.lot import a_approuver

REVISIONS_A_L_AFFICHAGE = 20
S = Relance.Statut


def page_de_la_file(request: RequeteEntreprise) -> HttpResponse:
    """The queue; its first act stands beside it on a wide screen."""
    mettre_a_jour(request)
    file = lire_file(request.entreprise, request.aujourd_hui, timezone.now())
    premier = _relire(request, file.actes[0]) if file.actes else None
    return render(request, "relances/a_faire.html", _contexte(request, file, premier, vue="file"))


def page_de_l_acte(
    request: RequeteEntreprise, relance: Relance, *, form: Any = None, statut_http: int = 200
) -> HttpResponse:
    """The queue with this act open, as it is now; `form` is what was refused."""
    mettre_a_jour(request, relance)
    file = lire_file(request.entreprise, request.aujourd_hui, timezone.now())
    actuelle = _relire(request, relance.pk)
    contexte = _contexte(request, file, actuelle, vue="acte", form=form)
    return render(request, "relances/a_faire.html", contexte, status=statut_http)


def mettre_a_jour(request: RequeteEntreprise, relance: Relance | None = None) -> None:
    """Nobody is asked about an invoice that was paid meanwhile: the act shown is looked at again, and the others too
    when they are few. Many at once (after an import) are left to the next tick; approving looks again in any case."""
    maintenant = timezone.now()
    en_retard = (
        Relance.objects.de(request.entreprise)
        .filter(statut__in=[S.A_VALIDER, S.A_ENVOYER])
        .exclude(journal_rang_vu=F("client__journal_rang"))
    )
    if relance is not None and en_retard.filter(pk=relance.pk).exists():
        with transaction.atomic():
            client = verrouiller(relance.client_id)
            actuelle = Relance.objects.select_related("etape", "client", "entreprise").get(pk=relance.pk)
            if actuelle.statut in {S.A_VALIDER, S.A_ENVOYER}:
                reviser(actuelle, client, request.aujourd_hui, maintenant)
    if 0 < en_retard.count() <= REVISIONS_A_L_AFFICHAGE:
        reviser_ouvertes(request.entreprise, request.aujourd_hui, maintenant)


def _relire(request: RequeteEntreprise, pk: int) -> Relance:
    actes = Relance.objects.de(request.entreprise)
    return actes.select_related("client", "etape", "entreprise", "contact", "approuvee_par").get(pk=pk)


def _contexte(
    request: RequeteEntreprise, file: File, relance: Relance | None, *, vue: str, form: Any = None
) -> dict[str, Any]:
    contexte: dict[str, Any] = {"file": file, "vue": vue, "a_jour": None}
    if request.adhesion.peut_modifier and file.actes:
        contexte["a_approuver"] = a_approuver(request)[:2].count()  # the batch is offered for two emails or more
    contexte["fraicheur"] = fraicheur.etat(request.entreprise, request.aujourd_hui)
    if contexte["fraicheur"].retient or any(groupe.code == Code.REGLEMENTS for groupe in file.groupes):
        contexte["a_jour"] = FormulaireAJour(au=request.aujourd_hui)
    if relance is None:
        contexte["suite"] = lire_suite(request.entreprise, request.aujourd_hui)
        return contexte
    precedent, suivant = file.voisins(relance.pk)
    volet = lire_volet(relance, request.aujourd_hui)
    contexte |= {
        "volet": volet,
        "acte": relance,
        "groupe": file.groupe_de(relance.pk),
        "precedent": precedent,
        "suivant": suivant,
        "peut_approuver": peut_approuver(request, relance),
        "formulaire": form or formulaire_de(volet, suivant),
        "canaux": canaux_possibles(relance),
    }
    return contexte


def peut_approuver(request: RequeteEntreprise, relance: Relance) -> bool:
    """May this member approve this act? The buttons say it before the server does."""
    try:
        exiger_le_droit(relance, request.adhesion)
    except PermissionDenied:
        return False
    return True


def canaux_possibles(relance: Relance) -> list[tuple[str, str]]:
    """The other channels that an act may take."""
    autres = [Canal.COURRIEL, Canal.COURRIER, Canal.RECOMMANDE if relance.est_formelle else Canal.APPEL]
    return [(canal.value, str(canal.label)) for canal in autres if canal != relance.canal]


def formulaire_de(volet: Volet, suivant: int | None) -> Any:
    """The form that this act waits for: a call's result, a posting, its follow-up; None for the others."""
    relance = volet.relance
    depart: dict[str, Any] = {"version": relance.version, "suivant": suivant}
    if volet.est_appel and relance.statut in {S.A_VALIDER, S.A_ENVOYER}:
        contact = next(iter(volet.telephones), None)
        depart |= {"interlocuteur": contact.nom if contact else ""}
        return FormulaireAppel(initial={**depart, "rappel_le": prochain_rappel(relance.entreprise, volet.au)})
    if volet.est_lettre and relance.statut == S.A_ENVOYER:
        return FormulairePoste(initial={**depart, "postee_le": volet.au})
    if relance.canal == Canal.RECOMMANDE and relance.statut == S.ENVOYEE:
        return FormulaireSuivi(initial={**depart, "le": volet.au})
    return None
