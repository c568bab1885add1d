"""The company's settings and its mail server, in a real browser."""

import pytest
from django.urls import reverse

from entreprises.models import ServeurCourriel
from factures.models import ConditionsPaiement
from relances.models import Reglages
from tests import fabriques
from tests.navigateur.conftest import LARGE, TELEPHONE
from tests.relances import actes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def entreprise(transactional_db):
    entreprise = actes.entreprise_prete(envoi_automatique=False)
    ConditionsPaiement.objects.create(
        entreprise=entreprise,
        nom="30 jours",
        est_defaut=True,
        regle={"tranches": [{"delai": {"genre": "net", "jours": 30}}]},
    )
    return entreprise


@pytest.fixture
def gerant(entreprise):
    return fabriques.fabriquer_membre(entreprise)


def adresse(nom: str, **cles) -> str:
    return reverse(nom, kwargs={"slug": "essai", **cles})


PAGES = [
    "entreprise:detail",
    "entreprise:logo",
    "entreprise:conditions_generales",
    "entreprise:calendrier",
    "factures:conditions",
    "factures:conditions_nouvelles",
    "relances:courriel",
    "relances:reglages",
]


@pytest.mark.parametrize("taille", [LARGE, TELEPHONE], ids=["1280", "390"])
def test_every_page_of_settings_is_accessible_and_fits(entreprise, gerant, ouvrir, verifier, taille):
    ServeurCourriel.objects.create(
        entreprise=entreprise,
        hote="smtp.exemple.fr",
        identifiant="nous@exemple.fr",
        expediteur_courriel="nous@exemple.fr",
        derniere_erreur="identifiants: 535 5.7.8 " + "refus " * 60,
    )
    page = ouvrir(gerant, taille=taille)
    for nom in PAGES:
        page.goto(adresse(nom))
        verifier(page)
    page.goto(adresse("factures:conditions_nouvelles"))
    page.locator("summary", has_text="En plusieurs fois").click()
    verifier(page)


def test_the_provider_that_is_chosen_fills_in_its_settings(gerant, ouvrir):
    page = ouvrir(gerant)
    page.goto(adresse("relances:courriel"))
    page.get_by_label("Fournisseur").select_option("microsoft")
    assert page.get_by_label("Serveur", exact=True).input_value() == "smtp.office365.com"
    assert page.get_by_label("Port").input_value() == "587"
    assert "SMTP authentifié" in page.locator("[data-conseil]").inner_text()


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_enter_saves_the_server_whatever_button_comes_first(gerant, ouvrir, javascript):
    page = ouvrir(gerant, javascript=javascript)
    page.goto(adresse("relances:courriel"))
    page.get_by_label("Fournisseur").select_option("ovh")
    if not javascript:
        page.get_by_role("button", name="Reprendre les réglages").click()
    page.get_by_label("Identifiant").fill("nous@exemple.fr")
    page.get_by_label("Mot de passe", exact=True).fill("secret d’essai")
    page.get_by_label("Adresse de l’expéditeur").fill("nous@exemple.fr")
    page.get_by_label("Adresse de l’expéditeur").press("Enter")
    page.get_by_text("Serveur enregistré. Envoyez").wait_for()
    assert ServeurCourriel.objects.get().hote == "ssl0.ovh.net"
    assert page.get_by_label("Mot de passe", exact=True).input_value() == ""


def test_the_switch_is_turned_on_in_sight_of_what_would_leave_and_off_by_one_press(gerant, ouvrir, verifier):
    page = ouvrir(gerant, taille=TELEPHONE)
    page.goto(adresse("relances:reglages"))
    page.get_by_label("Envoyer sans moi").check()
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("heading", name="Allumer l’envoi automatique").wait_for()
    verifier(page)
    assert not Reglages.objects.get().envoi_automatique
    page.get_by_role("button", name="Confirmer et allumer").click()
    page.get_by_text("L’envoi automatique est allumé").wait_for()
    assert Reglages.objects.get().envoi_automatique
    page.get_by_role("button", name="Éteindre tout de suite").click()
    page.get_by_text("L’envoi automatique est éteint").wait_for()
    assert not Reglages.objects.get().envoi_automatique


def test_the_company_s_page_tells_the_state_of_the_switch(gerant, ouvrir):
    page = ouvrir(gerant)
    page.goto(adresse("entreprise:detail"))
    page.get_by_text("Envoi à 09:30").wait_for()
    page.get_by_role("link", name="Serveur de courriel", exact=True).click()
    page.get_by_role("heading", name="Serveur de courriel", level=1).wait_for()
    assert page.url.endswith(adresse("relances:courriel"))
