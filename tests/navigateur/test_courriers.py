"""Letters in batch, the digest's page and getting out, in a real browser: by keyboard, on a phone, accessible."""

from collections.abc import Callable

import pytest
import time_machine
from django.urls import reverse

from relances.avis import signer
from relances.models import Nuit, Relance
from tests import fabriques
from tests.navigateur.conftest import LARGE, TELEPHONE
from tests.relances import actes, scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def essai(db):
    with time_machine.travel(scene.INSTANT, tick=True):
        yield actes.entreprise_prete()


@pytest.fixture
def gerante(essai):
    return fabriques.fabriquer_membre(essai)


@pytest.fixture
def lettres(essai) -> list[Relance]:
    formelle = actes.mise_en_demeure(essai)
    recommandees = [
        scene.acte(essai, nom, "905.43", formelle, canal="recommande", approuvee_le=scene.INSTANT)
        for nom in ("Ardoise Modèle", "Zinc Modèle")
    ]
    longue = scene.acte(essai, "SCI du Sapin Bleu et de ses dépendances", "1800.00", canal="courrier")
    type(longue.client).objects.filter(pk=longue.client_id).update(siege_ligne1="avenue " * 12)
    return [*recommandees, longue]


def page_de(nom: str, **cles: object) -> str:
    return reverse(nom, kwargs={"slug": "essai", **cles})


@pytest.mark.parametrize("taille", [LARGE, TELEPHONE], ids=["1280", "390"])
def test_every_page_is_accessible(essai, gerante, lettres, ouvrir: Callable, verifier: Callable, taille):
    nuit = Nuit.objects.create(entreprise=essai, date_nuit=scene.AU, statut="terminee")
    for nom in ("Transports Modèle", "Garage Fictif"):
        scene.acte(essai, nom)
    page = ouvrir(gerante, taille=taille)
    for lien in (
        page_de("relances:courriers"),
        page_de("relances:courriers_numeros"),
        page_de("relances:acte", pk=lettres[2].pk),
        page_de("archivage:export"),
        page_de("archivage:cloture"),
        reverse("avis", kwargs={"jeton": signer(nuit, gerante.adhesions.get())}),
    ):
        page.goto(lien)
        verifier(page)


def test_numbers_are_typed_in_a_row_by_keyboard_and_a_wrong_row_stays(essai, gerante, lettres, ouvrir, verifier):
    page = ouvrir(gerante)
    page.goto(page_de("relances:courriers_numeros"))
    page.get_by_label("Numéro de suivi : Ardoise Modèle").focus()
    page.keyboard.type("1A 000 000 0001 0")
    page.get_by_label("Postée : Zinc Modèle").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("1 dépôt noté").wait_for()
    page.get_by_text("Un recommandé a un numéro").wait_for()
    verifier(page)
    page.get_by_label("Numéro de suivi : Zinc Modèle").focus()
    page.keyboard.type("1A 000 000 0002 7")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda lien: lien.endswith("/courriers/"))
    etats = dict(Relance.objects.filter(pk__in=[a.pk for a in lettres]).values_list("client__nom", "numero_recommande"))
    assert etats["Ardoise Modèle"] == "1A 000 000 0001 0"
    assert etats["Zinc Modèle"] == "1A 000 000 0002 7"


def test_everything_is_exported_then_the_company_is_closed_and_opened_again(essai, gerante, lettres, ouvrir, verifier):
    page = ouvrir(gerante, taille=TELEPHONE)
    page.goto(page_de("archivage:export"))
    page.get_by_role("button", name="Tout exporter").click()
    page.get_by_role("link", name="Télécharger l’archive").wait_for()
    verifier(page)
    with page.expect_download() as recu:
        page.get_by_role("link", name="Télécharger l’archive").click()
    assert recu.value.suggested_filename.startswith("essai-")
    page.goto(page_de("archivage:cloture"))
    page.get_by_label("Nom de l’entreprise").fill("Menuiserie Modèle")
    page.get_by_role("button", name="Clôturer l’entreprise").click()
    page.get_by_role("heading", name="Entreprise clôturée").wait_for()
    verifier(page)
    page.get_by_role("button", name="Rouvrir l’entreprise").click()
    page.get_by_text("L’entreprise est rouverte").wait_for()
