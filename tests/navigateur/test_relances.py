"""The ladder's screens in a real browser: the morning by keyboard, on a phone, without JavaScript; accessible."""

import re

import pytest
import time_machine
from django.urls import reverse

from relances import envoi
from relances.avis import signer
from relances.models import Nuit, Reglages, Relance
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


def adresse(nom: str, **cles) -> str:
    return reverse(f"relances:{nom}", kwargs={"slug": "essai", **cles})


def courriel(entreprise, nom: str, **valeurs) -> Relance:
    return scene.acte(entreprise, nom, statut="a_valider", motif_attente="envoi_manuel", **valeurs)


@pytest.mark.parametrize("taille", [LARGE, TELEPHONE], ids=["1280", "390"])
def test_every_screen_is_accessible_and_fits(essai, gerante, ouvrir, verifier, taille):
    trouves = scene.matin(essai)
    Reglages.objects.update(reglements_a_jour_au="2026-06-20")
    facture = trouves["formelle"].lignes.get().echeance.facture_id
    pages = [
        adresse("a_faire"),
        *(
            adresse("acte", pk=trouves[nom].pk)
            for nom in ("formelle", "courriel", "appel", "lettre", "douteux", "echec")
        ),
        adresse("acte", pk=trouves["sans_contact"].pk),
        adresse("approuver_lot"),
        adresse("boite_envoi"),
        adresse("envoi", pk=trouves["en_partance"].pk),
        adresse("retards"),
        adresse("pourquoi_facture", pk=facture),
        adresse("situation_client", pk=trouves["formelle"].client_id),
        adresse("reglages"),
        reverse("avis", kwargs={"jeton": signer(Nuit.objects.get(), gerante.adhesions.get())}),
    ]
    page = ouvrir(gerante, taille=taille)
    for lien in pages:
        page.goto(lien)
        verifier(page)


def test_the_morning_by_keyboard_alone_up_to_the_outbox(essai, gerante, ouvrir, verifier):
    formelle = scene.acte(
        essai, "Hôtel des Trois Marées", "905.43", actes.mise_en_demeure(essai),
        statut="a_valider", motif_attente="approbation", telephone="01 99 00 12 34",
    )  # fmt: skip
    premier, second = courriel(essai, "Transports Modèle"), courriel(essai, "Garage Fictif")
    page = ouvrir(gerante)
    page.goto(adresse("a_faire"))
    page.keyboard.press("j")
    page.wait_for_url(re.compile(rf"/a-faire/{premier.pk}/"))
    page.keyboard.press("k")
    page.wait_for_url(re.compile(rf"/a-faire/{formelle.pk}/"))
    page.keyboard.press("a")
    dialogue = page.get_by_role("dialog")
    dialogue.wait_for()
    verifier(page)
    page.keyboard.press("j")  # behind the dialog, nothing moves
    page.keyboard.press("Escape")
    assert not dialogue.is_visible()
    page.keyboard.press("a")
    dialogue.get_by_role("button", name="Approuver").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/a-faire/{premier.pk}/"))
    assert page.get_by_role("status").inner_text().startswith("Approuvé")
    page.keyboard.press("r")
    page.wait_for_url(re.compile(rf"/a-faire/{second.pk}/"))
    page.keyboard.press("a")
    page.get_by_text("Départ au prochain envoi").wait_for()
    statuts = dict(Relance.objects.filter(pk__in=[formelle.pk, premier.pk, second.pk]).values_list("pk", "statut"))
    assert statuts == {formelle.pk: "a_envoyer", premier.pk: "a_valider", second.pk: "a_envoyer"}
    envoi.envoyer(essai, scene.AU, scene.INSTANT)
    page.goto(adresse("boite_envoi"))
    page.get_by_role("searchbox").fill("garage")
    page.keyboard.press("Enter")
    page.locator("tbody").get_by_role("link", name="Garage Fictif").first.click()
    page.get_by_text("Identifiant").wait_for()
    verifier(page)
    cadre = page.frame_locator("iframe.cadre-courriel")
    assert "1 200,00" in cadre.locator("body").inner_text().replace("\u202f", " ")


