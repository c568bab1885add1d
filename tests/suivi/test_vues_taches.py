"""The pages of notes and tasks, and the forms that were sent empty."""

from datetime import timedelta

import pytest
from django.urls import reverse

from journal.models import Evenement, Genre
from suivi.models import Tache
from suivi.taches import ajouter_tache
from tests.fabriques import fabriquer_client, fabriquer_membre
from tests.pages import compter_requetes, connecter, connecter_role, fabriquer_monde, texte

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde():
    return fabriquer_monde()


@pytest.fixture
def gerant(monde):
    return connecter(monde.gerant)


def lien(monde, nom, pk=None):
    return reverse(nom, kwargs={"slug": monde.entreprise.slug, **({"pk": pk} if pk else {})})


def tache(monde, jours=0, **valeurs):
    pour_le = monde.aujourd_hui + timedelta(days=jours)
    base = {"texte": "Envoyer le bon", "pour_le": pour_le, "aujourd_hui": min(pour_le, monde.aujourd_hui)}
    return ajouter_tache(monde.client, **{**base, **valeurs})


def test_a_task_is_added_from_the_invoice_and_shown_on_both_pages(monde, gerant):
    page = lien(monde, "suivi:tache_nouvelle", monde.client.pk) + f"?facture={monde.facture.pk}"
    valeurs = {
        "genre": "rappeler",
        "texte": "Demander le bon",
        "pour_le": monde.aujourd_hui.isoformat(),
        "responsable": monde.gerant.pk,
        "facture": monde.facture.pk,
    }
    for _ in range(2):  # a double click
        assert gerant.post(page, valeurs).url == lien(monde, "factures:detail", monde.facture.pk)
    assert Tache.objects.get().facture == monde.facture
    for nom, pk in (("factures:detail", monde.facture.pk), ("clients:detail", monde.client.pk)):
        assert "Demander le bon" in texte(gerant.get(lien(monde, nom, pk)))


@pytest.mark.parametrize(
    ("valeurs", "champ", "mots"),
    [
        ({}, "pour_le", "obligatoire"),
        ({"genre": "autre", "pour_le": "2040-01-01"}, "texte", "Dites ce qu’il y a à faire"),
        ({"genre": "rappeler", "pour_le": "2020-01-01"}, "pour_le", "aujourd’hui ou de plus tard"),
        ({"genre": "rappeler", "pour_le": "2040-01-01", "responsable": "autre"}, "responsable", "choix"),
        ({"genre": "rappeler", "pour_le": "2040-01-01", "facture": "999"}, "facture", "choix"),
    ],
)
def test_a_wrong_task_is_refused_at_its_field_and_nothing_is_lost(monde, gerant, valeurs, champ, mots):
    if valeurs.get("responsable") == "autre":
        valeurs["responsable"] = fabriquer_membre(fabriquer_monde("ailleurs").entreprise).pk
    reponse = gerant.post(lien(monde, "suivi:tache_nouvelle", monde.client.pk), {"texte": "", **valeurs})
    assert mots in " ".join(reponse.context["form"].errors[champ])
    assert not Tache.objects.exists()


def test_the_list_puts_late_today_and_to_come_apart_and_mine_from_all(monde, gerant):
    autre = fabriquer_membre(monde.entreprise, "comptable")
    tache(monde, -3, texte="En retard", responsable=autre)
    tache(monde, 0, texte="Du jour", responsable=monde.gerant)
    tache(monde, 5, texte="Pour personne")
    toutes = gerant.get(lien(monde, "suivi:taches"))
    assert [(x.titre, len(x.taches)) for x in toutes.context["listes"]] == [
        ("En retard", 1),
        ("Aujourd’hui", 1),
        ("À venir", 1),
    ]
    miennes = texte(gerant.get(lien(monde, "suivi:taches"), {"qui": "moi"}))
    assert "Du jour" in miennes
    assert "Pour personne" in miennes
    assert "<strong>Autre</strong> : En retard" not in miennes


def test_a_task_is_done_and_the_message_takes_it_back(monde, gerant):
    faite = tache(monde)
    reponse = gerant.post(lien(monde, "suivi:tache_faite", faite.pk), {"page": "client"}, follow=True)
    assert reponse.redirect_chain[-1][0] == lien(monde, "clients:detail", monde.client.pk)
    retour = lien(monde, "suivi:tache_reprendre", faite.pk)
    assert retour in texte(reponse)
    assert "Faites récemment" in texte(gerant.get(lien(monde, "suivi:taches")))
    gerant.post(retour)
    assert Tache.objects.a_faire().get() == faite


