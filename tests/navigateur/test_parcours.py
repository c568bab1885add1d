"""A morning's whole work in a real browser, from sign-in to outbox: by keyboard, on a phone, without JavaScript.

The night and the tick are called by the test; all the rest is what the owner does on the pages.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from factures.models import Facture
from recouvrement.celery import app
from relances.models import Relance
from relances.nuit import battre
from relances.planification import planifier
from tests import fabriques
from tests.navigateur.conftest import TELEPHONE
from tests.relances import actes
from tests.relances.actes import AU, INSTANT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.lent]

FICHIER = "\r\n".join(
    [
        "N° facture;Client;Courriel;Téléphone;Date facture;Échéance;Montant TTC",
        "2026-101;Hôtel Modèle;compta@hotel.invalid;01 99 00 12 34;27/05/2026;26/06/2026;1 250,40",
        "2026-102;Hôtel Modèle;compta@hotel.invalid;01 99 00 12 34;27/05/2026;26/06/2026;860,00",
        "2026-103;Garage Œuvré;luc@garage.invalid;01 99 00 56 78;27/05/2026;26/06/2026;742,50",
        "2026-104;Imprimerie Témoin;contact@temoin.invalid;;30/06/2026;30/08/2026;300,00",
        "2026-105;Imprimerie Témoin;contact@temoin.invalid;;30/06/2026;30/08/2026;trois cents",
        "",
    ]
).encode("cp1252")


@pytest.fixture
def essai(transactional_db):
    """A Wednesday at ten; the owner approves everything by hand. Tasks run at once, in the request."""
    avant, app.conf.task_always_eager = app.conf.task_always_eager, True
    with time_machine.travel(INSTANT, tick=True):
        yield actes.entreprise_prete(envoi_automatique=False)
    app.conf.task_always_eager = avant


@pytest.fixture
def gerante(essai):
    return fabriques.fabriquer_membre(essai)


@pytest.fixture
def nuit_passee(essai, gerante):
    """Two clients owe since the 26th of June; the night has prepared a message to each."""
    for nom, total in (("Garage Œuvré", "742.50"), ("Hôtel Modèle", "1250.40")):
        client = fabriques.fabriquer_client(essai, nom)
        fabriques.fabriquer_facture(client, total, AU - timedelta(days=12), connue_le=AU - timedelta(days=1))
    planifier(essai, AU, instant=INSTANT)
    return essai


def entrer(page: Any, gerante: Any) -> None:
    """Through the real form, typed."""
    page.goto("/")
    page.locator("#id_login").focus()
    page.keyboard.type(gerante.email)
    page.keyboard.press("Tab")
    page.keyboard.type("motdepasse")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/e/essai/a-faire/"))


def suivre(page: Any, role: str, nom: str, exact: bool = True) -> None:
    """Reach a link or a button, and press Enter: what a keyboard does, and a reader of screens."""
    cible = page.get_by_role(role, name=nom, exact=exact).locator("visible=true").first
    cible.focus()
    assert cible.evaluate("e => document.activeElement === e"), f"out of the keyboard's reach: {nom}"
    page.keyboard.press("Enter")


def lu(page: Any) -> str:
    """The words of the page, no-break spaces as spaces."""
    return page.locator("main").inner_text().replace("\u202f", " ").replace("\u00a0", " ")


def importer(page: Any) -> None:
    suivre(page, "link", "Importer")
    suivre(page, "link", "Importer un fichier")
    page.get_by_label("Fichier").set_input_files({"name": "ventes.csv", "mimeType": "text/csv", "buffer": FICHIER})
    suivre(page, "button", "Lire ce fichier")
    page.get_by_role("heading", name="Confirmer la lecture").wait_for()
    page.get_by_text("Total en EUR").wait_for()  # the trial, loaded by itself
    assert "Windows (CP1252)" in page.get_by_label("Encodage").inner_text()
    assert "Garage Œuvré" in lu(page)
    assert not Facture.objects.exists()
    page.locator("form").get_by_role("button", name="Importer", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Voir les factures").wait_for()
    assert "trois cents" in lu(page)
    suivre(page, "link", "Voir les factures")
    page.wait_for_url(re.compile(r"/factures/"))


def encaisser(page: Any, client: str, montant: str) -> None:
    """From the client's page: what is received, how it is shared out, then the record."""
    page.get_by_role("link", name="Saisir un règlement").locator("visible=true").first.press("Enter")
    page.get_by_label("Montant reçu").focus()
    page.keyboard.type(montant)
    page.keyboard.press("Enter")
    page.get_by_text("Répartition proposée").first.wait_for()
    suivre(page, "button", "Enregistrer")
    page.get_by_text(re.compile("enregistré pour")).first.wait_for()
    assert client in lu(page)


