"""Notes and tasks: written once, taken up again, and those that a fact makes by itself."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from clients.models import Client, Contact
from journal.ecriture import verifier
from journal.models import Genre
from suivi.adresses import constater_adresse_refusee
from suivi.models import Tache
from suivi.modification import modifier_client
from suivi.notes import noter_note
from suivi.pauses import il_a_repondu
from suivi.taches import ajouter_tache, annuler_tache, faire_tache, modifier_tache, reprendre_tache
from suivi.taches_automatiques import dans_deux_mois
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture, fabriquer_membre

pytestmark = pytest.mark.django_db
AU = date(2026, 11, 20)
INSTANT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HIER, DEMAIN = AU - timedelta(days=1), AU + timedelta(days=1)
G = Tache.Genre


@pytest.fixture
def client():
    return fabriquer_client(fabriquer_entreprise())


@pytest.fixture
def membre(client):
    return fabriquer_membre(client.entreprise)


def ajouter(client, **valeurs):
    return ajouter_tache(client, **{"texte": "Envoyer le bon", "pour_le": AU, "aujourd_hui": AU, **valeurs})


def etats(client):
    lignes = client.evenements.filter(genre__in=[Genre.TACHE, Genre.TACHE_FAITE]).order_by("rang")
    return [ligne.contenu.faits.get("etat", ligne.genre) for ligne in lignes]


def test_a_task_is_added_done_taken_up_again_and_cancelled_each_once(client, membre):
    tache = ajouter(client, responsable=membre, auteur=membre)
    assert [faire_tache(tache, instant=INSTANT, auteur=membre) for _ in range(2)] == [True, False]
    assert Tache.objects.get().faite_par == membre
    assert [reprendre_tache(tache) for _ in range(2)] == [True, False]
    assert [annuler_tache(tache, instant=INSTANT) for _ in range(2)] == [True, False]
    with pytest.raises(ValidationError, match="annulée"):
        faire_tache(tache, instant=INSTANT)
    assert etats(client) == ["tache", "tache_faite", "reprise", "annulee"]
    assert verifier(Client.objects.get()) == []


def test_the_same_task_sent_twice_is_one_task(client):
    assert ajouter(client) == ajouter(client, texte=" Envoyer le bon ")
    assert ajouter(client, pour_le=DEMAIN) != ajouter(client)


@pytest.mark.parametrize(
    ("valeurs", "champ"),
    [
        ({"pour_le": HIER}, "pour_le"),
        ({"texte": "  "}, "texte"),
        ({"genre": "dormir"}, "genre"),
        ({"facture": "autre"}, "facture"),
        ({"responsable": "autre"}, "responsable"),
    ],
)
def test_a_task_that_makes_no_sense_is_refused_at_its_field(client, valeurs, champ):
    ailleurs = fabriquer_client(fabriquer_entreprise("autre"))
    autres = {"facture": fabriquer_facture(ailleurs), "responsable": fabriquer_membre(ailleurs.entreprise)}
    valeurs = {nom: autres.get(nom) if valeur == "autre" else valeur for nom, valeur in valeurs.items()}
    with pytest.raises(ValidationError) as refus:
        ajouter(client, **valeurs)
    assert list(refus.value.error_dict) == [champ]
    assert not Tache.objects.exists()


def test_a_task_that_is_over_is_not_changed(client):
    tache = ajouter(client)
    faire_tache(tache, instant=INSTANT)
    with pytest.raises(ValidationError, match="déjà faite"):
        modifier_tache(tache, lambda: True)
    with pytest.raises(ValidationError, match="déjà faite"):
        annuler_tache(tache, instant=INSTANT)


def test_a_note_is_kept_once_when_it_is_sent_twice(client, membre):
    facture = fabriquer_facture(client)
    for _ in range(2):
        noter_note(client, " Préfère le téléphone ", facture=facture, auteur=membre)
    noter_note(client, "Préfère le téléphone", auteur=membre)
    lignes = client.evenements.filter(genre=Genre.NOTE)
    assert lignes.count() == 2
    assert facture.evenements.get().contenu.faits == {"texte": "Préfère le téléphone"}
    with pytest.raises(ValidationError, match="Écrivez quelque chose"):
        noter_note(client, "   ")


def test_an_answer_makes_one_task_for_whoever_saw_it(client, membre):
    for _ in range(2):
        il_a_repondu(client, aujourd_hui=AU, auteur=membre)
    tache = Tache.objects.get()
    assert (tache.genre, tache.pour_le, tache.responsable) == (G.REPONDRE, AU, membre)
    faire_tache(tache, instant=INSTANT)
    il_a_repondu(client, aujourd_hui=DEMAIN)
    assert Tache.objects.a_faire().get().responsable is None


@pytest.mark.parametrize(
    ("jour", "deux_mois_apres"),
    [
        (date(2026, 1, 15), date(2026, 3, 15)),
        (date(2026, 12, 31), date(2027, 2, 28)),
        (date(2026, 10, 31), date(2026, 12, 31)),
    ],
)
def test_two_months_later_is_the_same_day_or_the_last_of_the_month(jour, deux_mois_apres):
    assert dans_deux_mois(jour) == deux_mois_apres


def insolvable(client, jour):
    def ecrire():
        Client.objects.filter(pk=client.pk).update(insolvable_le=jour)
        return True

    modifier_client(client, ["insolvable_le"], ecrire, aujourd_hui=AU)


def test_an_insolvency_makes_the_task_of_declaring_the_claim_once(client):
    insolvable(client, date(2026, 11, 10))
    tache = Tache.objects.get()
    assert (tache.genre, tache.pour_le) == (G.CREANCE, date(2027, 1, 10))
    assert "10 janvier 2027" in tache.texte
    assert "À vérifier" in tache.texte
    insolvable(client, date(2026, 11, 12))
    assert Tache.objects.get().pour_le == date(2027, 1, 12)
    faire_tache(tache, instant=INSTANT)
    insolvable(client, None)
    insolvable(client, date(2026, 11, 12))
    assert Tache.objects.count() == 1  # declared already


def test_a_claim_whose_time_seems_over_is_to_be_looked_at_today(client):
    insolvable(client, date(2026, 1, 10))
    assert Tache.objects.get().pour_le == AU


def test_a_refused_address_makes_a_task_once(client):
    courriel = client.contacts.get().courriel
    Contact.objects.create(entreprise=client.entreprise, client=client, courriel=courriel)
    refuser = {"aujourd_hui": AU, "instant": INSTANT}
    assert constater_adresse_refusee(client, courriel.upper(), **refuser) == 2
    assert constater_adresse_refusee(client, courriel, **refuser) == 0
    assert Tache.objects.get().genre == G.CONTACT
    assert courriel.upper() in Tache.objects.get().texte
