"""Which ladder applies, to whom, what it wakes, and what the history says of it."""

from datetime import date

import pytest

from factures.models import Echeance
from journal.models import Evenement
from relances.affectation import (
    affecter_client,
    affecter_facture,
    affecter_genre,
    concernees,
    echelle_du_genre,
    echelle_suivie,
)
from relances.decision import decider
from relances.edition import dupliquer, retirer_echelle
from relances.models import Affectation, Scenario
from suivi.chronologie import decrire, titre
from tests import fabriques
from tests.relances import actes
from tests.relances.actes import AU

pytestmark = pytest.mark.django_db
SIGNE = {"auteur": None, "aujourd_hui": AU}
LOIN = date(2027, 1, 1)


@pytest.fixture
def essai():
    return actes.entreprise_prete()


@pytest.fixture
def pros(essai):
    return Scenario.objects.get(entreprise=essai, genre_client="professionnel")


@pytest.fixture
def douce(pros):
    return dupliquer(pros, "Plus douce", auteur=None)


def dire(client):
    evenement = Evenement.objects.filter(client=client).latest("rang")
    ligne = decrire(evenement, None)
    return ligne.titre, ligne.details.replace("\u00a0", " ")


def endormir():
    Echeance.objects.update(a_examiner_le=LOIN)


def reveillees():
    return set(Echeance.objects.filter(a_examiner_le=AU).values_list("facture_id", flat=True))


def test_a_client_takes_a_ladder_of_its_own_then_follows_its_kind_again(essai, pros, douce):
    client = fabriques.fabriquer_client(essai)
    facture = fabriques.fabriquer_facture(client)
    endormir()
    assert affecter_client(client, douce, **SIGNE)
    assert echelle_suivie(client) == douce
    assert reveillees() == {facture.pk}
    assert dire(client) == ("Échelle modifiée", "Échelle « Plus douce », au lieu de « Professionnels ».")
    assert not affecter_client(client, douce, **SIGNE)
    endormir()
    assert affecter_client(client, None, **SIGNE)
    assert echelle_suivie(client) == pros
    assert reveillees() == {facture.pk}
    assert dire(client) == ("Échelle modifiée", "Échelle « Professionnels », au lieu de « Plus douce ».")
    assert not Affectation.objects.filter(client=client).exists()


def test_an_invoice_takes_a_ladder_of_its_own_and_its_line_is_linked(essai, pros, douce):
    client = fabriques.fabriquer_client(essai)
    une, autre = fabriques.fabriquer_facture(client), fabriques.fabriquer_facture(client)
    endormir()
    assert affecter_facture(une, douce, **SIGNE)
    assert reveillees() == {une.pk}
    evenement = Evenement.objects.filter(client=client).latest("rang")
    assert [f.pk for f in evenement.factures.all()] == [une.pk]
    assert set(concernees(douce).values_list("facture", flat=True)) == {une.pk}
    assert set(concernees(pros).values_list("facture", flat=True)) == {autre.pk}
    assert affecter_facture(une, None, **SIGNE)
    assert not Affectation.objects.filter(facture=une).exists()


def test_what_climbs_a_ladder_is_what_the_decision_says(essai, pros, douce):
    clients = [fabriques.fabriquer_client(essai, f"Client {n}") for n in range(4)]
    clients.append(fabriques.fabriquer_client(essai, "Mairie", genre="public"))
    factures = [fabriques.fabriquer_facture(c) for c in clients for _ in range(2)]
    affecter_client(clients[0], douce, **SIGNE)
    affecter_facture(factures[1], pros, **SIGNE)
    affecter_facture(factures[2], douce, **SIGNE)
    affecter_client(clients[4], pros, **SIGNE)
    affecter_genre(essai, "public", douce, aujourd_hui=AU)
    for scenario in Scenario.objects.all():
        etapes = set(scenario.etapes.values_list("pk", flat=True))
        attendues = {
            cle
            for examen in decider(essai, AU)
            for cle, echelle in examen.dossier.echelles.items()
            if etapes & {e.cle for e in echelle.echelons}
        }
        assert set(concernees(scenario).values_list("pk", flat=True)) == attendues, scenario


def test_a_kind_of_client_changes_its_ladder(essai, pros, douce):
    pro = fabriques.fabriquer_facture(fabriques.fabriquer_client(essai))
    fabriques.fabriquer_facture(fabriques.fabriquer_client(essai, "Mairie", genre="public"))
    endormir()
    assert affecter_genre(essai, "professionnel", douce, aujourd_hui=AU)
    assert not affecter_genre(essai, "professionnel", douce, aujourd_hui=AU)
    assert echelle_du_genre(essai, "professionnel") == douce
    assert reveillees() == {pro.pk}
    retirer_echelle(pros, **SIGNE)


def test_a_retired_ladder_is_taken_by_nobody(essai, douce):
    client = fabriques.fabriquer_client(essai)
    retirer_echelle(douce, **SIGNE)
    with pytest.raises(Exception, match="retirée"):
        affecter_client(client, douce, **SIGNE)
    with pytest.raises(Exception, match="retirée"):
        affecter_genre(essai, "public", douce, aujourd_hui=AU)


def test_restarting_a_ladder_is_still_told_in_its_own_words(essai):
    client = fabriques.fabriquer_client(essai)
    evenement = Evenement(client=client, genre="echelle", auteur_nom="x", instant=actes.INSTANT)
    assert titre(evenement, {"cycle": 2, "motif": "x"}) == "Échelle recommencée"
