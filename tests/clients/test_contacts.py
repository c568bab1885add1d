"""What each contact receives, and contacts that leave and come back."""

import pytest
from django.urls import reverse

from clients.models import Contact
from clients.reception import CHAMPS, Sorte, en_mots, refusees
from tests.pages import connecter, fabriquer_monde, texte

TOUT = dict.fromkeys(CHAMPS.values(), True)


@pytest.mark.parametrize(
    ("refuses", "mots"),
    [
        ([], "Reçoit tout"),
        (["recoit_mises_en_demeure"], "Reçoit les rappels d’avant l’échéance, les relances et les appels"),
        (["recoit_mises_en_demeure", "recoit_relances", "recoit_avant_echeance"], "Reçoit les appels"),
        (list(CHAMPS.values()), "Ne reçoit rien"),
    ],
)
def test_what_a_contact_receives_is_said_in_words(refuses, mots):
    assert en_mots(Contact(**{**TOUT, **dict.fromkeys(refuses, False)})) == mots


def test_a_kind_is_refused_when_everyone_in_use_refuses_it():
    refuse, archive, prend = (
        Contact(recoit_relances=False),
        Contact(archive_le="2026-01-01"),
        Contact(recoit_relances=True),
    )
    assert refusees([refuse, archive]) == [Sorte.RELANCES]
    assert refusees([refuse, prend]) == []
    assert refusees([archive]) == refusees([]) == []


@pytest.fixture
def monde(db):
    return fabriquer_monde()


@pytest.fixture
def gerant(monde):
    return connecter(monde.gerant)


def lien(monde, nom, *cles):
    return reverse(f"clients:{nom}", args=[monde.entreprise.slug, *cles])


def test_the_four_ticks_are_written_and_the_client_s_page_says_what_nobody_receives(monde, gerant):
    contact = monde.client.contacts.get()
    page = lien(monde, "contact_modifier", monde.client.pk, contact.pk)
    assert texte(gerant.get(page)).count('type="checkbox"') == 4
    valeurs = {"nom": "Anne", "role": "direction", "version": contact.version, "recoit_appels": "on"}
    gerant.post(page, valeurs)
    contact.refresh_from_db()
    assert [getattr(contact, champ) for champ in CHAMPS.values()] == [False, False, False, True]
    fiche = texte(gerant.get(lien(monde, "detail", monde.client.pk)))
    assert "Reçoit les appels" in fiche
    assert "Personne ne reçoit les mises en demeure." in fiche
    assert "Personne ne reçoit les appels." not in fiche


def test_a_contact_is_archived_and_comes_back_by_the_message(monde, gerant):
    contact = monde.client.contacts.get()
    archiver = lien(monde, "contact_archiver", monde.client.pk, contact.pk)
    retablir = lien(monde, "contact_retablir", monde.client.pk, contact.pk)
    fiche = texte(gerant.post(archiver, follow=True))
    assert "Contact archivé" in fiche
    assert fiche.count(retablir) == 2  # in the message, and beside the archived contact
    assert gerant.get(lien(monde, "contact_modifier", monde.client.pk, contact.pk)).status_code == 404
    assert gerant.post(archiver).status_code == 302  # a second click changes nothing
    assert "Contact rétabli" in texte(gerant.post(retablir, follow=True))
    contact.refresh_from_db()
    assert contact.archive_le is None


def test_a_contact_is_reached_only_under_its_own_client(monde, gerant):
    ailleurs = fabriquer_monde("autre")
    contact = ailleurs.client.contacts.get()
    for nom in ("contact_archiver", "contact_retablir"):
        assert gerant.post(lien(monde, nom, monde.client.pk, contact.pk)).status_code == 404
