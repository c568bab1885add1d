"""A payment entered by mistake: the books are as if it had never been, the journal tells both."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from encaissements.acomptes import recevoir_acompte, recu_de
from encaissements.annulation import annuler_reglement, annuler_reglements
from encaissements.encaissement import enregistrer_reglement, imputer_disponible
from encaissements.models import Imputation, Reglement
from encaissements.rejet import rejeter_reglement
from encaissements.soldes import soldes_au
from factures.models import Acompte, Echeance
from journal.models import Genre
from relances.fraicheur import etat
from suivi.dossier_facture import lire_dossier
from suivi.promesses import constater_tenues, noter_promesse
from tests.encaissements.verite import rien_ne_differe
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture
from tests.pages import connecter, connecter_role, fabriquer_monde, texte

pytestmark = pytest.mark.django_db
AU = date(2026, 11, 20)
INSTANT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
D = Decimal


@pytest.fixture
def client():
    return fabriquer_client(fabriquer_entreprise())


def payer(client, montant, le=AU, **valeurs):
    return enregistrer_reglement(client, D(montant), le, aujourd_hui=AU, **valeurs)


def annuler(reglement, motif="saisi deux fois"):
    return annuler_reglement(reglement, motif, aujourd_hui=AU, instant=INSTANT)


def test_R10_on_every_day_the_balance_is_as_if_it_had_never_been_entered(client):
    facture = fabriquer_facture(client, "100.00", date(2026, 9, 30))
    Echeance.objects.update(a_examiner_le=AU + timedelta(days=30))
    reglement = annuler(payer(client, "130.00", AU - timedelta(days=10)))
    facture.refresh_from_db()
    assert (facture.solde, facture.soldee_le, reglement.disponible, reglement.annule_le) == (
        D("100.00"),
        None,
        0,
        INSTANT,
    )
    echeance = facture.echeances.get()
    assert echeance.a_examiner_le == AU
    for jours in range(12):
        assert soldes_au([facture.pk], AU - timedelta(days=jours))[echeance.pk] == D("100.00")
    rien_ne_differe()


def test_the_journal_tells_the_entry_and_that_it_was_undone(client):
    facture = fabriquer_facture(client, "100.00")
    reglement = annuler(payer(client, "100.00"))
    genres = [e.genre for e in facture.evenements.order_by("rang")]
    assert genres == [Genre.REGLEMENT, Genre.REGLEMENT_ANNULE]
    faits = facture.evenements.get(genre=Genre.REGLEMENT_ANNULE).contenu.faits
    assert (faits["reglement"], faits["montant"], faits["motif"]) == (reglement.pk, "100.00", "saisi deux fois")


def test_a_credit_used_elsewhere_since_is_taken_back_there_too(client):
    premiere = fabriquer_facture(client, "100.00", date(2026, 9, 30))
    reglement = payer(client, "150.00", AU - timedelta(days=5))
    seconde = fabriquer_facture(client, "40.00", AU)
    imputer_disponible(reglement, aujourd_hui=AU)
    annuler(reglement)
    for facture, total in ((premiere, "100.00"), (seconde, "40.00")):
        facture.refresh_from_db()
        assert facture.solde == D(total)
        assert facture.evenements.filter(genre=Genre.REGLEMENT_ANNULE).exists()
    rien_ne_differe()


def test_the_discount_granted_beside_it_goes_with_it(client):
    facture = fabriquer_facture(
        client, "1000.00", AU, date_emission=AU - timedelta(days=3), escompte_taux=D(2), escompte_jours=8
    )
    reglement = payer(client, "980.00", repartition={facture: D("980.00")}, accorder_escompte=True)
    annuler(reglement)
    facture.refresh_from_db()
    assert facture.solde == D("1000.00")
    assert Imputation.objects.filter(nature="escompte", annulee_par=None, montant__gt=0).count() == 0
    rien_ne_differe()


def test_a_deposit_received_by_mistake_is_expected_again(client):
    facture = fabriquer_facture(client, "100.00", AU)
    acompte = Acompte.objects.create(entreprise=client.entreprise, facture=facture, montant=D("30.00"))
    imputation = recevoir_acompte(acompte, D("30.00"), AU, aujourd_hui=AU)
    annuler(imputation.reglement)
    assert recu_de(acompte) == 0
    rien_ne_differe()


def test_nothing_is_undone_twice_and_a_rejected_payment_counts_no_more_already(client):
    fabriquer_facture(client, "100.00")
    double, rejete = payer(client, "10.00"), payer(client, "20.00")
    annuler(double)
    rejeter_reglement(rejete, AU, "", aujourd_hui=AU)
    for reglement, code in ((double, "deja_annule"), (rejete, "rejete")):
        with pytest.raises(ValidationError) as refus:
            annuler(reglement)
        assert refus.value.error_dict["reglement"][0].code == code
    with pytest.raises(ValidationError, match="annulée"):
        rejeter_reglement(double, AU, "", aujourd_hui=AU)
    with pytest.raises(ValidationError, match="annulée"):
        imputer_disponible(double, aujourd_hui=AU)
    rien_ne_differe()


def test_a_batch_with_a_rejected_payment_is_not_undone_in_part(client):
    fabriquer_facture(client, "100.00")
    lot = [payer(client, "10.00"), payer(client, "20.00")]
    rejeter_reglement(lot[1], AU, "", aujourd_hui=AU)
    with pytest.raises(ValidationError, match="rejeté par la banque"):
        annuler_reglements(lot, aujourd_hui=AU, instant=INSTANT)
    lot[0].refresh_from_db()
    assert lot[0].annule_le is None


def test_the_form_that_entered_it_does_not_enter_it_again(client):
    fabriquer_facture(client, "100.00")
    annuler(payer(client, "10.00", cle_idempotence="k"))
    with pytest.raises(ValidationError, match="Rouvrez-le"):
        payer(client, "10.00", cle_idempotence="k")
    assert Reglement.objects.valides().count() == 0


def test_a_promise_it_had_kept_is_owed_again(client):
    promesse = noter_promesse(client, D("50.00"), AU, faite_le=AU - timedelta(days=5))
    reglement = payer(client, "50.00", AU - timedelta(days=1))
    assert [p.pk for p in constater_tenues(client, AU)] == [promesse.pk]
    annuler(reglement)
    constater_tenues(client, AU)
    promesse.refresh_from_db()
    assert promesse.tenue_le is None


def test_R17_what_was_undone_does_not_tell_that_payments_are_up_to_date(client):
    fabriquer_facture(client, "100.00", AU - timedelta(days=90))
    reglement = payer(client, "10.00")
    assert etat(client.entreprise, AU).a_jour_au is not None
    annuler(reglement)
    assert etat(client.entreprise, AU).a_jour_au is None


def test_the_invoice_s_account_no_longer_shows_it(client):
    facture = fabriquer_facture(client, "100.00")
    annuler(payer(client, "60.00"))
    payer(client, "10.00")
    assert [ligne.montant for ligne in lire_dossier(facture, AU).compte] == [D("-10.00")]


def test_undoing_many_costs_a_constant_number_of_queries(client, django_assert_max_num_queries):
    reglements = []
    for i in range(20):
        debiteur = fabriquer_client(client.entreprise, f"Client {i}")
        fabriquer_facture(debiteur, "10.00")
        reglements.append(payer(debiteur, "10.00"))
    with django_assert_max_num_queries(22):
        annuler_reglements(reglements, aujourd_hui=AU, instant=INSTANT)
    rien_ne_differe()


# The pages


@pytest.fixture
def monde():
    return fabriquer_monde()


@pytest.fixture
def gerant(monde):
    return connecter(monde.gerant)


def page(nom, **cles):
    return reverse(f"encaissements:{nom}", kwargs={"slug": "essai", **cles})


def test_a_payment_is_undone_from_the_list_with_a_reason(monde, gerant):
    lien = page("annuler", pk=monde.reglement.pk)
    assert "F-1" in texte(gerant.get(lien))
    assert "obligatoire" in texte(gerant.post(lien, {"motif": " "}))
    assert gerant.post(lien, {"motif": "mauvais client"}).status_code == 302
    monde.facture.refresh_from_db()
    assert monde.facture.solde == D("1200.00")
    assert gerant.get(lien).status_code == 404
    assert "200,00" not in texte(gerant.get(page("liste"))).split("<main")[1].replace("1 200,00", "")
    assert "annulé" in texte(gerant.get(page("liste"), {"etat": "annules"}))
    rien_ne_differe()


def test_what_was_just_recorded_is_undone_from_the_message(monde, gerant):
    lien = f"{page('nouveau')}?client={monde.client.pk}"
    donnees = {
        "cle": "une-cle", "montant": "100", "devise": "EUR", "moyen": "virement",
        "date_reglement": monde.aujourd_hui.isoformat(),
    }  # fmt: skip
    ecran = gerant.post(lien, {**donnees, "action": "proposer"}).context["ecran"]
    donnees |= {"montre": ecran.temoin, **{ligne.nom: ligne.saisie for ligne in ecran.lignes}}
    suite = gerant.post(lien, {**donnees, "action": "enregistrer"}, follow=True)
    assert "Annuler cette saisie" in texte(suite)
    nouveau = Reglement.objects.latest("pk")
    assert f'name="reglement" value="{nouveau.pk}"' in texte(suite)
    for mots in ("de nouveau dû", "déjà annulée"):
        assert mots in texte(gerant.post(page("annuler_saisie"), {"reglement": nouveau.pk}, follow=True))
    monde.facture.refresh_from_db()
    assert monde.facture.solde == D("1000.00")


def test_what_was_recorded_another_day_wants_a_reason(monde, gerant):
    Reglement.objects.update(cree_le=timezone.now() - timedelta(days=3))
    suite = gerant.post(page("annuler_saisie"), {"reglement": monde.reglement.pk}, follow=True)
    assert "avec un motif" in texte(suite)
    monde.reglement.refresh_from_db()
    assert monde.reglement.annule_le is None


@pytest.mark.parametrize("donnees", [{}, {"reglement": "x"}, {"lot": "0" * 32}, {"lot": "%"}])
def test_undoing_nothing_is_not_found(gerant, donnees):
    assert gerant.post(page("annuler_saisie"), donnees).status_code == 404


def test_R13_nobody_undoes_another_company_s_payment(monde, gerant):
    ailleurs = fabriquer_monde("autre")
    assert gerant.post(page("annuler_saisie"), {"reglement": ailleurs.reglement.pk}).status_code == 404
    assert gerant.post(page("annuler", pk=ailleurs.reglement.pk), {"motif": "x"}).status_code == 404
    lecteur = connecter_role(monde.entreprise, "lecture")
    assert lecteur.post(page("annuler_saisie"), {"reglement": monde.reglement.pk}).status_code == 403
    assert lecteur.post(page("annuler", pk=monde.reglement.pk), {"motif": "x"}).status_code == 403
