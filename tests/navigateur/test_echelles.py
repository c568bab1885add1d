"""Ladders and words in a real browser: accessible at both sizes, by keyboard, with and without JavaScript."""

import re

import pytest
import time_machine
from django.urls import reverse

from relances.models import Etape, Scenario, TexteEtape
from tests import fabriques
from tests.navigateur.conftest import LARGE, TELEPHONE
from tests.relances import actes, scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def essai(transactional_db):
    with time_machine.travel(scene.INSTANT, tick=True):
        yield actes.entreprise_prete()


@pytest.fixture
def gerante(essai):
    return fabriques.fabriquer_membre(essai)


@pytest.fixture
def premiere(essai):
    return Etape.objects.get(scenario__genre_client="professionnel", lignee="premiere")


def adresse(nom: str, **cles) -> str:
    return reverse(f"relances:{nom}", kwargs={"slug": "essai", **cles})


@pytest.mark.parametrize("taille", [LARGE, TELEPHONE], ids=["1280", "390"])
def test_every_page_is_accessible_and_fits(essai, gerante, premiere, ouvrir, verifier, taille):
    facture = scene.facture(scene.client(essai, "Transports Modèle"), numero="F-2026-014")
    demeure = Etape.objects.get(scenario=premiere.scenario, lignee="mise_en_demeure")
    echelle = premiere.scenario_id
    TexteEtape.objects.create(
        entreprise=essai, etape=premiere, langue="fr", numero_version=2, objet="URGENT PAYEZ VITE", corps="{client.nim}"
    )
    page = ouvrir(gerante, taille=taille)
    for lien in (
        adresse("echelles"),
        adresse("echelle", pk=echelle),
        adresse("echelle_imprimer", pk=echelle),
        adresse("echelle_retablir", pk=echelle),
        adresse("echelon_modifier", pk=premiere.pk),
        adresse("echelon_retirer", pk=premiere.pk),
        adresse("texte", pk=premiere.pk) + "?comparer=1",
        adresse("texte", pk=demeure.pk),
        adresse("echelle_du_client", pk=facture.client_id),
    ):
        page.goto(lien)
        verifier(page)


def test_the_words_are_tried_as_one_types_then_saved(essai, gerante, premiere, ouvrir, verifier):
    scene.facture(scene.client(essai, "Transports Modèle"), "842.00", numero="F-2026-014")
    scene.facture(scene.client(essai, "Garage Fictif"), "310.00", numero="F-2026-015")
    page = ouvrir(gerante)
    page.goto(adresse("texte", pk=premiere.pk))
    cadre = page.frame_locator("iframe.cadre-courriel")
    cadre.get_by_text("Il s’agit sans doute d’un oubli").wait_for()
    corps = page.get_by_label("Texte", exact=True)
    corps.press("Control+End")
    corps.press_sequentially("\n\nMots neufs pour ")
    page.get_by_role("button", name="{client.nom}").focus()
    page.keyboard.press("Enter")
    assert corps.input_value().endswith("Mots neufs pour {client.nom}")
    cadre.get_by_text(re.compile("Mots neufs pour (Transports|Garage)")).wait_for()
    page.get_by_label("Chercher une facture ou un client").fill("garage")
    cadre.get_by_text("Mots neufs pour Garage Fictif").wait_for()
    assert page.get_by_label("Chercher une facture ou un client").input_value() == "garage"
    verifier(page)
    corps.press("Control+End")
    corps.press_sequentially(" {client.nim}")
    page.get_by_text("vouliez-vous « {client.nom} »").wait_for()
    for _ in range(13):
        corps.press("Backspace")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("Version 2 enregistrée").wait_for()
    texte = TexteEtape.objects.get(etape=premiere, langue="fr", numero_version=2)
    assert texte.corps.endswith("Mots neufs pour {client.nom}")


def test_without_javascript_the_preview_has_its_button_and_a_fault_is_told(essai, gerante, premiere, ouvrir):
    scene.facture(scene.client(essai, "Transports Modèle"), "842.00", numero="F-2026-014")
    page = ouvrir(gerante, javascript=False)
    page.goto(adresse("texte", pk=premiere.pk))
    page.get_by_label("Objet").fill("Un mot pour {client.nom}")
    page.get_by_role("button", name="Aperçu").click()
    assert "Un mot pour Transports Modèle" in page.locator("#apercu").inner_text()
    assert page.get_by_label("Objet").input_value() == "Un mot pour {client.nom}"
    page.get_by_label("Objet").fill("{tableau.factures}")
    page.get_by_role("button", name="Enregistrer").click()
    assert "ne va pas dans l’objet" in page.content()
    assert TexteEtape.objects.filter(etape=premiere, langue="fr").count() == 1


def test_a_softer_ladder_is_made_for_one_client_by_keyboard(essai, gerante, premiere, ouvrir):
    facture = scene.facture(scene.client(essai, "Transports Modèle"))
    page = ouvrir(gerante)
    page.goto(adresse("echelle", pk=premiere.scenario_id))
    page.get_by_role("link", name="Dupliquer cette échelle").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Nom de la copie").fill("Plus douce")
    page.keyboard.press("Enter")
    page.get_by_text("Copie créée").wait_for()
    page.get_by_role("link", name="Modifier Première relance").click()
    page.get_by_label("Nombre de jours").fill("12")
    page.keyboard.press("Enter")
    page.get_by_text("12 jours après l’échéance").wait_for()
    page.goto(reverse("clients:detail", kwargs={"slug": "essai", "pk": facture.client_id}))
    page.get_by_role("link", name="Changer l’échelle").click()
    page.get_by_label("Échelle", exact=True).select_option(label="Plus douce")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("Échelle changée").wait_for()
    douce = Scenario.objects.get(nom="Plus douce")
    assert douce.affectations.get().client_id == facture.client_id
    assert douce.etapes.get(lignee="premiere").decalage == 12
