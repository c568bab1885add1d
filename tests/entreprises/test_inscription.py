"""Sign-up, open or shut; the company that one creates; the password that one forgot."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client as Navigateur
from django.urls import reverse

from entreprises.forms_creation import PAYS_A_REGIONS, CreationForm, calendriers
from entreprises.models import Adhesion, Entreprise, Utilisateur
from noyau.calendrier import Calendrier
from relances.models import Reglages, Scenario
from relances.ouverture import adresse_courte, ouvrir_entreprise
from tests.fabriques import fabriquer_entreprise, fabriquer_membre
from tests.pages import connecter, texte

pytestmark = pytest.mark.django_db
PHRASE = "chêne-et-roseau-12"
NEUF = "neuf@exemple.invalid"
FICHE = {"nom": "Atelier Modèle", "pays": "FR", "numero": "732 829 320", "region": "", "signataire_nom": "Paule Martin"}


@pytest.fixture(autouse=True)
def limites_vides():
    cache.clear()


@pytest.fixture
def inscription_ouverte(settings):
    settings.INSCRIPTION = True


def s_inscrire(navigateur: Navigateur, courriel: str = NEUF, **plus: str) -> Any:
    donnees = {"email": courriel, "password1": PHRASE, "password2": PHRASE, **plus}
    return navigateur.post(reverse("account_signup"), donnees)


def creer(navigateur: Navigateur, **plus: str) -> Any:
    return navigateur.post(reverse("ouvrir_entreprise"), {**FICHE, **plus})


def test_from_nothing_to_a_company_with_its_ladders(client, inscription_ouverte):
    assert "Créer un compte" in texte(client.get(reverse("account_login")))
    assert s_inscrire(client).url == reverse("ouvrir_entreprise")
    assert "Créer mon entreprise" in texte(client.get(reverse("ouvrir_entreprise")))
    reponse = creer(client)
    assert reponse.url == "/e/atelier-modele/entreprise/"
    assert "Atelier Modèle est créée" in texte(client.get(reponse.url))
    entreprise = Entreprise.objects.get()
    assert (entreprise.siren, entreprise.signataire_nom, entreprise.courriel) == ("732829320", "Paule Martin", NEUF)
    assert Adhesion.objects.get().role == "gerant"
    assert Scenario.objects.filter(entreprise=entreprise).exists()
    assert Reglages.objects.get(entreprise=entreprise).envoi_automatique is False
    assert client.get("/", follow=True).wsgi_request.path.startswith("/e/atelier-modele/")
    assert client.get("/e/atelier-modele/a-faire/").status_code == 200


def test_a_shut_door_makes_no_account_and_says_whom_to_ask(client):
    assert "demandez une invitation" in texte(client.get(reverse("account_signup")))
    s_inscrire(client)
    assert not Utilisateur.objects.exists()
    assert "Créer un compte" not in texte(client.get(reverse("account_login")))


@pytest.mark.parametrize(
    ("plus", "dit"),
    [
        ({"password2": "autre-chose-12"}, "même mot de passe"),
        ({"password1": "court", "password2": "court"}, "trop court"),
        ({"courriel": "pas-une-adresse"}, "adresse"),
    ],
)
def test_a_refused_sign_up_keeps_the_address(client, inscription_ouverte, plus, dit):
    page = texte(s_inscrire(client, **plus))
    assert dit in page
    assert plus.get("courriel", NEUF) in page
    assert not Utilisateur.objects.exists()


def test_an_account_remembers_the_language_it_was_made_in(inscription_ouverte):
    s_inscrire(Navigateur(headers={"Accept-Language": "en"}))
    assert Utilisateur.objects.get().langue == "en"


def test_a_double_click_makes_one_company(client, inscription_ouverte):
    s_inscrire(client)
    assert creer(client).url == creer(client, nom="atelier  MODÈLE ").url == "/e/atelier-modele/entreprise/"
    assert Entreprise.objects.count() == 1
    assert creer(client, numero="552 081 317").url == "/e/atelier-modele-2/entreprise/"  # another company of that name


def test_two_owners_of_one_name_have_two_addresses(inscription_ouverte):
    for numero in (1, 2, 3):
        navigateur = Navigateur()
        s_inscrire(navigateur, f"n{numero}@exemple.invalid")
        creer(navigateur)
    assert sorted(Entreprise.objects.values_list("slug", flat=True)) == [
        "atelier-modele", "atelier-modele-2", "atelier-modele-3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pays", "numero", "colonnes"),
    [
        ("FR", "732 829 320", {"siren": "732829320"}),
        ("FR", "732 829 320 00074", {"siret": "73282932000074", "siren": "732829320"}),
        ("BE", "0403.019.261", {"bce": "0403019261"}),
        ("LU", "B 12 345", {"rcs": "B 12 345"}),
        ("CH", "CHE-107.787.577", {"ide": "CHE107787577"}),
        ("CA", "1143920115", {"neq": "1143920115"}),
        ("FR", "", {"siren": "", "siret": ""}),
    ],
)
def test_the_number_goes_to_the_column_of_its_country(pays, numero, colonnes):
    form = CreationForm({**FICHE, "pays": pays, "numero": numero})
    assert form.is_valid(), form.errors
    entreprise, est_nouvelle = ouvrir_entreprise(Utilisateur.objects.create_user(NEUF), form.identite())
    assert est_nouvelle
    assert {champ: getattr(entreprise, champ) for champ in colonnes} == colonnes
    assert ouvrir_entreprise(Utilisateur.objects.get(), form.identite()) == (entreprise, False)


@pytest.mark.parametrize(
    ("plus", "champ"),
    [
        ({"numero": "732 829 321"}, "numero"),
        ({"pays": "BE"}, "numero"),
        ({"pays": "CA", "numero": "9943920115"}, "numero"),
        ({"region": "CH:GE"}, "region"),
        ({"region": "FR:nulle"}, "region"),
        ({"pays": "US"}, "pays"),
        ({"nom": "  "}, "nom"),
        ({"signataire_nom": ""}, "signataire_nom"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(plus, champ):
    form = CreationForm({**FICHE, **plus})
    assert list(form.errors) == [champ]


def test_a_refused_form_keeps_what_was_typed_and_makes_nothing(client, inscription_ouverte):
    s_inscrire(client)
    page = texte(creer(client, numero="732829321"))
    assert "clé de contrôle" in page
    assert 'value="Atelier Modèle"' in page
    assert not Entreprise.objects.exists()


def test_every_region_offered_has_its_calendar():
    codes = [code.split(":") for _groupe, regions in calendriers()[1:] for code, _nom in regions]
    assert {pays for pays, _region in codes} == set(PAYS_A_REGIONS)
    assert len(codes) > 30
    assert all(Calendrier(pays, region) for pays, region in codes)


def test_a_region_gives_its_calendar_and_its_time():
    form = CreationForm({**FICHE, "region": "FR:974"})
    assert form.is_valid()
    entreprise, _neuve = ouvrir_entreprise(Utilisateur.objects.create_user(NEUF), form.identite())
    assert (entreprise.region, entreprise.fuseau) == ("974", "Indian/Reunion")


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [("Élan & Fils", "elan-fils"), ("株式会社", "entreprise"), ("x" * 80, "x" * 50), ("Essai", "essai-2")],
)
def test_a_short_address_is_made_of_the_name(nom, attendu):
    fabriquer_entreprise("Essai")
    assert adresse_courte(nom) == attendu


@pytest.mark.parametrize(("role", "code"), [("gerant", 200), ("comptable", 403), ("lecture", 403)])
def test_with_the_door_shut_only_an_owner_creates_another_company(role, code):
    membre = fabriquer_membre(fabriquer_entreprise(), role)
    navigateur = connecter(membre)
    assert navigateur.get(reverse("ouvrir_entreprise")).status_code == code
    assert creer(navigateur).status_code == (302 if code == 200 else 403)
    assert Entreprise.objects.count() == (2 if code == 200 else 1)
    lien = reverse("ouvrir_entreprise") in texte(navigateur.get("/cabinet/"))
    assert lien is (code == 200)


def test_an_owner_shut_out_creates_nothing():
    membre = fabriquer_membre(fabriquer_entreprise(), est_active=False)
    assert creer(connecter(membre)).status_code == 403


@pytest.mark.parametrize(("ouverte", "dit"), [(True, "Créer mon entreprise"), (False, "de vous inviter avec cette")])
def test_without_a_company_one_is_told_what_to_do(settings, ouverte, dit):
    settings.INSCRIPTION = ouverte
    page = texte(connecter(Utilisateur.objects.create_user(NEUF, PHRASE)).get("/"))
    assert dit in page
    assert NEUF in page
    assert (reverse("ouvrir_entreprise") in page) is ouverte


def test_a_forgotten_password_is_reset_from_a_message_in_french(client, mailoutbox):
    utilisateur = Utilisateur.objects.create_user(NEUF, "motdepasse")
    assert reverse("account_reset_password") in texte(client.get(reverse("account_login")))
    reponse = client.post(reverse("account_reset_password"), {"email": NEUF.upper()}, follow=True)
    assert "Si cette adresse a un compte" in texte(reponse)
    message = mailoutbox[0]
    assert message.subject == "Votre mot de passe de Recouvrement"
    assert "Quelqu’un, vous sans doute" in message.body
    assert not re.search(r"\b(Hello|Thank you|You're)\b", message.body)
    chemin = re.search(r"https?://[^/]+(\S+)", message.body)[1]
    page = client.get(chemin, follow=True)
    assert "Nouveau mot de passe" in texte(page)
    fin = client.post(page.redirect_chain[-1][0], {"password1": PHRASE, "password2": PHRASE}, follow=True)
    assert "C’est fait" in texte(fin)
    utilisateur.refresh_from_db()
    assert utilisateur.check_password(PHRASE)
    assert "Ce lien ne sert plus" in texte(Navigateur().get(chemin, follow=True))  # it serves once


def test_someone_whose_account_has_no_password_yet_may_ask_for_one(client, mailoutbox):
    fabriquer_entreprise()
    Utilisateur.objects.create_user(NEUF)
    client.post(reverse("account_reset_password"), {"email": NEUF})
    assert [m.to for m in mailoutbox] == [[NEUF]]