def test_typing_a_note_triggers_no_shortcut(essai, gerante, ouvrir):
    appel = scene.acte(essai, "Imprimerie", "742.50", actes.etape_de(essai, canal="appel"), telephone="01 99 00 56 78")
    courriel(essai, "Autre")
    page = ouvrir(gerante)
    page.goto(adresse("acte", pk=appel.pk))
    page.get_by_label("Ce qui a été dit").fill("")
    page.get_by_label("Ce qui a été dit").press_sequentially("jakr a dit oui")
    assert page.get_by_label("Ce qui a été dit").input_value() == "jakr a dit oui"
    page.get_by_label("Promesse de règlement").check()
    page.get_by_label("Montant promis").fill("742,50")
    page.get_by_label("Promis pour le").fill("2026-07-15")
    page.get_by_role("button", name="Enregistrer l’appel").click()
    page.get_by_text("Appel à Imprimerie noté").wait_for()
    appel.refresh_from_db()
    assert appel.appel.notes == "jakr a dit oui"


def test_a_refused_call_says_so_at_the_field_and_is_accessible(essai, gerante, ouvrir, verifier):
    appel = scene.acte(essai, "Imprimerie", "742.50", actes.etape_de(essai, canal="appel"))
    page = ouvrir(gerante, taille=TELEPHONE)
    page.goto(adresse("acte", pk=appel.pk))
    page.get_by_role("button", name="Enregistrer l’appel").click()
    page.get_by_text("Choisissez ce que l’appel a donné").first.wait_for()
    verifier(page)


def test_on_a_phone_the_list_then_the_act_then_back(essai, gerante, ouvrir):
    acte = courriel(essai, "Transports Modèle")
    page = ouvrir(gerante, taille=TELEPHONE)
    page.goto(adresse("a_faire"))
    assert not page.locator("#acte").is_visible()
    page.locator("#file").get_by_role("link", name="Transports Modèle").click()
    page.wait_for_url(re.compile(rf"/a-faire/{acte.pk}/"))
    assert not page.locator("#file").is_visible()
    assert page.get_by_role("button", name="Approuver").is_visible()
    page.locator(".retour").click()
    page.locator("#file").wait_for()
    assert not page.locator("#acte").is_visible()


def test_without_javascript_a_formal_demand_is_confirmed_on_a_page_of_its_own(essai, gerante, ouvrir):
    formelle = scene.acte(
        essai, "Hôtel", "905.43", actes.mise_en_demeure(essai), statut="a_valider", motif_attente="approbation"
    )
    page = ouvrir(gerante, javascript=False)
    page.goto(adresse("acte", pk=formelle.pk))
    page.locator(".barre-actions").get_by_role("button", name="Approuver").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Approuver")
    page.get_by_role("button", name="Approuver").click()
    formelle.refresh_from_db()
    assert formelle.statut == "a_envoyer"


def test_going_back_and_approving_again_does_nothing_twice(essai, gerante, ouvrir):
    acte = courriel(essai, "Transports Modèle")
    page = ouvrir(gerante, javascript=False)
    page.goto(adresse("acte", pk=acte.pk))
    page.get_by_role("button", name="Approuver").click()
    page.goto(adresse("acte", pk=acte.pk))
    assert not page.get_by_role("button", name="Approuver").is_visible()
    assert "Part au prochain envoi" in page.content()


def test_the_digest_s_page_holds_an_act_without_signing_in(essai, ouvrir, verifier):
    acte = scene.acte(essai, "Transports Modèle")
    nuit = Nuit.objects.create(entreprise=essai, date_nuit=scene.AU, statut="terminee")
    page = ouvrir(taille=TELEPHONE, javascript=False)
    membre = fabriques.fabriquer_membre(essai).adhesions.get()
    page.goto(reverse("avis", kwargs={"jeton": signer(nuit, membre)}))
    page.get_by_role("button", name="Retenir l’envoi à Transports Modèle").click()
    assert "Rien ne part avant votre accord" in page.content()
    acte.refresh_from_db()
    assert acte.motif_attente == "retenue"


def test_the_client_s_page_says_what_the_ladder_does(essai, gerante, ouvrir):
    acte = courriel(essai, "Transports Modèle")
    page = ouvrir(gerante)
    page.goto(reverse("clients:detail", kwargs={"slug": "essai", "pk": acte.client_id}))
    page.get_by_text("à approuver").first.wait_for()
    assert page.locator(f'a[href="{adresse("acte", pk=acte.pk)}"]').first.is_visible()
