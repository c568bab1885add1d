"""Add, change and retire the rungs of a ladder. Nothing is deleted, and history is not rewritten.

What was acted is read through its rung: its anchor, its offset, whether it was formal. So a rung that was acted keeps
these for ever; changing them retires it and puts another of the same line in its place, for which its acts count. An
act prepared under a rung that is no longer there is cancelled at its next review, and decided again.

Rungs put themselves in the order of their dates. Each change is the ladder's: its version rises, its author is kept,
and the next night looks again at what climbs it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from entreprises.modeles import Perimee, ecrire_si_a_jour
from entreprises.refus import refus
from relances.affectation import reveiller
from relances.modeles_echelles.textes import LANGUES
from relances.models import Canal, Etape, LigneRelance, Relance, Scenario, TexteEtape
from relances.origine import texte_de_depart

CHAMPS = (
    "nom", "ancre", "decalage", "en_jours_ouvres", "canal", "accessoires", "delai_jours", "est_formelle",
    "demande_approbation",
)  # fmt: skip
LUS_DANS_L_HISTOIRE = ("ancre", "decalage", "en_jours_ouvres", "canal", "est_formelle")
_ECART = 1000  # where ranks stand while they are changed: no two rungs in force share one


def a_servi(etape: Etape) -> bool:
    """Whether an act speaks of it, even one that was cancelled."""
    return LigneRelance.objects.filter(etape=etape).exists() or Relance.objects.filter(etape=etape).exists()


def place(etape: Any) -> tuple[int, int, bool, int]:
    """The order of a ladder: before the due date, discount, after it, after the deadline. On one day the gentle start
    of an old stock first. A working week counts for seven days."""
    avant = etape.ancre == "echeance" and etape.decalage < 0
    groupe = 0 if avant else {"escompte": 1, "echeance": 2, "fin_delai": 3}[etape.ancre]
    jours = etape.decalage * (7 if etape.en_jours_ouvres else 5)
    return groupe, jours, not etape.est_reprise, etape.rang or _ECART


@transaction.atomic
def ajouter_echelon(
    scenario: Scenario, lignee: str, valeurs: Mapping[str, Any], *, auteur: Any, aujourd_hui: date
) -> Etape:
    """A new rung with the words of the default one that it is most like. The same `lignee` twice adds it once."""
    scenario = verrouiller_echelle(scenario.pk)
    deja = scenario.etapes.en_vigueur().filter(lignee=lignee).first()
    if deja is not None:
        return deja
    etape = _creer(scenario, lignee, valeurs)
    _ecrire_textes(etape, {langue: texte_de_depart(etape, langue) for langue in LANGUES}, auteur)
    conclure(scenario, auteur, aujourd_hui)
    etape.refresh_from_db()
    return etape


@transaction.atomic
def modifier_echelon(
    etape: Etape, version: int, valeurs: Mapping[str, Any], *, auteur: Any, aujourd_hui: date
) -> Etape:
    """The rung as it is then: the same row, or the one that took its place. Perimee when another change came first."""
    scenario = verrouiller_echelle(etape.scenario_id)
    actuelle = _en_vigueur(etape)
    if not _changes(actuelle, valeurs):
        return actuelle  # a second click, or nothing to do
    if actuelle.pk != etape.pk or actuelle.version != version:
        raise Perimee
    changee = changer(actuelle, valeurs, aujourd_hui)
    conclure(scenario, auteur, aujourd_hui)
    changee.refresh_from_db()
    return changee


@transaction.atomic
def retirer_echelon(etape: Etape, version: int, *, auteur: Any, aujourd_hui: date) -> None:
    """It acts no more; what it did stays. Retired already: nothing. Perimee; ValidationError for the last rung."""
    scenario = verrouiller_echelle(etape.scenario_id)
    actuelle = Etape.objects.select_for_update().get(pk=etape.pk)
    if actuelle.retiree_le is not None:
        return
    if not scenario.etapes.en_vigueur().exclude(pk=etape.pk).exists():
        raise refus("__all__", _("Une échelle garde au moins un échelon."), "dernier_echelon")
    ecrire_si_a_jour(actuelle, version, retiree_le=aujourd_hui)
    conclure(scenario, auteur, aujourd_hui)


# What the changes share; the caller holds the ladder's lock


def verrouiller_echelle(pk: int) -> Scenario:
    """The ladder's row, locked until the transaction ends: its rungs change one at a time."""
    return Scenario.objects.select_for_update().select_related("entreprise").get(pk=pk)


