"""A company with its ladder, ready for a night. Reference: 2026-03-02 is a Monday; no French holiday until 6 April."""

from datetime import UTC, date, datetime, time
from typing import Any

from entreprises.models import Entreprise
from factures.models import Echeance
from relances.echelles import installer
from relances.models import Affectation, Etape, Reglages, Relance
from suivi.models import Appel
from tests.fabriques import fabriquer_entreprise

LUNDI = date(2026, 3, 2)


def entreprise_prete(slug: str = "essai", **reglages: Any) -> Entreprise:
    """Automatic sending on, no probation, payments known to be up to date for ever."""
    entreprise = fabriquer_entreprise(slug)
    installer(entreprise)
    valeurs = {
        "envoi_automatique": True,
        "approbation_jusqu_au": None,
        "fraicheur_reglements": 30000,
        "delai_apres_envoi": 0,
        **reglages,
    }
    Reglages.objects.filter(entreprise=entreprise).update(**valeurs)
    return entreprise


def instant(jour: date, heure: int = 4) -> datetime:
    """`heure` in UTC on this day: the same day in Paris."""
    return datetime.combine(jour, time(heure), tzinfo=UTC)


def etape(entreprise: Entreprise, nom: str, genre: str = "professionnel") -> Etape:
    scenario = Affectation.objects.get(entreprise=entreprise, genre_client=genre).scenario
    return Etape.objects.get(scenario=scenario, nom=nom)


def partie(relance: Relance, le: date) -> Relance:
    """As if it had left on this day: for letters posted, for calls answered."""
    relance.refresh_from_db()
    relance.statut, relance.envoyee_le = Relance.Statut.ENVOYEE, instant(le, 9)
    relance.approuvee_le = relance.approuvee_le or instant(le, 8)
    if relance.canal in {"courrier", "recommande"}:
        relance.postee_le = le
    if relance.canal == "appel":
        relance.appel = Appel.objects.create(
            entreprise=relance.entreprise, client=relance.client, passe_le=instant(le, 9), resultat="annonce"
        )
    relance.save()
    Echeance.objects.filter(client=relance.client_id, solde__gt=0).update(a_examiner_le=le)
    return relance
