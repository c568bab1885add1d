"""Which ladder applies: to an invoice, else to its client, else to its kind of client. A change wakes what it concerns.

Written under the client's lock, so that the night never overwrites the awakening with a decision of before.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.models import Entreprise
from entreprises.refus import refus
from factures.examen import a_revoir
from factures.historique import noter_sur
from factures.models import Echeance, EcheanceQuerySet, Facture
from journal.ecriture import noter, verrouiller
from journal.models import Genre
from relances.models import Affectation, Scenario


def echelle_du_genre(entreprise: Entreprise, genre: str) -> Scenario | None:
    """The ladder of a kind of client."""
    return _echelle(Affectation.objects.de(entreprise).filter(client=None, facture=None, genre_client=genre))


def echelle_propre(client: Client) -> Scenario | None:
    """The ladder that was chosen for this client; None when it follows its kind."""
    return _echelle(Affectation.objects.filter(client=client, facture=None))


def echelle_de_la_facture(facture: Facture) -> Scenario | None:
    """The ladder that was chosen for this very invoice; None when it follows its client."""
    return _echelle(Affectation.objects.filter(facture=facture))


def echelle_suivie(client: Client) -> Scenario | None:
    """The ladder of the client's invoices that have none of their own."""
    return echelle_propre(client) or echelle_du_genre(client.entreprise, client.genre)


@transaction.atomic
def affecter_client(client: Client, scenario: Scenario | None, *, auteur: Any, aujourd_hui: date) -> bool:
    """This client climbs `scenario`, or follows its kind (None). False when nothing changes."""
    verrou = verrouiller(client.pk)
    avant, suivie = echelle_propre(verrou), echelle_suivie(verrou)
    if avant == scenario:
        return False
    _ecrire(client.entreprise, scenario, {"client": client, "facture": None})
    noter(verrou, Genre.ECHELLE, _faits(scenario or echelle_suivie(verrou), suivie, scenario is None), auteur=auteur)
    a_revoir(Echeance.objects.filter(client=client), aujourd_hui)
    return True


@transaction.atomic
def affecter_facture(facture: Facture, scenario: Scenario | None, *, auteur: Any, aujourd_hui: date) -> bool:
    """This invoice climbs `scenario`, or follows its client (None). False when nothing changes."""
    verrou = verrouiller(facture.client_id)
    avant, suivie = echelle_de_la_facture(facture), echelle_suivie(verrou)
    if avant == scenario:
        return False
    _ecrire(facture.entreprise, scenario, {"facture": facture})
    faits = _faits(scenario or suivie, avant or suivie, scenario is None)
    noter_sur(verrou, Genre.ECHELLE, faits, [facture], auteur=auteur)
    a_revoir(Echeance.objects.filter(facture=facture), aujourd_hui)
    return True


@transaction.atomic
def affecter_genre(entreprise: Entreprise, genre: str, scenario: Scenario, *, aujourd_hui: date) -> bool:
    """All clients of this kind climb `scenario`, but those that have a ladder of their own. False when they do."""
    _exiger_en_vigueur(scenario)
    cle = {"entreprise": entreprise, "client": None, "facture": None, "genre_client": genre}
    affectation = Affectation.objects.select_for_update().filter(**cle).first()
    if affectation is not None and affectation.scenario_id == scenario.pk:
        return False
    if affectation is None:
        Affectation.objects.create(**cle, scenario=scenario)
    else:
        affectation.scenario = scenario
        affectation.version += 1
        affectation.save()
    reveiller(scenario, aujourd_hui)
    return True


def concernees(scenario: Scenario) -> EcheanceQuerySet:
    """The open instalments that climb this ladder."""
    affectations = Affectation.objects.de(scenario.entreprise_id)
    propres, sur_facture = affectations.filter(facture=None, client__isnull=False), affectations.exclude(facture=None)
    siennes, genres = affectations.filter(scenario=scenario), affectations.filter(client=None, facture=None)
    du_client = Q(client__in=siennes.filter(facture=None, client__isnull=False).values("client"))
    du_genre = Q(client__genre__in=genres.filter(scenario=scenario).values("genre_client"))
    par_client = (du_client | (du_genre & ~Q(client__in=propres.values("client")))) & ~Q(
        facture__in=sur_facture.values("facture")
    )
    de_la_facture = Q(facture__in=siennes.exclude(facture=None).values("facture"))
    return Echeance.objects.de(scenario.entreprise_id).ouvertes().filter(de_la_facture | par_client)


def reveiller(scenario: Scenario, aujourd_hui: date) -> int:
    """The next night looks at all that climbs this ladder. Returns how many instalments slept."""
    return a_revoir(Echeance.objects.filter(pk__in=concernees(scenario).values("pk")), aujourd_hui)


def _echelle(affectations: Any) -> Scenario | None:
    affectation = affectations.select_related("scenario").first()
    return affectation.scenario if affectation else None


def _ecrire(entreprise: Entreprise, scenario: Scenario | None, cle: dict[str, Any]) -> None:
    if scenario is None:
        Affectation.objects.filter(entreprise=entreprise, **cle).delete()
        return
    _exiger_en_vigueur(scenario)
    Affectation.objects.update_or_create(entreprise=entreprise, **cle, defaults={"scenario": scenario})


def _exiger_en_vigueur(scenario: Scenario) -> None:
    # Read again under lock: it may be retired at this very moment.
    if Scenario.objects.select_for_update().get(pk=scenario.pk).retire_le is not None:
        raise refus("scenario", _("Cette échelle est retirée : choisissez-en une autre."), "echelle_retiree")


def _faits(apres: Scenario | None, avant: Scenario | None, par_defaut: bool) -> dict[str, Any]:
    return {
        "scenario": apres.nom if apres else "",
        "scenario_avant": avant.nom if avant and avant != apres else "",
        "par_defaut": par_defaut,
    }
