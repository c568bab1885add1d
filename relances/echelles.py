"""Give a company its ladders, their texts and its settings, from the defaults of its country.

What is copied is the company's own from then on: installing again changes nothing that is there.
"""

from datetime import timedelta

from django.db import transaction

from entreprises.models import Entreprise
from relances.modeles_echelles.definitions import ModeleEchelle, echelles_de
from relances.modeles_echelles.textes import LANGUES, lire
from relances.models import Affectation, Etape, Reglages, Scenario, TexteEtape

DEBUT_SUPERVISE = timedelta(days=30)  # every act is approved by hand over the first thirty days


@transaction.atomic
def installer(entreprise: Entreprise) -> None:
    """The ladders of the company's country, one for each kind of client, their texts, and the settings."""
    _installer_reglages(entreprise)
    # A copy keeps the model of its source: the oldest one is the one installed.
    copies = Scenario.objects.filter(entreprise=entreprise).exclude(modele="").order_by("-pk")
    presents = {s.modele: s for s in copies}
    for modele in echelles_de(entreprise.pays):
        scenario = presents.get(modele.cle) or _installer_echelle(entreprise, modele)
        Affectation.objects.get_or_create(
            entreprise=entreprise,
            genre_client=modele.genre,
            client=None,
            facture=None,
            defaults={"scenario": scenario},
        )


def texte_de(etape: Etape, langue: str) -> TexteEtape | None:
    """The latest version of the rung's words in this language, else in French."""
    versions = TexteEtape.objects.filter(etape=etape, langue__in={langue, "fr"}).order_by("numero_version")
    par_langue = {texte.langue: texte for texte in versions}
    return par_langue.get(langue) or par_langue.get("fr")


def _installer_reglages(entreprise: Entreprise) -> None:
    """A demonstration sends by itself from the first day; any other company starts with everything approved by hand."""
    debut = entreprise.date_locale(entreprise.cree_le)
    est_demonstration = entreprise.est_demonstration
    Reglages.objects.get_or_create(
        entreprise=entreprise,
        defaults={
            "envoi_automatique": est_demonstration,
            "approbation_jusqu_au": None if est_demonstration else debut + DEBUT_SUPERVISE,
        },
    )


def _installer_echelle(entreprise: Entreprise, modele: ModeleEchelle) -> Scenario:
    scenario = Scenario.objects.create(
        entreprise=entreprise,
        nom=_nom_libre(entreprise, modele.nom),
        modele=modele.cle,
        genre_client=modele.genre,
        intervalle_minimum=modele.intervalle_minimum,
    )
    etapes = Etape.objects.bulk_create(
        Etape(
            entreprise=entreprise,
            scenario=scenario,
            rang=rang,
            nom=etape.nom,
            lignee=etape.cle,
            ancre=etape.ancre,
            decalage=etape.decalage,
            en_jours_ouvres=etape.en_jours_ouvres,
            canal=etape.canal,
            accessoires=etape.accessoires,
            delai_jours=etape.delai_jours,
            est_formelle=etape.est_formelle,
            demande_approbation=etape.est_formelle,
            est_reprise=etape.est_reprise,
        )
        for rang, etape in enumerate(modele.etapes, start=1)
    )
    textes = []
    for etape, source in zip(etapes, modele.etapes, strict=True):
        for langue in LANGUES:
            objet, corps = lire(source.cle, entreprise.pays, modele.genre, langue)
            textes.append(TexteEtape(entreprise=entreprise, etape=etape, langue=langue, objet=objet, corps=corps))
    TexteEtape.objects.bulk_create(textes)
    return scenario


def _nom_libre(entreprise: Entreprise, nom: str) -> str:
    pris = set(Scenario.objects.filter(entreprise=entreprise).values_list("nom", flat=True))
    return next(n for n in (nom, *(f"{nom} ({i})" for i in range(2, 100))) if n not in pris)
