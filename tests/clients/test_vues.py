"""Clients and contacts entered and changed by hand."""

import pytest
from django.urls import reverse

from clients.models import Client, Contact
from tests.pages import connecter, fabriquer_monde, texte

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde():
    return fabriquer_monde()


@pytest.fixture
def gerant(monde):
    return connecter(monde.gerant)


def lien(monde, nom, **cles):
    return reverse(f"clients:{nom}", kwargs={"slug": monde.entreprise.slug, **cles})


VALEURS = {"nom": "Librairie Témoin", "genre": "professionnel", "langue": "fr", "contact-role": "comptabilite"}


def test_a_client_is_added_with_its_first_contact(monde, gerant):
    reponse = gerant.post(
        lien(monde, "nouveau"),
        {**VALEURS, "siret": "73282932000074", "contact-nom": "Anne", "contact-courriel": "anne@client.invalid"},
    )
    client = Client.objects.get(nom="Librairie Témoin")
    assert reponse.url == lien(monde, "detail", pk=client.pk)
    assert client.siren == "732829320"
    assert client.recherche.startswith("librairie temoin")
    assert client.contacts.get().courriel == "anne@client.invalid"


def test_a_contact_is_not_required(monde, gerant):
    assert gerant.post(lien(monde, "nouveau"), VALEURS).status_code == 302
    assert not Contact.objects.filter(client__nom="Librairie Témoin").exists()


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"nom": ""}, "obligatoire"),
        ({"code": "C1"}, "déjà ce code"),
        ({"siren": "732829321"}, "clé de contrôle"),
        ({"siren": "404833048", "siret": "73282932000074"}, "n’est pas celui du SIREN"),
        ({"contact-courriel": "anne"}, "adresse"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_is_written(monde, gerant, valeurs, phrase):
    Client.objects.filter(pk=monde.client.pk).update(code="C1")
    page = texte(gerant.post(lien(monde, "nouveau"), {**VALEURS, **valeurs}))
    assert phrase in page
    assert Client.objects.count() == 1


def test_a_renamed_client_is_found_by_its_new_name(monde, gerant):
    modifier = lien(monde, "modifier", pk=monde.client.pk)
    donnees = {**VALEURS, "nom": "Hôtel Éphémère", "version": monde.client.version}
    assert gerant.post(modifier, donnees).status_code == 302
    assert list(Client.objects.cherchant("ephemere")) == [monde.client]
    assert Client.objects.get().tri == "hotel ephemere"


def test_a_stale_card_writes_nothing_and_shows_both_values(monde, gerant):
    modifier = lien(monde, "modifier", pk=monde.client.pk)
    for nom in ("Nom de A", "Nom de B"):
        page = gerant.post(modifier, {**VALEURS, "nom": nom, "version": monde.client.version})
    assert "Nom de A" in texte(page)
    assert "Nom de B" in texte(page)
    assert Client.objects.get().nom == "Nom de A"


def test_contacts_are_added_and_changed(monde, gerant):
    nouveau = lien(monde, "contact_nouveau", pk=monde.client.pk)
    assert "au moins un nom" in texte(gerant.post(nouveau, {"role": "direction"}))
    assert gerant.post(nouveau, {"role": "direction", "nom": "Paul Fictif"}).status_code == 302
    contact = Contact.objects.get(nom="Paul Fictif")
    modifier = lien(monde, "contact_modifier", pk=monde.client.pk, contact=contact.pk)
    gerant.post(modifier, {"role": "direction", "nom": "Paul Modèle", "version": contact.version})
    contact.refresh_from_db()
    assert contact.nom == "Paul Modèle"
    assert "Paul Modèle" in texte(gerant.get(lien(monde, "detail", pk=monde.client.pk)))


def test_a_contact_is_reached_through_its_own_client_only(monde, gerant):
    autre = Client.objects.create(entreprise=monde.entreprise, nom="Autre")
    contact = monde.client.contacts.get()
    assert gerant.get(lien(monde, "contact_modifier", pk=autre.pk, contact=contact.pk)).status_code == 404
