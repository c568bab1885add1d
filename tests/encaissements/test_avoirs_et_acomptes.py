"""Credit notes and deposits reduce what is owed, each under its own name (R10)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from encaissements.acomptes import recevoir_acompte, recu_de
from encaissements.avoirs import disponible_de, enregistrer_avoir, imputer_avoir
from encaissements.liberation import liberer
from encaissements.models import Reglement
from encaissements.rejet import rejeter_reglement
from factures.annulation import annuler_facture
from factures.models import Acompte, Avoir
from tests.encaissements.verite import rien_ne_differe
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture

pytestmark = pytest.mark.django_db
AU = date(2026, 11, 20)
D = Decimal


@pytest.fixture
def client():
    return fabriquer_client(fabriquer_entreprise())


@pytest.fixture
def facture(client):
    return fabriquer_facture(client, "100.00", numero="F-1")


def crediter(client, montant, numero="A-1", **valeurs):
    valeurs.setdefault("date_emission", AU)
    return enregistrer_avoir(client, numero, D(montant), aujourd_hui=AU, **valeurs)


def test_a_credit_note_reduces_its_invoice_and_the_rest_is_a_credit(client, facture):
    avoir = crediter(client, "130.00", facture=facture, motif="Retour")
    facture.refresh_from_db()
    assert (facture.solde, facture.soldee_le, disponible_de(avoir)) == (D("0.00"), AU, D("30.00"))
    autre = fabriquer_facture(client, "50.00")
    imputer_avoir(avoir, aujourd_hui=AU)
    autre.refresh_from_db()
    assert (autre.solde, disponible_de(avoir)) == (D("20.00"), D("0.00"))
    with pytest.raises(ValidationError, match="entièrement imputé"):
        imputer_avoir(avoir, aujourd_hui=AU)
    assert [e.genre for e in client.evenements.order_by("rang")] == ["avoir", "avoir"]
    rien_ne_differe()


def test_a_credit_note_for_nothing_in_particular_waits(client, facture):
    avoir = crediter(client, "30.00")
    facture.refresh_from_db()
    assert (facture.solde, disponible_de(avoir)) == (D("100.00"), D("30.00"))
    imputer_avoir(avoir, {facture: D("10.00")}, aujourd_hui=AU)
    assert disponible_de(avoir) == D("20.00")


@pytest.mark.parametrize(
    ("montant", "valeurs", "champ"),
    [
        ("0.00", {}, "montant"),
        ("10.00", {"numero": " "}, "numero"),
        ("10.00", {"numero": "PRIS"}, "numero"),
        ("10.00", {"date_emission": AU + timedelta(days=1)}, "date_emission"),
        ("10.00", {"devise": "USD", "facture": True}, "facture"),
        ("10.00", {"repartition": {"la facture": D("10.01")}}, "repartition"),
    ],
)
def test_a_credit_note_that_makes_no_sense_is_refused_at_its_field(client, facture, montant, valeurs, champ):
    crediter(client, "1.00", "PRIS")
    if "facture" in valeurs:
        valeurs["facture"] = facture
    if "repartition" in valeurs:
        valeurs["repartition"] = {facture: D("10.01")}
    with pytest.raises(ValidationError) as refus:
        crediter(client, montant, **valeurs)
    assert champ in refus.value.message_dict
    assert Avoir.objects.count() == 1


def test_a_credit_note_given_back_can_be_used_again_and_no_cent_counts_twice_on_a_day(client, facture):
    avoir = crediter(client, "40.00", facture=facture, date_emission=date(2026, 11, 2))
    autre = fabriquer_facture(client, "50.00")
    assert liberer(facture, aujourd_hui=AU) == 0
    annuler_facture(facture, "Refaite", aujourd_hui=AU)
    lignes = imputer_avoir(avoir, aujourd_hui=AU)
    autre.refresh_from_db()
    assert (autre.solde, lignes[0].date_valeur) == (D("10.00"), AU)
    rien_ne_differe()


def test_a_deposit_received_is_a_payment_under_its_own_name(client, facture):
    acompte = Acompte.objects.create(entreprise=client.entreprise, facture=facture, montant=D("30.00"))
    recevoir_acompte(acompte, D("20.00"), date(2026, 11, 2), aujourd_hui=AU)
    facture.refresh_from_db()
    assert (facture.solde, recu_de(acompte), Reglement.objects.get().montant) == (D("80.00"), D("20.00"), D("20.00"))
    with pytest.raises(ValidationError, match=r"Il reste 10,00.* à recevoir"):
        recevoir_acompte(acompte, D("10.01"), AU, aujourd_hui=AU)
    rejeter_reglement(Reglement.objects.get(), AU, "", aujourd_hui=AU)
    facture.refresh_from_db()
    assert (facture.solde, recu_de(acompte)) == (D("100.00"), D("0.00"))
    assert [e.genre for e in facture.evenements.order_by("rang")] == ["acompte", "reglement_rejete"]
    rien_ne_differe()


def test_a_deposit_paid_on_its_own_invoice_reduces_without_a_payment(client, facture):
    acompte = Acompte.objects.create(entreprise=client.entreprise, facture=facture, montant=D("30.00"))
    recevoir_acompte(acompte, D("30.00"), AU, aujourd_hui=AU, avec_reglement=False)
    facture.refresh_from_db()
    assert facture.solde == D("70.00")
    assert not Reglement.objects.exists()
    rien_ne_differe()


def test_no_deposit_exceeds_what_its_invoice_still_owes(client, facture):
    acompte = Acompte.objects.create(entreprise=client.entreprise, facture=facture, montant=D("30.00"))
    crediter(client, "80.00", facture=facture)
    with pytest.raises(ValidationError, match=r"Il reste 20,00.* à recevoir"):
        recevoir_acompte(acompte, D("30.00"), AU, aujourd_hui=AU)


def test_no_deposit_is_received_on_a_cancelled_invoice(client, facture):
    acompte = Acompte.objects.create(entreprise=client.entreprise, facture=facture, montant=D("30.00"))
    annuler_facture(facture, "Doublon", aujourd_hui=AU)
    with pytest.raises(ValidationError, match="est annulée"):
        recevoir_acompte(acompte, D("10.00"), AU, aujourd_hui=AU)
