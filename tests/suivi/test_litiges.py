"""A dispute holds everything back, and its closing wakes the night."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from factures.annulation import annuler_facture
from factures.models import Echeance
from suivi.litiges import NouveauLitige, clore_litige, ouvrir_litige, ouvrir_litiges
from suivi.models import Litige
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture

pytestmark = pytest.mark.django_db
AU = date(2026, 11, 20)
HIER, DEMAIN = AU - timedelta(days=1), AU + timedelta(days=1)


@pytest.fixture
def facture():
    return fabriquer_facture(fabriquer_client(fabriquer_entreprise()), "100.00", numero="F-1")


def test_a_dispute_is_opened_journaled_and_closed_and_the_night_looks_again(facture):
    litige = ouvrir_litige(facture, HIER, " Marchandise abîmée ", aujourd_hui=AU)
    Echeance.objects.update(a_examiner_le=None)
    clore_litige(litige, AU, aujourd_hui=AU, issue="Avoir accordé")
    assert facture.echeances.get().a_examiner_le == AU
    ouverture, cloture = facture.evenements.order_by("rang")
    assert ouverture.contenu.faits == {"facture": "F-1", "ouvert_le": "2026-11-19", "motif": "Marchandise abîmée"}
    assert (cloture.genre, cloture.contenu.faits["issue"]) == ("litige_clos", "Avoir accordé")
    en_cours = {jour: Litige.objects.ouverts(jour).exists() for jour in (HIER - timedelta(days=1), HIER, AU, DEMAIN)}
    assert list(en_cours.values()) == [False, True, True, False]


def test_an_invoice_has_one_open_dispute_at_most(facture):
    litige = ouvrir_litige(facture, HIER, "", aujourd_hui=AU)
    with pytest.raises(ValidationError, match="déjà ouvert"):
        ouvrir_litige(facture, AU, "", aujourd_hui=AU)
    clore_litige(litige, HIER, aujourd_hui=AU)
    with pytest.raises(ValidationError, match="déjà clos"):
        clore_litige(litige, AU, aujourd_hui=AU)
    ouvrir_litige(facture, AU, "", aujourd_hui=AU)


def test_a_dispute_that_makes_no_sense_is_refused(facture):
    with pytest.raises(ValidationError, match="dans le futur"):
        ouvrir_litige(facture, DEMAIN, "", aujourd_hui=AU)
    litige = ouvrir_litige(facture, HIER, "", aujourd_hui=AU)
    for jour in (HIER - timedelta(days=1), DEMAIN):
        with pytest.raises(ValidationError, match="après l’ouverture"):
            clore_litige(litige, jour, aujourd_hui=AU)
    autre = fabriquer_facture(facture.client)
    annuler_facture(autre, "Doublon", aujourd_hui=AU)
    with pytest.raises(ValidationError, match="est annulée"):
        ouvrir_litige(autre, AU, "", aujourd_hui=AU)


def test_closing_wakes_no_settled_instalment(facture):
    litige = ouvrir_litige(facture, HIER, "", aujourd_hui=AU)
    Echeance.objects.update(a_examiner_le=None, solde=Decimal("0.00"))
    clore_litige(litige, AU, aujourd_hui=AU)
    assert facture.echeances.get().a_examiner_le is None


def test_the_disputes_of_a_file_come_once_in_few_queries(facture, django_assert_max_num_queries):
    client, entreprise = facture.client, facture.entreprise
    ouvrir_litige(facture, HIER, "Le premier", aujourd_hui=AU)
    factures = [facture, *(fabriquer_facture(client) for _ in range(30))]
    annuler_facture(factures[-1], "Doublon", aujourd_hui=AU)
    lot = [NouveauLitige(f, f.echeances.get().date_echeance, "Contestée") for f in factures]
    with django_assert_max_num_queries(10):
        assert len(ouvrir_litiges(entreprise, lot)) == 29
    assert ouvrir_litiges(entreprise, lot) == []
    assert Litige.objects.get(facture=facture).motif == "Le premier"
    assert client.evenements.filter(genre="litige_ouvert").count() == 2
    with pytest.raises(ValueError, match="another company"):
        ouvrir_litiges(fabriquer_entreprise("autre"), lot)
