"""The frame and the pages below the ladder, in a real browser: accessible, by keyboard, with and without JavaScript."""

import re

import pytest
from django.urls import reverse

from encaissements.models import Reglement
from factures.models import Facture
from tests.navigateur.conftest import LARGE, TELEPHONE
from tests.pages import fabriquer_monde, noter_lignes

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    "factures:liste",
    "factures:detail",
    "factures:nouvelle",
    "clients:liste",
    "clients:detail",
    "clients:nouveau",
    "encaissements:nouveau",
    "encaissements:liste",
    "entreprise:detail",
    "entreprise:modifier",
    "suivi:pauses",
    "suivi:litige_clore",
    "cabinet:liste",
    "mfa_index",
    "mfa_activate_totp",
    "usersessions_list",
    "account_change_password",
]


@pytest.fixture
def monde(transactional_db):
    return fabriquer_monde()


def adresse(monde, nom: str) -> str:
    pks = {
        "factures:detail": monde.facture.pk,
        "clients:detail": monde.client.pk,
        "suivi:litige_clore": monde.litige.pk,
    }
    if ":" not in nom or nom.startswith("cabinet:"):
        return reverse(nom)
    return reverse(nom, kwargs={"slug": monde.entreprise.slug, **({"pk": pks[nom]} if nom in pks else {})})


@pytest.mark.parametrize("taille", [LARGE, TELEPHONE], ids=["1280", "390"])
def test_every_page_is_accessible_and_fits(monde, ouvrir, verifier, taille):
    page = ouvrir(monde.gerant, taille=taille)
    sans_fragments(page)
    for nom in PAGES:
        page.goto(adresse(monde, nom))
        verifier(page)
    page.goto(adresse(monde, "factures:liste"))
    page.locator("button[popovertarget=menu-compte]").click()
    verifier(page)
    if taille == TELEPHONE:
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Plus").click()
        verifier(page)


@pytest.mark.parametrize("taille", [LARGE, TELEPHONE], ids=["1280", "390"])
def test_signing_in_is_accessible_and_works(monde, ouvrir, verifier, taille):
    page = ouvrir(taille=taille)
    page.goto(reverse("account_login"))
    verifier(page)
    page.fill("#id_login", monde.gerant.email)
    page.fill("#id_password", "motdepasse")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/e/essai/"))


def test_a_refused_form_is_accessible_and_its_errors_are_read_first(monde, ouvrir, verifier):
    page = ouvrir(monde.gerant)
    page.goto(adresse(monde, "factures:nouvelle"))
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    verifier(page)
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    page.locator("main").get_by_role("link", name="Client", exact=True).click()
    assert page.locator("#id_client").get_attribute("aria-invalid") == "true"


def test_the_keyboard_alone_reaches_the_content_and_the_menu(monde, ouvrir):
    page = ouvrir(monde.gerant)
    page.goto(adresse(monde, "factures:liste"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "evitement"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "principal"
    page.locator("button[popovertarget=menu-compte]").focus()
    page.keyboard.press("Enter")
    assert page.locator("#menu-compte").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#menu-compte").is_visible()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"


def test_the_chosen_theme_is_remembered(monde, ouvrir):
    page = ouvrir(monde.gerant)
    page.goto(adresse(monde, "factures:liste"))
    clair = fond(page)
    page.locator("button[popovertarget=menu-compte]").click()
    page.get_by_label("Sombre").check()
    sombre = fond(page)
    assert sombre != clair
    page.goto(adresse(monde, "clients:liste"))
    assert fond(page) == sombre
    page.locator("button[popovertarget=menu-compte]").click()
    assert page.get_by_label("Sombre").is_checked()
    page.get_by_label("Comme l’appareil").check()
    page.reload()
    assert fond(page) == clair


def fond(page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_a_payment_is_recorded_without_javascript(monde, ouvrir):
    page = ouvrir(monde.gerant, taille=TELEPHONE, javascript=False)
    page.goto(adresse(monde, "clients:detail"))
    page.get_by_role("link", name="Saisir un règlement").first.click()
    page.get_by_label("Montant reçu").fill("1 000")
    page.get_by_role("button", name="Voir la répartition").click()
    assert "Répartition proposée" in page.content()
    page.get_by_role("button", name="Enregistrer").click()
    assert "enregistré pour" in page.content()
    assert Reglement.objects.count() == 2
    monde.facture.refresh_from_db()
    assert monde.facture.solde == 0


def test_an_invoice_is_typed_by_hand_then_found(monde, ouvrir):
    page = ouvrir(monde.gerant)
    sans_fragments(page)
    page.goto(adresse(monde, "factures:nouvelle"))
    page.get_by_role("combobox", name="Client").fill(monde.client.nom)
    page.get_by_label("Numéro").fill("F-77")
    page.get_by_label("Total TTC").fill("12,50")
    page.get_by_label("Échéance", exact=True).fill(monde.aujourd_hui.isoformat())
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.wait_for_url(re.compile(r"/factures/\d+/"))
    assert Facture.objects.get(numero="F-77").client == monde.client
    page.goto(adresse(monde, "factures:liste"))
    page.get_by_role("searchbox").fill("f-77")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=f-77"))
    assert page.locator("tbody tr").count() == 1


def test_older_lines_come_in_under_the_first_ones(monde, ouvrir):
    noter_lignes(monde, 70)
    page = ouvrir(monde.gerant)
    sans_fragments(page)
    page.goto(adresse(monde, "clients:detail"))
    assert page.locator("#fil .fil > li").count() == 30
    page.get_by_role("link", name="Montrer plus ancien").click()
    page.locator("#fil .fil > li").nth(59).wait_for()
    assert page.locator("#fil .fil > li").count() == 60


def sans_fragments(page) -> None:
    """The ladder's own fragments have their own tests."""
    page.route(re.compile(r"/(pourquoi|situation)/"), lambda route: route.fulfill(body="<p>…</p>"))
