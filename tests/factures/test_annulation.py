"""An invoice is cancelled: nothing of it disappears."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from encaissements.encaissement import enregistrer_reglement, imputer_disponible
from encaissements.liberation import liberer
from encaissements.soldes import solde_calcule
from factures.annulation import annuler_facture
from factures.models import Echeance
from tests.encaissements.verite import rien_ne_differe
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture

pytestmark = pytest.mark.django_db
AU = date(2026, 11, 20)


@pytest.fixture
def facture():
    return fabriquer_facture(fabriquer_client(fabriquer_entreprise()), "100.00", numero="F-1")


def test_a_cancelled_invoice_keeps_its_number_and_figures_and_is_looked_at_no_more(facture):
    annuler_facture(facture, " Erreur de client ", aujourd_hui=AU)
    facture.refresh_from_db()
    assert (facture.annulee_le, facture.annulee_motif, facture.solde) == (AU, "Erreur de client", Decimal("100.00"))
    assert not Echeance.objects.ouvertes().exists()
    assert not Echeance.objects.a_examiner(AU).exists()
    assert facture.evenements.get().contenu.faits["motif"] == "Erreur de client"


def test_a_reason_is_needed_and_once_is_enough(facture):
    with pytest.raises(ValidationError, match="Donnez le motif"):
        annuler_facture(facture, "  ", aujourd_hui=AU)
    annuler_facture(facture, "Doublon", aujourd_hui=AU)
    with pytest.raises(ValidationError, match="déjà annulée"):
        annuler_facture(facture, "Doublon", aujourd_hui=AU)


def test_a_paid_invoice_is_cancelled_only_once_its_money_is_given_back(facture):
    autre = fabriquer_facture(facture.client, "50.00", date(2026, 7, 31))
    reglement = enregistrer_reglement(facture.client, Decimal("60.00"), AU, aujourd_hui=AU)
    with pytest.raises(ValidationError, match="rendez-les au client"):
        annuler_facture(facture, "Doublon", aujourd_hui=AU)
    assert liberer(facture, aujourd_hui=AU) == Decimal("60.00")
    annuler_facture(facture, "Doublon", aujourd_hui=AU)
    imputer_disponible(reglement, aujourd_hui=AU)
    autre.refresh_from_db()
    reglement.refresh_from_db()
    assert (autre.solde, reglement.disponible) == (Decimal("0.00"), Decimal("10.00"))
    assert solde_calcule(facture).facture == Decimal("100.00")
    assert liberer(facture, aujourd_hui=AU) == 0
    rien_ne_differe()
