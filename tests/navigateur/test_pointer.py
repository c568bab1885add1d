"""« Pointer » in a real browser: a bank statement recorded by keyboard alone, a few payments by touch."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from encaissements.encaissement import enregistrer_reglement
from encaissements.models import Reglement
from factures.models import Facture
from tests import fabriques
from tests.encaissements.verite import rien_ne_differe
from tests.navigateur.conftest import HTMX_TRAVAILLE, TELEPHONE
from tests.relances import actes
from tests.relances.actes import AU, INSTANT

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.lent]
POINTER = "/e/essai/pointer/"
D = Decimal


@pytest.fixture
def essai(transactional_db):
    with time_machine.travel(INSTANT, tick=True):
        yield actes.entreprise_prete(envoi_automatique=False)


@pytest.fixture
def gerante(essai):
    return fabriques.fabriquer_membre(essai)


@pytest.fixture
def ouvertes(essai) -> list[Facture]:
    """Sixty invoices of thirty clients, the oldest due first."""
    clients = [fabriques.fabriquer_client(essai, f"Client {i:02}", courriel="") for i in range(30)]
    return [
        fabriques.fabriquer_facture(clients[i % 30], f"{100 + i}.00", AU - timedelta(days=60 - i), numero=f"F-{i:02}")
        for i in range(60)
    ]


def pret(page: Any) -> None:
    page.locator("#pointer .sans-script").wait_for(state="hidden")


def repos(page: Any) -> None:
    page.locator(HTMX_TRAVAILLE).first.wait_for(state="detached")


def focus(page: Any) -> str:
    return page.evaluate("document.activeElement.id")


def test_forty_payments_are_recorded_by_keyboard_alone(essai, gerante, ouvertes, ouvrir, verifier):
    page = ouvrir(gerante)
    page.goto(POINTER)
    pret(page)
    clavier = page.keyboard
    assert focus(page) == "id_q"
    clavier.press("ArrowDown")
    for _ in range(36):  # one row after another: Space, down
        clavier.press("Space")
        clavier.press("ArrowDown")
    clavier.type("30,50")  # a digit begins an amount
    clavier.press("Enter")
    assert focus(page) == f"montant-{ouvertes[37].pk}"
    clavier.press("Space")  # in an empty amount, Space ticks
    assert page.locator(f"#soldee-{ouvertes[37].pk}").is_checked()
    clavier.press("ArrowLeft")
    assert focus(page) == f"soldee-{ouvertes[37].pk}"
    for numero in ("F-58", "F-59"):  # one that the page does not show, found by its number
        clavier.press("/")
        clavier.type(numero)
        clavier.press("Enter")
        page.locator("[id^=soldee-]:focus").wait_for()
        clavier.press("Space")
    somme = sum(range(100, 136)) + D("30.50") + 137 + 158 + 159
    dit = f"{somme:,.2f}".replace(",", "\u202f").replace(".", ",")
    expect(page.locator("#total-EUR")).to_have_text(f"{dit}\u00a0€")
    clavier.press("Tab")
    clavier.press("Tab")
    clavier.press("Tab")
    assert focus(page) == "attendu-EUR"
    clavier.type("5000")
    assert (
        "il manque" in page.locator("#ecart-EUR").inner_text() or "de trop" in page.locator("#ecart-EUR").inner_text()
    )
    clavier.press("Control+a")
    clavier.type(str(somme))
    assert page.locator("#ecart-EUR").inner_text() == "égal au total attendu"
    assert page.locator("#enregistrer").inner_text().strip() == "Enregistrer 40 règlements"
    verifier(page)
    page.locator("#attendu-EUR").focus()
    clavier.press("Control+Enter")
    page.get_by_text("40 règlements enregistrés").wait_for()
    assert Reglement.objects.count() == 40
    assert sum(Reglement.objects.values_list("montant", flat=True)) == somme
    rien_ne_differe()
    verifier(page)
    page.get_by_role("button", name="Annuler cette saisie").focus()
    clavier.press("Enter")
    page.get_by_text("ne comptent plus").wait_for()
    assert not Reglement.objects.valides().exists()
    rien_ne_differe()


def test_what_is_typed_while_the_list_comes_back_is_not_lost(essai, gerante, ouvertes, ouvrir):
    page = ouvrir(gerante)
    page.goto(POINTER)
    pret(page)
    premiere = ouvertes[0].pk
    with page.expect_response(lambda r: r.request.method == "POST"):
        page.locator("#id_q").fill("Client 00")
        page.wait_for_timeout(260)
        page.evaluate(f"document.getElementById('soldee-{premiere}').click()")
    expect(page.locator("tr[data-centimes]")).to_have_count(2)
    repos(page)
    assert page.locator(f"#soldee-{premiere}").is_checked()
    page.locator("#id_q").fill("Client 01")
    page.locator("[name=porte]").wait_for(state="attached")
    assert page.locator("#enregistrer").inner_text().strip() == "Enregistrer un règlement"


def test_a_page_further_the_ticks_of_the_first_one_are_still_there(essai, gerante, ouvertes, ouvrir):
    page = ouvrir(gerante)
    page.goto(POINTER)
    pret(page)
    page.locator(f"#soldee-{ouvertes[0].pk}").check()
    page.locator("#page-suivante").click()
    page.locator(f"#soldee-{ouvertes[55].pk}").check()
    page.locator(f"#montant-{ouvertes[56].pk}").fill("1000")
    page.locator("#enregistrer").click()
    page.get_by_text("Garder").wait_for()
    assert page.locator(f"#soldee-{ouvertes[55].pk}").is_checked()
    page.get_by_label("Garder").check()
    page.locator("#enregistrer").click()
    page.get_by_text("3 règlements enregistrés").wait_for()
    assert Reglement.objects.filter(disponible__gt=0).count() == 1
    rien_ne_differe()


def test_a_few_are_recorded_by_touch_on_a_phone(essai, gerante, ouvertes, ouvrir, verifier):
    page = ouvrir(gerante, taille=TELEPHONE)
    page.goto(POINTER)
    pret(page)
    verifier(page)
    for i in (0, 1):
        page.locator(f"#soldee-{ouvertes[i].pk}").tap()
    page.locator(f"#montant-{ouvertes[2].pk}").tap()
    page.keyboard.type("50")
    page.get_by_role("button", name="Enregistrer 3 règlements").tap()
    page.get_by_text("3 règlements enregistrés").wait_for()
    verifier(page)
    rien_ne_differe()


def test_without_javascript_ticks_a_search_and_the_total_work(essai, gerante, ouvertes, ouvrir):
    page = ouvrir(gerante, javascript=False)
    page.goto(POINTER)
    page.locator(f"#soldee-{ouvertes[0].pk}").check()
    page.locator("#id_q").fill("F-07")
    page.get_by_role("button", name="Filtrer").click()
    page.locator(f"#soldee-{ouvertes[7].pk}").check()
    page.get_by_role("button", name="Vérifier le total").click()
    assert page.locator("#total-EUR").inner_text().replace("\u00a0", " ") == "207,00 €"
    page.locator("#enregistrer").click()
    page.get_by_text("2 règlements enregistrés").wait_for()
    rien_ne_differe()


@pytest.mark.parametrize("taille", [None, TELEPHONE])
def test_the_other_pages_of_payments_are_accessible_and_fit(essai, gerante, ouvertes, ouvrir, verifier, taille):
    client = ouvertes[0].client
    Facture.objects.filter(pk=ouvertes[3].pk).update(mode_reglement="prelevement")
    reglement = enregistrer_reglement(client, D("100.00"), AU, aujourd_hui=AU, imputer_le_reste=False)
    page = ouvrir(gerante, taille=taille)
    adresses = [
        reverse("encaissements:prelevements", kwargs={"slug": "essai"}),
        reverse("encaissements:liste", kwargs={"slug": "essai"}),
        reverse("encaissements:imputer", kwargs={"slug": "essai", "pk": reglement.pk}),
        reverse("encaissements:annuler", kwargs={"slug": "essai", "pk": reglement.pk}),
        reverse("encaissements:nouveau", kwargs={"slug": "essai"}) + f"?client={client.pk}",
    ]
    for adresse in adresses:
        page.goto(adresse)
        verifier(page)
    page.goto(POINTER)
    pret(page)
    page.locator(f"#montant-{ouvertes[0].pk}").fill("abc")
    page.locator(f"#montant-{ouvertes[1].pk}").fill("500")
    page.locator("#enregistrer").click()
    page.get_by_text("lignes demandent votre attention").wait_for()
    verifier(page)


def test_what_stays_in_credit_follows_what_one_types(essai, gerante, ouvertes, ouvrir):
    page = ouvrir(gerante)
    page.goto(reverse("encaissements:nouveau", kwargs={"slug": "essai"}) + f"?client={ouvertes[0].client_id}")
    page.get_by_label("Montant reçu").fill("200")
    page.get_by_role("button", name="Voir la répartition").click()
    page.locator("[data-part]").first.fill("40")
    page.locator("[data-part]").last.fill("")
    expect(page.locator("#reste")).to_have_text(re.compile("^160,00"))