def changer(etape: Etape, valeurs: Mapping[str, Any], aujourd_hui: date) -> Etape:
    """Write the values in the rung, or in another that takes its place when it was acted."""
    if not set(_changes(etape, valeurs)) & set(LUS_DANS_L_HISTOIRE) or not a_servi(etape):
        ecrire_si_a_jour(etape, etape.version, **valeurs)
        return etape
    lignee = etape.lignee or f"echelon-{etape.pk}"
    # A line begun now: what its first rung acted must count for the second.
    ecrire_si_a_jour(etape, etape.version, retiree_le=aujourd_hui, lignee=lignee)
    nouvelle = _creer(etape.scenario, lignee, {**{c: getattr(etape, c) for c in CHAMPS}, **valeurs}, etape.est_reprise)
    _ecrire_textes(nouvelle, {t.langue: (t.objet, t.corps) for t in derniers_textes([etape])}, None)
    return nouvelle


def recreer(scenario: Scenario, lignee: str, valeurs: Mapping[str, Any], est_reprise: bool) -> Etape:
    """A rung of the default ladder that is no longer there, without its words."""
    return _creer(scenario, lignee, valeurs, est_reprise)


def conclure(scenario: Scenario, auteur: Any, aujourd_hui: date) -> None:
    """Order the rungs, sign the change, and wake what climbs the ladder."""
    _ranger(scenario)
    Scenario.objects.filter(pk=scenario.pk).update(
        version=F("version") + 1, modifie_par=auteur, modifie_le=timezone.now()
    )
    reveiller(scenario, aujourd_hui)


def derniers_textes(etapes: Sequence[Etape]) -> list[TexteEtape]:
    """The latest version of each rung and language. One query."""
    derniers: dict[tuple[int, str], TexteEtape] = {}
    for texte in (
        TexteEtape.objects.filter(etape__in=etapes).order_by("numero_version").select_related("par", "entreprise")
    ):
        derniers[texte.etape_id, texte.langue] = texte
    return list(derniers.values())


def actes_a_refaire(etapes: Q) -> int:
    """Acts prepared under these rungs, and not on their way: they will be cancelled, and decided again."""
    return Relance.objects.filter(etapes, statut__in=["a_valider", "a_envoyer"]).count()


def _en_vigueur(etape: Etape) -> Etape:
    """The rung, or the one that took its place since. Perimee when there is none."""
    actuelle = Etape.objects.select_for_update().get(pk=etape.pk)
    if actuelle.retiree_le is None:
        return actuelle
    suivante = None
    if actuelle.lignee:
        suivante = Etape.objects.en_vigueur().filter(scenario=etape.scenario_id, lignee=actuelle.lignee).first()
    if suivante is None:
        raise Perimee
    return suivante


def _changes(etape: Etape, valeurs: Mapping[str, Any]) -> list[str]:
    return [champ for champ, valeur in valeurs.items() if getattr(etape, champ) != valeur]


def _creer(scenario: Scenario, lignee: str, valeurs: Mapping[str, Any], est_reprise: bool = False) -> Etape:
    rangs = scenario.etapes.en_vigueur().values_list("rang", flat=True)
    return Etape.objects.create(
        entreprise=scenario.entreprise,
        scenario=scenario,
        lignee=lignee,
        est_reprise=est_reprise,
        rang=max(rangs, default=0) + 1,
        **valeurs,
    )


def _ecrire_textes(etape: Etape, textes: Mapping[str, tuple[str, str]], auteur: Any) -> None:
    TexteEtape.objects.bulk_create(
        TexteEtape(entreprise=etape.entreprise, etape=etape, langue=langue, objet=objet, corps=corps, par=auteur)
        for langue, (objet, corps) in textes.items()
    )


def _ranger(scenario: Scenario) -> None:
    etapes = sorted(scenario.etapes.en_vigueur(), key=place)
    if [e.rang for e in etapes] == list(range(1, len(etapes) + 1)):
        return
    for depart in (_ECART, 1):
        for rang, etape in enumerate(etapes, start=depart):
            Etape.objects.filter(pk=etape.pk).update(rang=rang)


def canal_permis(canal: str, est_formelle: bool) -> bool:
    """A formal demand is written; only a formal demand is registered (the database says so too)."""
    return canal != Canal.APPEL if est_formelle else canal != Canal.RECOMMANDE
