"""An invoice entered by keyboard, its pages and its credit notes, in a real browser."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from clients.models import Client
from encaissements.avoirs import enregistrer_avoir
from entreprises.documents import conserver
from factures.models import ConditionsPaiement, Facture
from tests.fabriques import fabriquer_client, fabriquer_facture
from tests.navigateur.conftest import HTMX_TRAVAILLE, LARGE, TELEPHONE
from tests.pages import fabriquer_monde

pytestmark = pytest.mark.django_db(transaction=True)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n"
)


@pytest.fixture
def monde(transactional_db):
    monde = fabriquer_monde()
    ConditionsPaiement.objects.create(
        entreprise=monde.entreprise,
        nom="30 jours",
        regle={"tranches": [{"delai": {"genre": "net", "jours": 30}}]},
        est_defaut=True,
    )
    return monde


def lien(nom, pk=None, suite=""):
    return reverse(nom, kwargs={"slug": "essai", **({"pk": pk} if pk else {})}) + suite


def attendre(page):
    """Until nothing is asked for: a request cut short by leaving the page is a complaint of the browser."""
    page.wait_for_load_state("networkidle")
    page.locator(HTMX_TRAVAILLE).first.wait_for(state="detached")


@pytest.mark.parametrize("taille", [LARGE, TELEPHONE], ids=["1280", "390"])
def test_every_page_about_an_invoice_is_accessible_and_fits(monde, ouvrir, verifier, taille):
    fabriquer_client(monde.entreprise, "Hôtel Annexe")
    avoir = enregistrer_avoir(monde.client, "A-1", Decimal(50), monde.aujourd_hui, aujourd_hui=monde.aujourd_hui)
    pk = monde.facture.pk
    page = ouvrir(monde.gerant, taille=taille)
    page.route("**/pourquoi/", lambda route: route.fulfill(body=""))
    for adresse in [
        lien("factures:transmettre", suite=f"?f={pk}"),
        lien("factures:modifier", pk),
        lien("factures:annuler", pk),
        lien("factures:joindre", pk),
        lien("relances:prolonger", pk),
        lien("encaissements:avoirs"),
        lien("encaissements:avoir", avoir.pk),
        lien("encaissements:avoir_annuler", avoir.pk),
        lien("encaissements:avoir_nouveau", suite=f"?facture={pk}"),
        lien("encaissements:avoir_nouveau", suite="?q=hotel"),
    ]:
        page.goto(adresse)
        verifier(page)
    page.goto(lien("factures:nouvelle"))
    for pli in page.locator("details").all():
        pli.locator("summary").click()
    page.locator("#id_client").fill("hotel")
    page.get_by_text("Lequel ?").wait_for()
    page.locator("#id_base_1").fill("100,00")
    page.locator("#apercu .total").wait_for()
    verifier(page)
    page.locator("#id_total").fill("200,00")
    page.get_by_text("l’écart avec ce total").first.wait_for()
    attendre(page)
    page.get_by_role("button", name="Enregistrer", exact=False).first.click()
    page.get_by_role("alert").wait_for()
    verifier(page)


def test_an_invoice_for_a_new_client_is_entered_by_keyboard_alone(monde, ouvrir):
    fabriquer_facture(monde.client, numero="F-0041", date_emission=monde.aujourd_hui)
    page = ouvrir(monde.gerant)
    page.goto(lien("factures:nouvelle"))
    page.keyboard.type("Garage Fictif")
    page.get_by_text("Créer le client « Garage Fictif »").wait_for()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("compta@garage.invalid")
    page.locator("#id_base_1").focus()
    page.keyboard.type("1850")
    page.locator("#apercu .total", has_text="2").wait_for()
    assert "220,00" in page.locator("#apercu .total").inner_text()
    assert (monde.aujourd_hui + timedelta(days=30)).isoformat() in page.locator("#apercu").inner_html()
    assert "220,00" in page.locator("#id_total").get_attribute("placeholder")
    attendre(page)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/factures/\d+/$"))
    facture = Facture.objects.get(numero="F-0042")
    assert (facture.total, facture.client.nom) == (Decimal("2220.00"), "Garage Fictif")
    assert facture.client.contacts.get().courriel == "compta@garage.invalid"


def test_the_same_without_javascript_a_client_chosen_and_the_dates_asked_for(monde, ouvrir):
    annexe = fabriquer_client(monde.entreprise, "Hôtel Annexe")
    page = ouvrir(monde.gerant, javascript=False)
    page.goto(lien("factures:nouvelle"))
    page.locator("#id_client").fill("hotel")
    page.locator("#id_numero").fill("F-7")
    page.locator("#id_base_1").fill("100,00")
    page.get_by_role("button", name="Calculer les échéances").click()
    assert "120,00" in page.locator("#apercu").inner_text()
    page.locator("#id_base_1").press("Enter")
    page.get_by_label("Hôtel Annexe").check()
    page.locator("#id_base_1").press("Enter")
    page.wait_for_url(re.compile(r"/factures/\d+/$"))
    assert Facture.objects.get(numero="F-7").client == annexe
    assert Client.objects.count() == 2


def test_invoices_ticked_in_the_list_are_marked_sent(monde, ouvrir):
    autre = fabriquer_facture(monde.client, "10.00", monde.aujourd_hui, numero="F-2")
    page = ouvrir(monde.gerant)
    page.goto(lien("factures:liste"))
    bouton = page.get_by_role("button", name="Marquer transmises")
    assert not bouton.is_visible()
    for numero in ("F-1", "F-2"):
        page.get_by_label(f"Choisir la facture {numero}").check()
    bouton.click()
    page.locator("#id_transmise_par").select_option("courriel")
    page.locator("#id_transmise_par").press("Tab")
    page.get_by_role("button", name="Marquer transmises").click()
    page.get_by_text("2 factures marquées transmises.").wait_for()
    assert set(Facture.objects.values_list("transmise_le", flat=True)) == {monde.aujourd_hui}
    assert Facture.objects.get(pk=autre.pk).transmise_par == "courriel"


def test_the_pdf_is_read_in_the_page(monde, chromium, live_server, client):
    monde.facture.pdf = conserver(monde.entreprise, PDF, "application/pdf", "f-1.pdf")
    monde.facture.save()
    client.force_login(monde.gerant)
    contexte = chromium.new_context(base_url=live_server.url, viewport=LARGE)
    biscuit = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    contexte.add_cookies([biscuit])
    page, plaintes = contexte.new_page(), []
    page.on("console", lambda m: plaintes.append(m.text) if m.type == "error" else None)
    page.goto(lien("factures:detail", monde.facture.pk))
    with page.expect_event("framenavigated", lambda cadre: "/pdf/" in cadre.url):
        page.locator("iframe.cadre-pdf").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    lecteurs = [cadre.url for cadre in page.frames if cadre.url.startswith("chrome-extension://")]
    contexte.close()
    assert lecteurs, "the browser's own reader did not open"
    assert plaintes == []
