"""A list of clients on small files: what is new, completed, left as it is, refused; and the same file twice."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import AliasClient, Client, Contact
from importations.analyse import Lecture, analyser
from importations.application import appliquer
from importations.confirmation import appliquer_import, comparer_import, recevoir
from importations.models import Importation
from importations.propositions import Compte, cocher_sorte, lire_propositions
from journal.ecriture import verifier
from journal.models import Genre
from tests.fabriques import fabriquer_client, fabriquer_entreprise
from tests.importations.fichiers import csv_de, xlsx_de

pytestmark = pytest.mark.django_db
LE_JOUR = date(2026, 6, 15)
ENTETES = "Code client;Nom du client;SIREN;Adresse;Ville;Langue;Civilité;Nom du contact;Rôle;Courriel;Téléphone"
HOTEL = "C1;Hôtel Modèle;;8 quai du Modèle;Saint-Malo;fr;Mme;Paule Exemple;comptabilité;paule@hotel.invalid;0299000000"
GARAGE = "C2;Garage Témoin;732829320;;;;;;;luc@garage.invalid;"


@pytest.fixture
def entreprise():
    return fabriquer_entreprise()


def comparer(entreprise, *lignes: str, entetes: str = ENTETES) -> Importation:
    return comparer_octets(entreprise, csv_de(*lignes, entetes=entetes))


def comparer_octets(entreprise, contenu: bytes) -> Importation:
    importation = recevoir(entreprise, contenu, "clients.csv", auteur=None, aujourd_hui=LE_JOUR, genre="clients")
    lecture = analyser(contenu, Lecture.depuis_dict(importation.lecture))[1]
    assert comparer_import(importation, lecture, LE_JOUR)
    importation.refresh_from_db()
    return importation


def executer(importation: Importation) -> Compte:
    assert appliquer_import(importation)
    Importation.objects.filter(pk=importation.pk).update(statut="en_cours", battement=timezone.now())
    compte = appliquer(Importation.objects.get(pk=importation.pk), aujourd_hui=LE_JOUR)
    importation.refresh_from_db()
    assert not [anomalie for client in Client.objects.all() for anomalie in verifier(client)]
    return compte


def prendre(entreprise, *lignes: str, **options) -> Compte:
    return executer(comparer(entreprise, *lignes, **options))


def vues(importation: Importation) -> list[tuple]:
    """Kind, client, field, values and tick of each proposal."""
    return [(p.sorte, p.client, p.champ, p.avant, p.apres, p.est_retenue) for p in lire_propositions(importation)]


def refus(importation: Importation) -> list[tuple[int, str]]:
    return [(r.ligne, r.champ) for r in Compte.depuis_dict(importation.bilan).refusees]


def test_new_clients_come_in_with_their_contacts_and_a_journal_line(entreprise):
    direction = HOTEL.replace("Mme;Paule Exemple;comptabilité;paule@", "M.;Luc Exemple;gérant;luc@")
    importation = comparer(entreprise, HOTEL, direction, GARAGE)
    assert [v[:2] for v in vues(importation)] == [
        ("client", "Hôtel Modèle"),
        ("contact", "Hôtel Modèle"),
        ("contact", "Hôtel Modèle"),
        ("client", "Garage Témoin"),
        ("contact", "Garage Témoin"),
    ]
    assert not Client.objects.exists()
    compte = executer(importation)
    assert (compte.clients_crees, compte.faites) == (2, {"client": 2, "contact": 3})
    hotel = Client.objects.get(code="C1")
    assert (hotel.nom, hotel.siege_ville, hotel.langue) == ("Hôtel Modèle", "Saint-Malo", "fr")
    assert list(hotel.contacts.values_list("nom", "civilite", "role")) == [
        ("Paule Exemple", "madame", "comptabilite"),
        ("Luc Exemple", "monsieur", "direction"),
    ]
    assert Client.objects.get(siren="732829320").code == "C2"
    assert list(hotel.evenements.values_list("genre", flat=True)) == [Genre.CLIENT_CREE]


def test_R16_the_same_list_twice_changes_nothing(entreprise):
    prendre(entreprise, HOTEL, GARAGE)
    encore = comparer(entreprise, HOTEL, GARAGE)
    assert (vues(encore), refus(encore), encore.bilan["inchangees"]) == ([], [], 2)
    executer(encore)
    assert (Client.objects.count(), Contact.objects.count(), AliasClient.objects.count()) == (2, 2, 0)


def test_empty_fields_are_completed_and_differing_ones_left_unless_ticked(entreprise):
    client = fabriquer_client(entreprise, "Hôtel Modèle", code="C1", siege_ville="Rennes", siege_ligne1="")
    importation = comparer(entreprise, HOTEL)
    assert sorted(vues(importation)) == [
        ("complement", "Hôtel Modèle", "siege_ligne1", "", "8 quai du Modèle", True),
        ("contact", "Hôtel Modèle", "", "", "", True),
        ("remplacement", "Hôtel Modèle", "siege_ville", "Rennes", "Saint-Malo", False),
    ]
    executer(importation)
    client.refresh_from_db()
    assert (client.siege_ligne1, client.siege_ville, client.version) == ("8 quai du Modèle", "Rennes", 2)
    encore = comparer(entreprise, HOTEL)
    assert [v[2] for v in vues(encore)] == ["siege_ville"]
    assert cocher_sorte(encore, "remplacement", est_retenue=True)
    executer(encore)
    client.refresh_from_db()
    assert client.siege_ville == "Saint-Malo"
    assert Genre.CLIENT_MODIFIE in client.evenements.values_list("genre", flat=True)


def test_a_contact_is_completed_and_its_differences_are_shown(entreprise):
    client = fabriquer_client(entreprise, "Hôtel Modèle", courriel="paule@hotel.invalid", code="C1")
    contact = client.contacts.get()
    contact.courriel_refuse_le = timezone.now()
    contact.save()
    importation = comparer(entreprise, HOTEL.replace("Saint-Malo", client.siege_ville))
    assert [v for v in vues(importation) if v[1:3] != ("Hôtel Modèle", "siege_ligne1")] == [
        ("remplacement", "Hôtel Modèle", "nom", "Paule Martin", "Paule Exemple", False),
        ("complement", "Hôtel Modèle", "telephone", "", "0299000000", True),
    ]
    executer(importation)
    contact.refresh_from_db()
    assert (contact.nom, contact.telephone) == ("Paule Martin", "0299000000")
    autre = "C1;Hôtel Modèle;;;;;;Paule Martin;;nouvelle@hotel.invalid;"
    importation = comparer(entreprise, autre)
    assert cocher_sorte(importation, "remplacement", est_retenue=True)
    executer(importation)
    contact.refresh_from_db()
    assert (contact.courriel, contact.courriel_refuse_le) == ("nouvelle@hotel.invalid", None)


def test_an_archived_contact_stays_so(entreprise):
    client = fabriquer_client(entreprise, "Hôtel Modèle", courriel="paule@hotel.invalid", code="C1")
    client.contacts.update(archive_le=timezone.now())
    importation = comparer(entreprise, "C1;Hôtel Modèle;;;;;;Paule Exemple;;paule@hotel.invalid;0299000000")
    assert vues(importation) == []


@pytest.mark.parametrize(
    ("ligne", "champ"),
    [
        ("C9;A;123456789;;;;;;;;", "siren"),
        ("C9;A;;;;;;;;pas une adresse;", "courriel"),
        ("C9;A;;;;volapük;;;;;", "langue"),
        ("C9;A;;;;;Colonel;B;;;", "civilite"),
        (";;732829320;;;;;;;;", "client_nom"),
        ("C9;A;;;;;;;;;;de trop", "ligne"),
        ("1,9E+09;A;;;;;;;;;", "client_code"),
    ],
)
def test_R16_a_bad_row_is_refused_at_its_field_and_the_good_ones_go_in(entreprise, ligne: str, champ: str):
    importation = comparer(entreprise, ligne, GARAGE)
    assert refus(importation) == [(2, champ)]
    executer(importation)
    assert list(Client.objects.values_list("code", flat=True)) == ["C2"]


def test_two_rows_of_one_client_that_contradict_each_other_are_refused(entreprise):
    importation = comparer(entreprise, HOTEL, HOTEL.replace("Saint-Malo", "Rennes"))
    assert refus(importation) == [(3, "siege_ville")]
    fabriquer_client(entreprise, "Garage Témoin", code="C2")
    deux = [GARAGE, GARAGE.replace("732829320", "443061841")]
    assert refus(comparer(entreprise, *deux)) == [(3, "siren")]


def test_the_key_is_the_code_then_the_number_then_the_name(entreprise):
    par_numero = fabriquer_client(entreprise, "Ancien nom", siren="732829320")
    par_nom = fabriquer_client(entreprise, "HOTEL  modele")
    importation = comparer(entreprise, HOTEL, GARAGE)
    assert {v[0] for v in vues(importation)} == {"complement", "remplacement", "contact"}
    executer(importation)
    par_numero.refresh_from_db()
    par_nom.refresh_from_db()
    assert (par_numero.nom, par_numero.code, par_nom.code) == ("Ancien nom", "C2", "C1")
    # The first name is kept, the other is known from now on.
    assert AliasClient.objects.get(client=par_numero).nom == "Garage Témoin"
    assert [v for v in vues(comparer(entreprise, GARAGE)) if v[2] == "nom"] == []


def test_a_code_and_a_number_of_two_clients_are_refused(entreprise):
    fabriquer_client(entreprise, "Garage Témoin", code="C2", siren="443061841")
    importation = comparer(entreprise, "C2;Garage Témoin;732829320;;;;;;;;")
    assert vues(importation) == [("remplacement", "Garage Témoin", "siren", "443061841", "732829320", False)]


def test_what_changed_since_it_was_shown_is_passed_over_and_said(entreprise):
    client = fabriquer_client(entreprise, "Hôtel Modèle", code="C1", siege_ligne1="", siege_ville="Saint-Malo")
    importation = comparer(entreprise, HOTEL, GARAGE)
    Client.objects.filter(pk=client.pk).update(siege_ligne1="ailleurs")
    fabriquer_client(entreprise, "Garage Témoin", code="C2")
    compte = executer(importation)
    client.refresh_from_db()
    assert client.siege_ligne1 == "ailleurs"
    assert sorted(compte.sautees.values()) == [
        "créé entre-temps",
        "la valeur a changé entre-temps",
        "son client n’a pas été créé",
    ]


def test_an_unticked_client_brings_no_contact(entreprise):
    importation = comparer(entreprise, HOTEL)
    assert cocher_sorte(importation, "client", est_retenue=False)
    executer(importation)
    assert (Client.objects.count(), Contact.objects.count()) == (0, 0)


def test_country_kind_delivery_and_numbers_of_other_countries_are_read(entreprise):
    entetes = "Nom;Genre;N° BCE;Pays;Adresse de livraison;Prénom;Nom de famille;Fonction;E-mail"
    ligne = "Boulangerie Fictive;particulier;0403170701;Belgique;Quai 3, Liège;Anne;Exemple;Cheffe;a@b.invalid"
    prendre(entreprise, ligne, entetes=entetes)
    client = Client.objects.get()
    assert (client.genre, client.bce, client.siege_pays) == ("particulier", "0403170701", "BE")
    assert client.livraison_adresse == "Quai 3, Liège"
    contact = client.contacts.get()
    assert (contact.nom, contact.role, contact.fonction) == ("Anne Exemple", "autre", "Cheffe")


def test_a_workbook_is_read_as_well(entreprise):
    executer(comparer_octets(entreprise, xlsx_de(ENTETES.split(";"), HOTEL.split(";"))))
    assert Client.objects.get().code == "C1"


def test_the_comparison_costs_the_same_for_ten_rows_and_for_a_hundred(entreprise):
    def requetes(nombre: int) -> int:
        lignes = [f"K{nombre}-{n};Client {nombre} {n};;;;;;;;c{nombre}x{n}@client.invalid;" for n in range(nombre)]
        with CaptureQueriesContext(connection) as vus:
            comparer(entreprise, *lignes)
        return len(vus)

    assert requetes(10) == requetes(100)
