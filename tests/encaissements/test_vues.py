"""Recording a payment in two steps, and a payment that bounces."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from encaissements.acomptes import recu_de
from encaissements.models import Reglement
from factures.models import Acompte
from tests.encaissements.verite import rien_ne_differe
from tests.fabriques import fabriquer_client, fabriquer_facture
from tests.pages import connecter, fabriquer_monde, texte

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde():
    return fabriquer_monde()


@pytest.fixture
def gerant(monde):
    return connecter(monde.gerant)


def adresse(monde, **choix) -> str:
    suite = "&".join(f"{cle}={valeur}" for cle, valeur in {"client": monde.client.pk, **choix}.items())
    return f"{reverse('encaissements:nouveau', kwargs={'slug': monde.entreprise.slug})}?{suite}"


def valeurs(monde, **autres) -> dict[str, str]:
    return {
        "cle": "une-cle",
        "montant": "1 300,00",
        "devise": "EUR",
        "moyen": "cheque",
        "date_reglement": monde.aujourd_hui.isoformat(),
        **autres,
    }


def montrer(gerant, lien, donnees) -> dict[str, str]:
    """The first step: what the second one posts, as the page has it."""
    ecran = gerant.post(lien, {**donnees, "action": "proposer"}).context["ecran"]
    return {**donnees, "montre": ecran.temoin, **{ligne.nom: ligne.saisie for ligne in ecran.toutes}}


def recus(monde):
    return Reglement.objects.exclude(pk=monde.reglement.pk)


def test_the_proposal_is_shown_oldest_first_before_anything_is_written(monde, gerant):
    fabriquer_facture(monde.client, "500.00", monde.aujourd_hui + timedelta(days=9), numero="F-2")
    page = gerant.post(adresse(monde), {**valeurs(monde), "action": "proposer"})
    ecran = page.context["ecran"]
    assert [(x.echeance.facture.numero, x.montant) for x in ecran.lignes] == [
        ("F-1", Decimal("1000.00")),
        ("F-2", Decimal("300.00")),
    ]
    assert not recus(monde).exists()


def test_the_invoice_one_came_from_is_served_first(monde, gerant):
    autre = fabriquer_facture(monde.client, "500.00", monde.aujourd_hui + timedelta(days=9), numero="F-2")
    page = gerant.post(adresse(monde, facture=autre.pk), {**valeurs(monde, montant="600"), "action": "proposer"})
    parts = {x.echeance.facture.numero: x.montant for x in page.context["ecran"].lignes}
    assert parts == {"F-1": Decimal("100.00"), "F-2": Decimal("500.00")}


def test_what_was_shown_is_recorded_once_however_often_one_clicks(monde, gerant):
    donnees = montrer(gerant, adresse(monde), valeurs(monde))
    for _ in range(2):
        gerant.post(adresse(monde), {**donnees, "action": "enregistrer"})
    reglement = recus(monde).get()
    assert (reglement.montant, reglement.disponible) == (Decimal("1300.00"), Decimal("300.00"))
    monde.facture.refresh_from_db()
    assert monde.facture.solde == 0


def test_a_changed_amount_is_proposed_again_before_it_is_recorded(monde, gerant):
    donnees = montrer(gerant, adresse(monde), valeurs(monde))
    page = gerant.post(adresse(monde), {**donnees, "montant": "900", "action": "enregistrer"})
    assert not recus(monde).exists()
    assert [x.montant for x in page.context["ecran"].lignes] == [Decimal("900.00")]


def test_nothing_is_recorded_that_was_not_shown(monde, gerant):
    gerant.post(adresse(monde), {**valeurs(monde), "action": "enregistrer"})
    assert not recus(monde).exists()


def test_a_debt_that_came_meanwhile_is_shown_first(monde, gerant):
    donnees = montrer(gerant, adresse(monde), valeurs(monde))
    fabriquer_facture(monde.client, "10.00", monde.aujourd_hui, numero="F-2")
    gerant.post(adresse(monde), {**donnees, "action": "enregistrer"})
    assert not recus(monde).exists()


@pytest.mark.parametrize(
    ("part", "phrase"),
    [("1 500", "Plus que ce qui reste dû."), ("mille", "Ce n’est pas un montant"), ("-5", "supérieur à zéro")],
)
def test_a_part_that_cannot_be_is_refused_beside_it(monde, gerant, part, phrase):
    donnees = montrer(gerant, adresse(monde), valeurs(monde))
    nom = next(cle for cle in donnees if cle.startswith("part-"))
    page = texte(gerant.post(adresse(monde), {**donnees, nom: part, "action": "enregistrer"}))
    assert phrase in page
    assert not recus(monde).exists()


def test_parts_beyond_the_amount_are_refused(monde, gerant):
    fabriquer_facture(monde.client, "500.00", monde.aujourd_hui, numero="F-2")
    donnees = montrer(gerant, adresse(monde), valeurs(monde, montant="600"))
    noms = [cle for cle in donnees if cle.startswith("part-")]
    trop = {**donnees, noms[0]: "600", noms[1]: "500", "action": "enregistrer"}
    assert "dépasse la somme reçue" in texte(gerant.post(adresse(monde), trop))
    assert not recus(monde).exists()


def test_a_future_date_is_refused_keeps_the_parts_and_leads_to_a_promise(monde, gerant):
    donnees = montrer(gerant, adresse(monde), valeurs(monde))
    demain = (monde.aujourd_hui + timedelta(days=1)).isoformat()
    reponse = gerant.post(adresse(monde), {**donnees, "date_reglement": demain, "action": "enregistrer"})
    page = texte(reponse)
    assert "notez plutôt une promesse" in page
    assert reverse("suivi:promesse_nouvelle", kwargs={"slug": "essai", "pk": monde.client.pk}) in page
    assert [x.montant for x in reponse.context["ecran"].lignes] == [Decimal("1000.00")]
    assert not recus(monde).exists()


def test_a_discount_earned_is_shown_then_granted_with_the_payment(monde, gerant):
    client = fabriquer_client(monde.entreprise, "Librairie Témoin")
    emission = monde.aujourd_hui - timedelta(days=3)
    facture = fabriquer_facture(
        client, "1000.00", monde.aujourd_hui, date_emission=emission, escompte_taux=Decimal(2), escompte_jours=8
    )
    lien = adresse(monde, client=client.pk)
    saisie = valeurs(monde, montant="980", accorder_escompte="on")
    assert "20,00 €" in texte(gerant.post(lien, {**saisie, "action": "proposer"}))
    gerant.post(lien, {**montrer(gerant, lien, saisie), "action": "enregistrer"})
    facture.refresh_from_db()
    assert facture.solde == 0


def test_a_deposit_expected_may_be_what_the_payment_is(monde, gerant):
    acompte = Acompte.objects.create(entreprise=monde.entreprise, facture=monde.facture, montant=Decimal("300.00"))
    donnees = montrer(gerant, adresse(monde), valeurs(monde, montant="300"))
    assert donnees[f"acompte-{acompte.pk}"] == "300,00"  # the sum is the deposit's
    trop = {**donnees, "montant": "2000", "action": "proposer"}
    donnees = montrer(gerant, adresse(monde), trop)
    page = gerant.post(adresse(monde), {**donnees, f"acompte-{acompte.pk}": "300", "action": "enregistrer"})
    assert "donnez un montant entre" in texte(page)  # the deposit is a part of what its invoice owes
    part = next(cle for cle in donnees if cle.startswith("part-"))
    justes = {f"acompte-{acompte.pk}": "300", part: "700", "action": "enregistrer"}
    gerant.post(adresse(monde), {**donnees, **justes})
    reglement = recus(monde).get()
    assert {i.nature: i.montant for i in reglement.imputations.all()} == {
        "acompte": Decimal("300.00"),
        "reglement": Decimal("700.00"),
    }
    assert (reglement.disponible, recu_de(acompte)) == (Decimal("1000.00"), Decimal("300.00"))
    assert not gerant.get(adresse(monde)).context["ecran"].acomptes
    rien_ne_differe()


def test_each_currency_is_spread_over_its_own_debts(monde, gerant):
    fabriquer_facture(monde.client, "80.00", monde.aujourd_hui, numero="F-usd", devise="USD")
    page = gerant.post(adresse(monde), {**valeurs(monde, montant="80", devise="USD"), "action": "proposer"})
    assert [x.echeance.facture.numero for x in page.context["ecran"].lignes] == ["F-usd"]


def test_who_paid_is_found_by_name_or_by_invoice_number(monde, gerant):
    lien = reverse("encaissements:nouveau", kwargs={"slug": monde.entreprise.slug})
    fabriquer_client(monde.entreprise, "Abbaye")
    assert [c.nom for c, _ in gerant.get(lien).context["lignes"]] == ["Hôtel Spécimen"]
    assert [c.nom for c, _ in gerant.get(lien, {"q": "F-1"}).context["lignes"]] == ["Hôtel Spécimen"]
    assert [c.nom for c, _ in gerant.get(lien, {"q": "abbaye"}).context["lignes"]] == ["Abbaye"]
    assert "Personne ne correspond" in texte(gerant.get(lien, {"q": "zzz"}))


def test_a_client_of_another_company_cannot_have_paid(monde, gerant):
    ailleurs = fabriquer_monde("autre")
    assert gerant.get(adresse(monde, client=ailleurs.client.pk)).status_code == 404


def test_a_rejected_payment_opens_the_debt_again(monde, gerant):
    lien = reverse("encaissements:rejeter", kwargs={"slug": monde.entreprise.slug, "pk": monde.reglement.pk})
    demain = (monde.aujourd_hui + timedelta(days=1)).isoformat()
    assert "pas dans le futur" in texte(gerant.post(lien, {"rejete_le": demain, "motif": "Sans provision"}))
    assert gerant.post(lien, {"rejete_le": monde.aujourd_hui.isoformat(), "motif": "Sans provision"}).status_code == 302
    monde.facture.refresh_from_db()
    assert monde.facture.solde == Decimal("1200.00")
    page = texte(gerant.get(reverse("encaissements:liste", kwargs={"slug": monde.entreprise.slug})))
    assert "rejeté" in page
    assert gerant.get(lien).status_code == 404
