"""Payments by the thousand: the same rows as one by one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from encaissements.lot import NouveauReglement, enregistrer_lot, enregistrer_reglements
from encaissements.models import Reglement
from entreprises.refus import LotRefuse
from factures.creation import EcheancePrevue, NouvelleFacture, enregistrer_factures
from factures.models import Facture
from tests.encaissements.verite import rien_ne_differe
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture

pytestmark = pytest.mark.django_db
AU = date(2026, 11, 20)
D = Decimal


def paiement(facture, montant, **valeurs):
    valeurs.setdefault("date_reglement", AU)
    return NouveauReglement(facture=facture, montant=D(montant), **valeurs)


def test_R16_payments_of_a_file_fill_their_invoices_once(client_et_factures):
    entreprise, a, b = client_et_factures
    lot = [
        paiement(a, "60.00", cle_idempotence="a1"),
        paiement(a, "60.00", cle_idempotence="a2"),
        paiement(b, "10.00", cle_idempotence="b1"),
        paiement(b, "10.00", cle_idempotence="b1"),
        paiement(a, "5.00"),
        paiement(a, "5.00"),
    ]
    premiers = enregistrer_reglements(entreprise, lot, aujourd_hui=AU)
    assert [r.disponible for r in premiers] == [D("0.00"), D("20.00"), D("0.00"), D("5.00"), D("5.00")]
    assert enregistrer_reglements(entreprise, lot[:4], aujourd_hui=AU) == []
    a.refresh_from_db()
    b.refresh_from_db()
    assert (a.solde, b.solde) == (D("0.00"), D("40.00"))
    assert a.client.evenements.count() == b.client.evenements.count() == 1
    assert a.evenements.get().contenu.faits == {
        "nombre": 1,
        "factures": [a.numero],
        "totaux": {"EUR": "130.00"},
        "date": "2026-11-20",
        "moyen": "virement",
    }
    rien_ne_differe()


@pytest.fixture
def client_et_factures():
    entreprise = fabriquer_entreprise()
    a, b = (fabriquer_facture(fabriquer_client(entreprise), total) for total in ("100.00", "50.00"))
    return entreprise, a, b


def test_a_lot_with_a_bad_row_is_refused_whole(client_et_factures):
    entreprise, a, b = client_et_factures
    Facture.objects.filter(pk=b.pk).update(annulee_le=AU)
    lot = [paiement(a, "1.00"), paiement(a, "-1.00"), paiement(a, "1.00", date_reglement=AU + timedelta(days=1))]
    with pytest.raises(LotRefuse) as refus:
        enregistrer_reglements(entreprise, [*lot, paiement(b, "1.00")], aujourd_hui=AU)
    champs = {i: list(e.message_dict) for i, e in refus.value.erreurs.items()}
    assert champs == {1: ["montant"], 2: ["date_reglement"], 3: ["facture"]}
    assert not Reglement.objects.exists()


@pytest.mark.parametrize(
    ("valeurs", "champ"),
    [({"solde_vu": D("99.00")}, "facture"), ({"montant": "98.00", "escompte": D("2.00")}, "escompte")],
)
def test_what_was_typed_on_other_facts_is_refused_under_the_lock(client_et_factures, valeurs, champ):
    entreprise, a, b = client_et_factures
    valeurs = {"montant": "100.00", **valeurs}
    lot = [paiement(b, "50.00"), paiement(a, valeurs.pop("montant"), **valeurs)]
    with pytest.raises(LotRefuse) as refus:
        enregistrer_lot(entreprise, lot, "k" * 32, aujourd_hui=AU)
    assert {i: list(e.message_dict) for i, e in refus.value.erreurs.items()} == {1: [champ]}
    assert not Reglement.objects.exists()


def test_a_thousand_payments_cost_blocks_not_rows(django_assert_max_num_queries):
    entreprise = fabriquer_entreprise()
    clients = [fabriquer_client(entreprise, f"Client {i}", courriel="") for i in range(20)]
    lot = [
        NouvelleFacture(
            client=clients[i % 20],
            numero=f"L-{i}",
            date_emission=date(2026, 10, 1),
            total=D("10.00"),
            devise="EUR",
            echeances=(EcheancePrevue(date(2026, 10, 31), D("10.00")),),
        )
        for i in range(1000)
    ]
    factures = enregistrer_factures(entreprise, lot, connue_le=AU)
    paiements = [paiement(facture, "10.00") for facture in factures]
    with django_assert_max_num_queries(90):
        enregistrer_reglements(entreprise, paiements, aujourd_hui=AU)
    assert not Facture.objects.ouvertes().exists()
    rien_ne_differe()