def test_the_whole_morning_by_keyboard_from_a_file_to_the_outbox(essai, gerante, ouvrir):
    page = ouvrir()
    entrer(page, gerante)
    importer(page)
    assert [numero in lu(page) for numero in ("2026-101", "2026-104", "2026-105")] == [True, True, False]
    planifier(essai, AU, instant=INSTANT)

    suivre(page, "link", "À faire", exact=False)
    page.wait_for_url(re.compile(r"/a-faire/$"))
    hotel, garage = (Relance.objects.get(client__nom=nom) for nom in ("Hôtel Modèle", "Garage Œuvré"))
    assert (str(hotel.total), hotel.statut, garage.statut) == ("2110.40", "a_valider", "a_valider")
    page.locator("#file").get_by_role("link", name="Hôtel Modèle").press("Enter")
    page.wait_for_url(re.compile(rf"/a-faire/{hotel.pk}/"))
    cadre = page.frame_locator("iframe.cadre-courriel")
    assert "2026-102" in cadre.locator("body").inner_text()
    page.keyboard.press("a")
    page.get_by_text("Départ au prochain envoi").wait_for()

    page.goto(reverse("clients:detail", kwargs={"slug": "essai", "pk": garage.client_id}))
    encaisser(page, "Garage Œuvré", "742,50")
    battre(essai, INSTANT + timedelta(minutes=5))  # the next tick tells what leaves
    battre(essai, INSTANT + timedelta(minutes=35))  # half an hour later: decides again, then sends
    suivre(page, "link", "À faire", exact=False)
    page.wait_for_url(re.compile(r"/a-faire/$"))
    assert "Garage Œuvré" not in page.locator("#file").inner_text()
    page.goto(reverse("relances:acte", kwargs={"slug": "essai", "pk": garage.pk}))
    assert "Annulé : il ne partira pas" in lu(page)
    assert "Règlement reçu" in lu(page)
    garage.refresh_from_db()
    assert garage.annulee_motif == "soldee"

    suivre(page, "link", "Boîte d’envoi")
    page.wait_for_url(re.compile(r"/boite-envoi/"))
    ligne = page.locator("tbody tr").filter(has_text="Hôtel Modèle")
    assert "compta@hotel.invalid" in ligne.inner_text()
    ligne.get_by_role("link").first.press("Enter")
    page.get_by_text(Relance.objects.get(pk=hotel.pk).message_id).first.wait_for()
    etats = dict(Relance.objects.values_list("client__nom", "statut"))
    assert etats == {"Hôtel Modèle": "envoyee", "Garage Œuvré": "annulee"}


def test_on_a_phone_from_the_sign_in_to_a_recorded_payment(nuit_passee, gerante, ouvrir, verifier):
    page = ouvrir(taille=TELEPHONE)
    entrer(page, gerante)
    verifier(page)
    garage = Relance.objects.get(client__nom="Garage Œuvré")
    page.locator("#file").get_by_role("link", name="Garage Œuvré").tap()
    page.wait_for_url(re.compile(rf"/a-faire/{garage.pk}/"))
    verifier(page)
    page.get_by_role("button", name="Approuver").tap()
    page.get_by_text("Départ au prochain envoi").wait_for()
    page.get_by_role("navigation", name="Navigation du bas").get_by_role("link", name="Clients").tap()
    page.get_by_role("link", name="Hôtel Modèle").first.tap()
    encaisser(page, "Hôtel Modèle", "1250,40")
    verifier(page)
    for minutes in (5, 35):  # told, then sent
        battre(nuit_passee, INSTANT + timedelta(minutes=minutes))
    page.get_by_role("navigation", name="Navigation du bas").get_by_role("link", name="Boîte").tap()
    page.wait_for_url(re.compile(r"/boite-envoi/"))
    verifier(page)
    etats = dict(Relance.objects.values_list("client__nom", "statut"))
    assert etats == {"Garage Œuvré": "envoyee", "Hôtel Modèle": "annulee"}


def test_without_javascript_from_the_sign_in_to_a_recorded_payment(nuit_passee, gerante, ouvrir):
    page = ouvrir(javascript=False)
    entrer(page, gerante)
    page.locator("#file").get_by_role("link", name="Garage Œuvré").click()
    page.get_by_role("button", name="Approuver").click()
    assert "Départ au prochain envoi" in page.content()
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Clients").click()
    page.get_by_role("link", name="Hôtel Modèle").first.click()
    encaisser(page, "Hôtel Modèle", "1250,40")
    acte = Relance.objects.get(client__nom="Hôtel Modèle")
    page.goto(reverse("relances:acte", kwargs={"slug": "essai", "pk": acte.pk}))
    if page.get_by_role("button", name="Approuver").count():  # not reviewed yet: approving it finds out
        page.get_by_role("button", name="Approuver").click()
        assert "il est annulé" in page.content()
    etats = dict(Relance.objects.values_list("client__nom", "statut"))
    assert etats == {"Garage Œuvré": "a_envoyer", "Hôtel Modèle": "annulee"}
