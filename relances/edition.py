"""Duplicate, rename, retire a ladder, or give it back its default rungs and words. Nothing is deleted."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entreprises.modeles import ecrire_si_a_jour
from entreprises.refus import refus
from relances.affectation import reveiller
from relances.echelons import CHAMPS, changer, conclure, derniers_textes, recreer, verrouiller_echelle
from relances.modeles_echelles.definitions import ModeleEtape
from relances.modeles_echelles.textes import LANGUES
from relances.models import Affectation, Etape, Scenario, TexteEtape
from relances.origine import etape_d_origine, modele_de, texte_d_origine
from relances.redaction import ajouter_version


@dataclass
class Retablissement:
    """What giving a ladder back its default form changes. `textes`: (rung, language)."""

    recreees: list[ModeleEtape] = field(default_factory=list)
    changees: list[tuple[Etape, ModeleEtape]] = field(default_factory=list)
    retirees: list[Etape] = field(default_factory=list)
    textes: list[tuple[Etape, str]] = field(default_factory=list)
    intervalle: int | None = None

    @property
    def est_vide(self) -> bool:
        return not (self.recreees or self.changees or self.retirees or self.textes or self.intervalle)


def dupliquer(scenario: Scenario, nom: str, *, auteur: Any) -> Scenario:
    """A copy of its own: rungs in force and their latest words, assigned to nobody. ValidationError for a name that is
    taken, which is what a second click finds."""
    try:
        with transaction.atomic():
            source = verrouiller_echelle(scenario.pk)
            copie = Scenario.objects.create(
                entreprise=source.entreprise,
                nom=nom,
                modele=source.modele,
                genre_client=source.genre_client,
                intervalle_minimum=source.intervalle_minimum,
                modifie_par=auteur,
            )
            _copier_etapes(source, copie, auteur)
    except IntegrityError as erreur:
        raise refus("nom", _("Une échelle porte déjà ce nom."), "nom_pris") from erreur
    return copie


def _copier_etapes(source: Scenario, copie: Scenario, auteur: Any) -> None:
    etapes = list(source.etapes.en_vigueur())
    copiees = {
        etape.pk: Etape.objects.create(
            entreprise=copie.entreprise,
            scenario=copie,
            lignee=etape.lignee,
            rang=etape.rang,
            est_reprise=etape.est_reprise,
            **{champ: getattr(etape, champ) for champ in CHAMPS},
        )
        for etape in etapes
    }
    TexteEtape.objects.bulk_create(
        TexteEtape(
            entreprise=copie.entreprise,
            etape=copiees[t.etape_id],
            langue=t.langue,
            objet=t.objet,
            corps=t.corps,
            par=auteur,
        )
        for t in derniers_textes(etapes)
    )


@transaction.atomic
def modifier_echelle(
    scenario: Scenario, version: int, *, nom: str, intervalle_minimum: int, auteur: Any, aujourd_hui: date
) -> None:
    """Its name and its rhythm. Perimee when another change came first."""
    ligne = verrouiller_echelle(scenario.pk)
    if (ligne.nom, ligne.intervalle_minimum) == (nom, intervalle_minimum):
        return  # a second click, or nothing to do
    ecrire_si_a_jour(ligne, version, nom=nom, intervalle_minimum=intervalle_minimum, modifie_par=auteur)
    reveiller(ligne, aujourd_hui)


@transaction.atomic
def retirer_echelle(scenario: Scenario, *, auteur: Any, aujourd_hui: date) -> None:
    """It is offered no more. ValidationError while anyone climbs it."""
    ligne = verrouiller_echelle(scenario.pk)
    if ligne.retire_le is not None:
        return
    nombre = Affectation.objects.filter(scenario=ligne).count()
    if nombre:
        message = ngettext(
            "Cette échelle sert encore à %(n)d endroit : choisissez d’abord une autre échelle à sa place.",
            "Cette échelle sert encore à %(n)d endroits : choisissez d’abord une autre échelle à leur place.",
            nombre,
        )
        raise refus("__all__", message % {"n": nombre}, "echelle_affectee")
    ecrire_si_a_jour(ligne, ligne.version, retire_le=aujourd_hui, modifie_par=auteur)


def prevoir_retablissement(scenario: Scenario) -> Retablissement:
    """What would change, to be shown before it is done. ValidationError for a ladder without a default."""
    modele = modele_de(scenario)
    if modele is None:
        raise refus("__all__", _("Cette échelle n’a pas de forme d’origine."), "sans_modele")
    prevu = Retablissement()
    if scenario.intervalle_minimum != modele.intervalle_minimum:
        prevu.intervalle = modele.intervalle_minimum
    connues: set[str] = set()
    etapes = list(scenario.etapes.en_vigueur().select_related("scenario__entreprise"))
    textes = {(t.etape_id, t.langue): (t.objet, t.corps) for t in derniers_textes(etapes)}
    for etape in etapes:
        origine = etape_d_origine(etape, modele)
        if origine is None or origine.cle in connues:
            prevu.retirees.append(etape)
            continue
        connues.add(origine.cle)
        if any(getattr(etape, champ) != valeur for champ, valeur in _valeurs(origine).items()):
            prevu.changees.append((etape, origine))
        prevu.textes += [
            (etape, langue) for langue in LANGUES if textes.get((etape.pk, langue)) != texte_d_origine(etape, langue)
        ]
    prevu.recreees = [e for e in modele.etapes if e.cle not in connues]
    return prevu


@transaction.atomic
def retablir(scenario: Scenario, version: int, *, auteur: Any, aujourd_hui: date) -> None:
    """The default rungs and words come back: as changed rungs, new ones, and new versions. Perimee."""
    ligne = verrouiller_echelle(scenario.pk)
    prevu = prevoir_retablissement(ligne)
    if prevu.est_vide:
        return
    ecrire_si_a_jour(ligne, version, intervalle_minimum=prevu.intervalle or ligne.intervalle_minimum)
    for etape in prevu.retirees:
        ecrire_si_a_jour(etape, etape.version, retiree_le=aujourd_hui)
    remplacantes: dict[int, Etape] = {}
    for etape, origine in prevu.changees:
        remplacantes[etape.pk] = changer(etape, _valeurs(origine), aujourd_hui)
    for etape, langue in prevu.textes:
        _remettre_texte(remplacantes.get(etape.pk, etape), langue, auteur)
    for origine in prevu.recreees:
        nouvelle = recreer(ligne, origine.cle, _valeurs(origine), origine.est_reprise)
        for langue in LANGUES:
            _remettre_texte(nouvelle, langue, auteur)
    conclure(ligne, auteur, aujourd_hui)


def _remettre_texte(etape: Etape, langue: str, auteur: Any) -> None:
    origine = texte_d_origine(etape, langue)
    if origine is not None:
        ajouter_version(etape, langue, *origine, auteur=auteur)


def _valeurs(origine: ModeleEtape) -> dict[str, Any]:
    """The columns of a default rung."""
    valeurs: dict[str, Any] = {champ: getattr(origine, champ) for champ in CHAMPS if hasattr(origine, champ)}
    return {**valeurs, "demande_approbation": origine.est_formelle}