def test_a_task_changes_its_date_and_owner_unless_another_change_came_first(monde, gerant):
    a_changer = tache(monde)
    page = lien(monde, "suivi:tache_modifier", a_changer.pk)
    demain = (monde.aujourd_hui + timedelta(days=1)).isoformat()
    valeurs = {"genre": "autre", "texte": "Envoyer le bon", "pour_le": demain, "version": 1}
    assert gerant.post(page, valeurs).url == lien(monde, "suivi:taches")
    assert Tache.objects.get().pour_le.isoformat() == demain
    perimee = texte(gerant.post(page, {**valeurs, "texte": "Autre chose"}))
    assert "modifiée entre-temps" in perimee
    assert "Autre chose" in perimee
    assert Tache.objects.get().texte == "Envoyer le bon"
    gerant.post(lien(monde, "suivi:tache_annuler", a_changer.pk))
    assert not Tache.objects.a_faire().exists()
    assert "est annulée" in texte(gerant.post(page, {**valeurs, "version": Tache.objects.get().version}))


def test_a_note_is_added_and_read_in_the_timeline(monde, gerant):
    page = lien(monde, "suivi:note_nouvelle", monde.client.pk) + f"?facture={monde.facture.pk}"
    assert gerant.post(page, {}).status_code == 200
    assert not Evenement.objects.filter(genre=Genre.NOTE).exists()
    assert gerant.post(page, {"texte": "Ferme en août <b>"}).url == lien(monde, "factures:detail", monde.facture.pk)
    for nom, pk in (("factures:detail", monde.facture.pk), ("clients:detail", monde.client.pk)):
        assert "Ferme en août &lt;b&gt;" in texte(gerant.get(lien(monde, nom, pk)))
    voisin = fabriquer_client(monde.entreprise, "Voisin")
    ailleurs = lien(monde, "suivi:note_nouvelle", voisin.pk) + f"?facture={monde.facture.pk}"
    assert gerant.post(ailleurs, {"texte": "x"}).status_code == 404


def test_the_journal_says_tasks_in_words(monde, gerant):
    dite = tache(monde, responsable=monde.gerant)
    gerant.post(lien(monde, "suivi:tache_faite", dite.pk))
    gerant.post(lien(monde, "suivi:tache_reprendre", dite.pk))
    page = texte(gerant.get(lien(monde, "clients:detail", monde.client.pk)))
    for mots in ("Tâche faite", "Tâche à refaire", "confiée à Claire Exemple"):
        assert mots in page


def test_the_pages_cost_the_same_whatever_the_number_of_tasks(monde, gerant):
    pages = [lien(monde, "suivi:taches"), lien(monde, "clients:detail", monde.client.pk)]
    tache(monde, facture=monde.facture, responsable=monde.gerant)
    avant = [compter_requetes(gerant, page) for page in pages]
    for i in range(8):
        tache(monde, i, texte=f"tâche {i}", facture=monde.facture, responsable=fabriquer_membre(monde.entreprise))
    assert [compter_requetes(gerant, page) for page in pages] == avant


def test_a_reader_sees_tasks_and_no_button(monde):
    dite = tache(monde, texte="Visible")
    lecteur = connecter_role(monde.entreprise, "lecture")
    page = texte(lecteur.get(lien(monde, "suivi:taches")))
    assert "Visible" in page
    assert lien(monde, "suivi:tache_faite", dite.pk) not in page


@pytest.mark.parametrize(
    ("nom", "quoi"),
    [
        ("clients:nouveau", ""),
        ("clients:contact_nouveau", "client"),
        ("clients:modifier", "client"),
        ("suivi:promesse_nouvelle", "client"),
        ("suivi:pause_nouvelle", "client"),
        ("suivi:note_nouvelle", "client"),
        ("suivi:tache_nouvelle", "client"),
        ("suivi:litige_ouvrir", "facture"),
        ("suivi:litige_clore", "litige"),
    ],
)
def test_a_form_sent_empty_is_refused_and_says_why(monde, gerant, nom, quoi):
    """An empty POST holds nothing at all: it must not pass for a first visit."""
    reponse = gerant.post(lien(monde, nom, getattr(monde, quoi).pk if quoi else None))
    assert reponse.status_code == 200
    assert reponse.context["form"].errors
