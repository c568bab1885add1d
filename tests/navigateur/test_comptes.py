"""Getting in, in a real browser: sign-up, the company, an invitation, a forgotten password, leaving."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from entreprises.models import Adhesion, Entreprise, Invitation, Utilisateur
from tests.fabriques import fabriquer_entreprise, fabriquer_membre
from tests.navigateur.conftest import LARGE, TELEPHONE

pytestmark = pytest.mark.django_db(transaction=True)
PHRASE = "chêne-et-roseau-12"
TAILLES = pytest.mark.parametrize("taille", [LARGE, TELEPHONE], ids=["1280", "390"])


@pytest.fixture(autouse=True)
def limites_vides(settings):
    cache.clear()
    settings.EMAIL_URL = "smtp://serveur.invalid"


def lien() -> str:
    """The path of the link in the last message."""
    return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]


@TAILLES
def test_from_sign_up_to_a_company(transactional_db, settings, ouvrir, verifier, taille):
    settings.INSCRIPTION = True
    page = ouvrir(taille=taille)
    page.goto(reverse("account_login"))
    page.get_by_role("link", name="Créer un compte").click()
    verifier(page)
    page.fill("#id_email", "neuf@exemple.invalid")
    page.fill("#id_password1", PHRASE)
    page.fill("#id_password2", PHRASE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/entreprises/nouvelle/")
    verifier(page)
    assert page.locator("#id_region option:not(:disabled)").count() > 6
    page.locator("#id_pays").select_option("LU")
    assert not page.locator("#id_region").is_visible()
    page.locator("#id_pays").select_option("CH")
    page.locator("#id_region").select_option("CH:GE")
    page.locator("#id_pays").select_option("FR")
    assert page.locator("#id_region").input_value() == ""  # Genève is no part of France
    page.fill("#id_numero", "732829321")
    page.get_by_role("button", name="Créer l’entreprise").click()
    verifier(page)
    page.fill("#id_nom", "Atelier Modèle")
    page.fill("#id_numero", "732829320")
    page.fill("#id_signataire_nom", "Paule Martin")
    page.keyboard.press("Enter")
    page.wait_for_url("**/e/atelier-modele/entreprise/")
    page.goto("/")
    page.wait_for_url("**/e/atelier-modele/**")


@TAILLES
def test_an_invitation_from_end_to_end_without_javascript(transactional_db, ouvrir, taille):
    entreprise = fabriquer_entreprise()
    page = ouvrir(fabriquer_membre(entreprise), taille=taille, javascript=False)
    page.goto("/e/essai/membres/")
    page.get_by_role("link", name="Inviter quelqu’un").click()
    page.get_by_label("Son adresse de courriel").fill("neuf@exemple.invalid")
    page.get_by_role("radio", name=re.compile("Lecture seule")).check()
    page.get_by_role("button", name="Envoyer l’invitation").click()
    assert "Invitation envoyée à" in page.content()
    venu = ouvrir(taille=taille, javascript=False)
    venu.goto(lien())
    venu.get_by_label("Votre prénom").fill("Karim")
    venu.get_by_label("Votre nom").fill("Exemple")
    venu.get_by_label("Choisissez un mot de passe").fill(PHRASE)
    venu.get_by_label("Le même, encore une fois").fill(PHRASE)
    venu.get_by_role("button", name="Créer mon compte et entrer").click()
    assert "Bienvenue dans Menuiserie Modèle" in venu.content()
    assert Adhesion.objects.get(utilisateur__email="neuf@exemple.invalid").role == "lecture"


@TAILLES
def test_the_pages_about_people_are_accessible_and_fit(transactional_db, ouvrir, verifier, taille):
    entreprise = fabriquer_entreprise()
    gerant = fabriquer_membre(entreprise)
    autre = Adhesion.objects.get(utilisateur=fabriquer_membre(entreprise, "comptable"))
    fabriquer_membre(entreprise, "lecture", est_active=False)
    page = ouvrir(gerant, taille=taille)
    page.goto("/e/essai/membres/inviter/")
    verifier(page)
    page.get_by_role("button", name="Envoyer l’invitation").click()
    verifier(page)
    page.get_by_label("Son adresse de courriel").fill("une-adresse-plutot-longue@comptabilite.exemple.invalid")
    page.keyboard.press("Enter")
    page.wait_for_url("**/membres/")
    verifier(page)
    for suite in (f"{autre.pk}/", "quitter/", "preferences/"):
        page.goto(f"/e/essai/membres/{suite}")
        verifier(page)
    venu = ouvrir(taille=taille)
    venu.goto(lien())
    verifier(venu)
    Invitation.objects.all().delete()
    page.goto("/compte/password/change/")
    verifier(page)


@TAILLES
def test_a_link_that_opens_nothing_and_a_user_without_company(transactional_db, ouvrir, verifier, taille):
    page = ouvrir(Utilisateur.objects.create_user("seul@exemple.invalid", PHRASE), taille=taille)
    page.goto("/")
    verifier(page)
    assert "Demandez à son gérant" in page.content()


@TAILLES
def test_a_forgotten_password(transactional_db, ouvrir, verifier, taille):
    fabriquer_membre(fabriquer_entreprise(), courriel="gerant@exemple.invalid")
    page = ouvrir(taille=taille)
    page.goto(reverse("account_login"))
    page.get_by_role("link", name="Mot de passe oublié").click()
    verifier(page)
    page.get_by_label("Courriel").fill("gerant@exemple.invalid")
    page.keyboard.press("Enter")
    page.wait_for_url("**/done/")
    verifier(page)
    page.goto(lien())
    verifier(page)
    page.fill("#id_password1", PHRASE)
    page.fill("#id_password2", PHRASE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/done/")
    verifier(page)
    page.get_by_role("link", name="Se connecter").click()
    page.fill("#id_login", "gerant@exemple.invalid")
    page.fill("#id_password", PHRASE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/e/essai/**")


@TAILLES
def test_an_adviser_goes_from_one_company_to_another_by_the_menu(transactional_db, ouvrir, verifier, taille):
    conseil = fabriquer_membre(fabriquer_entreprise("dossier-1", nom="Dossier 1"), "comptable")
    for numero in range(2, 9):
        entreprise = fabriquer_entreprise(f"dossier-{numero}", nom=f"Dossier {numero}, menuiserie et charpente")
        Adhesion.objects.create(entreprise=entreprise, utilisateur=conseil, role="comptable")
    page = ouvrir(conseil, taille=taille)
    page.goto("/")
    page.wait_for_url("**/cabinet/")
    verifier(page)
    assert Entreprise.objects.count() == 8
    page.locator("button[popovertarget=menu-compte]").click()
    verifier(page)
    page.locator("#menu-compte").get_by_role("link", name=re.compile("Dossier 5")).click()
    page.wait_for_url("**/e/dossier-5/**")
