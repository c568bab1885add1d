"""Promises: noted, put off, withdrawn, kept."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from encaissements.avoirs import enregistrer_avoir
from encaissements.encaissement import enregistrer_reglement
from encaissements.rejet import rejeter_reglement
from factures.models import Echeance
from suivi.models import Promesse
from suivi.promesses import (
    EtatPromesse,
    annuler_promesse,
    constater_tenues,
    etats_des_promesses,
    noter_promesse,
)
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture

pytestmark = pytest.mark.django_db
AU = date(2026, 11, 2)
D = Decimal


def au(jours):
    return AU + timedelta(days=jours)


@pytest.fixture
def client():
    return fabriquer_client(fabriquer_entreprise())


@pytest.fixture
def facture(client):
    return fabriquer_facture(client, "100.00", au(-10), numero="F-1")


def promettre(client, montant="100.00", le=5, faite=0, **valeurs):
    return noter_promesse(client, D(montant), au(le), faite_le=au(faite), **valeurs)


def payer(client, montant, le=0, **valeurs):
    return enregistrer_reglement(client, D(montant), au(le), aujourd_hui=au(30), **valeurs)


def etat(promesse, jours=30):
    return etats_des_promesses([promesse.client_id], au(jours))[promesse.pk]


def test_a_promise_is_noted_with_its_journal_line(client, facture):
    promesse = promettre(client, "60.00", facture=facture, par=" Paule Martin ")
    assert (promesse.devise, promesse.faite_le, promesse.par) == ("EUR", AU, "Paule Martin")
    attendu = {"montant": "60.00", "devise": "EUR", "date_promise": "2026-11-07", "par": "Paule Martin"}
    assert facture.evenements.get().contenu.faits == {**attendu, "facture": "F-1"}


def test_a_promise_that_makes_no_sense_is_refused_at_its_field(client, facture):
    autrui = fabriquer_facture(fabriquer_client(client.entreprise))
    soldee = fabriquer_facture(client, "1.00")
    payer(client, "1.00", repartition={soldee: D("1.00")})
    cas = [
        ({"montant": "0.00"}, "montant"),
        ({"le": -1}, "date_promise"),
        ({"facture": autrui}, "facture"),
        ({"facture": facture, "devise": "USD"}, "facture"),
        ({"facture": soldee}, "facture"),
    ]
    for valeurs, champ in cas:
        with pytest.raises(ValidationError) as refus:
            promettre(client, **valeurs)
        assert champ in refus.value.message_dict, valeurs
    assert not Promesse.objects.exists()


def test_a_new_promise_postpones_the_one_that_runs_and_counts_the_times(client, facture):
    premiere, deuxieme = promettre(client, le=5), promettre(client, le=9, faite=1)
    a_part = promettre(client, le=5, faite=1, facture=facture)
    troisieme = promettre(client, le=20, faite=2)
    restantes = Promesse.objects.filter(annulee_le=None).order_by("pk")
    assert list(restantes) == [a_part, troisieme]
    premiere.refresh_from_db()
    deuxieme.refresh_from_db()
    assert (premiere.annulee_le, deuxieme.annulee_le) == (au(1), au(2))
    faits = client.evenements.first().contenu.faits
    assert (faits["reportee_du"], faits["reports"]) == (["2026-11-11"], 2)


def test_a_postponed_promise_wakes_the_night_for_a_nearer_date(client, facture):
    promettre(client, le=20)
    Echeance.objects.update(a_examiner_le=au(24))
    promettre(client, le=3, faite=1)
    assert facture.echeances.get().a_examiner_le == au(1)


def test_a_withdrawn_promise_is_still_read_as_it_stood(client, facture):
    promesse = promettre(client)
    annuler_promesse(promesse, aujourd_hui=au(2))
    assert etat(promesse, 1) == EtatPromesse(D("0.00"), None)
    assert etats_des_promesses([client.pk], au(2)) == {}


def test_a_broken_promise_is_not_withdrawn_by_the_next_one(client, facture):
    rompue = promettre(client, le=2)
    promettre(client, le=9, faite=3)
    rompue.refresh_from_db()
    assert rompue.annulee_le is None


def test_a_withdrawn_promise_wakes_the_night(client, facture):
    promesse = promettre(client)
    autre = fabriquer_facture(client, devise="USD")
    Echeance.objects.update(a_examiner_le=None)
    annuler_promesse(promesse, aujourd_hui=au(1), motif="Erreur de saisie")
    assert facture.echeances.get().a_examiner_le == au(1)
    assert autre.echeances.get().a_examiner_le is None
    assert client.evenements.first().contenu.faits["annulee_le"] == "2026-11-03"
    with pytest.raises(ValidationError, match="déjà tenue ou annulée"):
        annuler_promesse(promesse, aujourd_hui=au(1))


def test_a_promise_is_kept_by_what_comes_in_from_the_day_it_was_made(client, facture):
    fabriquer_facture(client, "500.00", au(-5))
    payer(client, "10.00", le=-1)
    promesse = promettre(client, "120.00")
    payer(client, "50.00", le=1)
    assert etat(promesse) == EtatPromesse(D("50.00"), None)
    payer(client, "70.00", le=4)
    assert etat(promesse) == EtatPromesse(D("120.00"), au(4))
    assert etat(promesse, 3) == EtatPromesse(D("50.00"), None)
    assert etats_des_promesses([client.pk], au(-1)) == {}


def test_a_promise_about_an_invoice_is_kept_by_what_is_put_on_it(client, facture):
    autre = fabriquer_facture(client, "500.00", au(-5))
    promesse = promettre(client, "100.00", facture=facture)
    payer(client, "200.00", repartition={autre: D("200.00")})
    assert etat(promesse).recu == 0
    enregistrer_avoir(client, "A-1", D("40.00"), au(1), aujourd_hui=au(30), facture=facture)
    payer(client, "60.00", le=2, repartition={facture: D("60.00")})
    assert etat(promesse) == EtatPromesse(D("100.00"), au(2))


def test_no_cent_keeps_two_promises(client, facture):
    autre = fabriquer_facture(client, "500.00", au(-5))
    premiere = promettre(client, "100.00", le=3, facture=facture)
    seconde = promettre(client, "100.00", le=9, facture=autre)
    tout = promettre(client, "150.00", le=12)
    payer(client, "100.00", le=1, repartition={facture: D("100.00")})
    assert [etat(p).tenue_le for p in (premiere, seconde, tout)] == [au(1), None, None]
    payer(client, "150.00", le=2, repartition={autre: D("150.00")})
    assert [etat(p).recu for p in (premiere, seconde, tout)] == [D("100.00"), D("100.00"), D("50.00")]


def test_an_unused_payment_keeps_a_promise_about_everything(client):
    promesse = promettre(client, "100.00")
    payer(client, "100.00", le=1)
    assert etat(promesse) == EtatPromesse(D("100.00"), au(1))


def test_a_rejected_payment_makes_the_promise_unkept_again(client, facture):
    promesse = promettre(client, "100.00")
    reglement = payer(client, "100.00", le=1)
    assert [p.pk for p in constater_tenues(client, au(1))] == [promesse.pk]
    assert constater_tenues(client, au(1)) == []
    promesse.refresh_from_db()
    assert promesse.tenue_le == au(1)
    with pytest.raises(ValidationError, match="déjà tenue ou annulée"):
        annuler_promesse(promesse, aujourd_hui=au(2))
    rejeter_reglement(reglement, au(3), "", aujourd_hui=au(3))
    assert etat(promesse, 2).tenue_le == au(1)
    constater_tenues(client, au(3))
    promesse.refresh_from_db()
    assert promesse.tenue_le is None


def test_a_promise_in_another_currency_keeps_to_its_own_money(client, facture):
    dollars = fabriquer_facture(client, "100.00", au(-5), devise="USD")
    promesse = promettre(client, "100.00", facture=dollars)
    assert promesse.devise == "USD"
    payer(client, "100.00", le=1)
    assert etat(promesse).recu == 0


def test_reading_promises_costs_the_same_for_one_and_for_many(client, facture, django_assert_max_num_queries):
    clients = [client, *(fabriquer_client(client.entreprise, f"Client {i}") for i in range(9))]
    for c in clients:
        promettre(c)
        payer(c, "10.00")
    with django_assert_max_num_queries(3):
        assert len(etats_des_promesses([c.pk for c in clients], au(3))) == 10
