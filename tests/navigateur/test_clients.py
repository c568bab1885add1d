"""Clients, contacts, tasks and merges in a real browser: accessible, fitting, and working without JavaScript."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clients.models import Client, Contact, Fusion
from suivi.models import Tache
from suivi.taches import ajouter_tache
from tests.fabriques import fabriquer_client
from tests.navigateur.conftest import LARGE, TELEPHONE
from tests.pages import Monde, fabriquer_monde
from tests.relances import actes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def monde(transactional_db) -> Monde:
    monde = fabriquer_monde()
    actes.installer(monde.entreprise)
    for jours in (-2, 0, 6):
        pour_le = monde.aujourd_hui + timedelta(days=jours)
        valeurs = {"facture": monde.facture, "responsable": monde.gerant}
        ajouter_tache(monde.client, texte=f"Tâche J{jours:+d}", pour_le=pour_le, aujourd_hui=pour_le, **valeurs)
    return monde


def lien(nom: str, *cles: int) -> str:
    return reverse(nom, args=["essai", *cles])


@pytest.mark.parametrize("taille", [LARGE, TELEPHONE], ids=["1280", "390"])
def test_every_page_is_accessible_and_fits(monde, ouvrir, verifier, taille):
    jumeau = fabriquer_client(monde.entreprise, "Hôtel Spécimen", code="C2", siren="732829320", courriel="")
    Contact.objects.filter(client=monde.client).update(recoit_mises_en_demeure=False)
    Contact.objects.create(
        entreprise=monde.entreprise, client=monde.client, nom="Parti", archive_le="2026-01-01T00:00Z"
    )
    contact = monde.client.contacts.first()
    pages = [
        lien("clients:detail", monde.client.pk),
        lien("clients:nouveau"),
        lien("clients:contact_modifier", monde.client.pk, contact.pk),
        lien("suivi:taches"),
        lien("suivi:tache_nouvelle", monde.client.pk),
        lien("suivi:tache_modifier", Tache.objects.first().pk),
        lien("suivi:note_nouvelle", monde.client.pk),
        lien("relances:reunir", monde.client.pk),
        lien("relances:reunir_avec", monde.client.pk, jumeau.pk),
        lien("clients:liste") + "?etat=archives",
        lien("relances:a_faire"),
    ]
    page = ouvrir(monde.gerant, taille=taille)
    for adresse in pages:
        page.goto(adresse)
        verifier(page)


def test_two_cards_are_merged_and_parted_by_keyboard_alone(monde, ouvrir, verifier):
    fabriquer_client(monde.entreprise, "Hôtel Spécimen", code="C2")
    page = ouvrir(monde.gerant)
    page.goto(lien("clients:detail", monde.client.pk))
    page.get_by_role("link", name="Réunir avec un autre client").press("Enter")
    page.get_by_role("link", name="Comparer").press("Enter")
    page.get_by_role("button", name="Réunir les deux fiches").press("Enter")
    page.locator(".annonces").get_by_text("est réuni avec").wait_for()
    verifier(page)
    assert Client.objects.get(pk=monde.client.pk).code == "C2"
    page.get_by_role("link", name="Son ancienne fiche").press("Enter")
    page.get_by_text("Cette fiche est réunie avec").wait_for()
    verifier(page)
    page.get_by_role("button", name="Défaire").press("Enter")
    page.get_by_text("La réunion est défaite").wait_for()
    assert Fusion.objects.get().defaite_le is not None


def test_without_javascript_a_task_is_done_and_taken_back_and_a_contact_archived(monde, ouvrir):
    page = ouvrir(monde.gerant, javascript=False)
    page.goto(lien("suivi:taches"))
    page.get_by_role("button", name="Fait Tâche J-2").click()
    assert Tache.objects.a_faire().count() == 2
    page.locator(".annonces").get_by_role("button", name="Annuler").click()
    assert Tache.objects.a_faire().count() == 3
    page.goto(lien("clients:detail", monde.client.pk))
    page.get_by_role("link", name="Modifier Paule Martin").click()
    page.get_by_role("button", name="Archiver ce contact").click()
    page.get_by_text("plus rien ne lui est envoyé").wait_for()
    page.locator(".annonces").get_by_role("button", name="Annuler").click()
    assert monde.client.contacts.get().archive_le is None
