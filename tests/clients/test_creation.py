"""R16: a client is found again by its code, else its legal number, else its name; nobody is guessed."""

import pytest
from django.core.exceptions import ValidationError

from clients.creation import IndexClients, creer_client, trouver_client
from clients.models import AliasClient, Client, Contact
from tests.fabriques import fabriquer_entreprise

pytestmark = pytest.mark.django_db
SIREN, AUTRE, TIERS = "732829320", "552100554", "542065479"


@pytest.fixture
def entreprise():
    return fabriquer_entreprise()


def test_a_client_comes_with_its_contacts_and_is_searchable(entreprise):
    client = creer_client(
        entreprise,
        "  Hôtel   Spécimen ",
        code=" 007 ",
        siret="732 829 320 00074",
        contacts=[{"nom": "Paule Martin", "courriel": "paule@client.invalid"}],
    )
    assert (client.nom, client.code, client.siren) == ("Hôtel Spécimen", "007", SIREN)
    assert Contact.objects.get().entreprise == entreprise
    assert list(Client.objects.cherchant("specimen hotel 007")) == [client]


@pytest.mark.parametrize(
    ("nom", "valeurs", "champ"),
    [
        (" ", {}, "nom"),
        ("N" * 201, {}, "nom"),
        ("X", {"code": "007"}, "code"),
        ("X", {"code": "c" * 61}, "code"),
        ("X", {"siren": "732829321"}, "siren"),
        ("X", {"siren": AUTRE, "siret": "73282932000074"}, "siret"),
        ("X", {"genre": "ami"}, "genre"),
        ("X", {"contacts": [{"courriel": "pas une adresse"}]}, "courriel"),
        ("X", {"contacts": [{"role": "direction"}]}, "nom"),
    ],
)
def test_a_bad_client_is_refused_at_its_field(entreprise, nom, valeurs, champ):
    creer_client(entreprise, "Autre", code="007")
    with pytest.raises(ValidationError) as refus:
        creer_client(entreprise, nom, **valeurs)
    assert champ in refus.value.message_dict
    assert Client.objects.count() == 1


RECHERCHES = [
    ("the code, zeros included", {"code": "007"}, "a"),
    ("no code without its zeros", {"code": "7"}, None),
    ("the code before the name", {"code": "007", "nom": "Boulangerie Exemple"}, "a"),
    ("a code that nobody has, against a name that has one", {"code": "999", "nom": "Hôtel Spécimen"}, None),
    ("a code that nobody has, against a number that has one", {"code": "999", "numeros": {"siren": AUTRE}}, None),
    ("a code for a client without one", {"code": "999", "nom": "Boulangerie Exemple"}, "b"),
    ("a code for a private person: homonyms", {"code": "999", "nom": "Jean Martin"}, None),
    ("the legal number before the name", {"numeros": {"siren": SIREN}, "nom": "Hôtel Spécimen"}, "b"),
    ("the SIREN inside a SIRET", {"numeros": {"siret": f"{SIREN}00074"}}, "b"),
    ("the SIREN inside a VAT number", {"numeros": {"tva": f"FR44{SIREN}"}}, "b"),
    (
        "a legal number that nobody has, against a name that has one",
        {"numeros": {"siren": TIERS}, "nom": "Boulangerie Exemple"},
        None,
    ),
    ("the name without case or accents", {"nom": "HOTEL  SPECIMEN"}, "a"),
    ("an alias", {"nom": "hotel du specimen"}, "a"),
    ("nothing", {}, None),
    ("an unknown name", {"nom": "Personne"}, None),
]


@pytest.mark.parametrize(("cles", "attendu"), [r[1:] for r in RECHERCHES], ids=[r[0] for r in RECHERCHES])
def test_R16_a_client_is_found_by_the_order_of_its_keys(entreprise, cles, attendu):
    clients = {
        "a": creer_client(entreprise, "Hôtel Spécimen", code="007", siren=AUTRE),
        "b": creer_client(entreprise, "Boulangerie Exemple", siren=SIREN),
        "c": creer_client(entreprise, "Jean Martin", genre="particulier"),
    }
    AliasClient.objects.create(
        entreprise=entreprise, client=clients["a"], nom="Hôtel du Spécimen", nom_normalise="hotel du specimen"
    )
    creer_client(fabriquer_entreprise("autre"), "Personne", code="999", siren=AUTRE)
    voulu = clients.get(attendu)
    assert trouver_client(entreprise, **cles) == voulu
    assert IndexClients(entreprise).trouver(**cles) == voulu


def test_R16_two_clients_of_one_number_are_told_apart_by_name_or_refused(entreprise):
    ateliers = [creer_client(entreprise, nom, code=nom, siren=SIREN) for nom in ("Atelier Nord", "Atelier Sud")]
    numeros = {"siren": SIREN}
    assert trouver_client(entreprise, numeros=numeros, nom="atelier sud") == ateliers[1]
    with pytest.raises(ValidationError, match="Précisez le code client"):
        trouver_client(entreprise, numeros=numeros, nom="Atelier")


def test_R16_a_homonym_is_never_guessed(entreprise):
    for code in ("1", "2"):
        creer_client(entreprise, "Jean Martin", code=code)
    with pytest.raises(ValidationError, match=r"Jean Martin \(1\), Jean Martin \(2\)"):
        IndexClients(entreprise).trouver(nom="jean martin")


def test_R16_the_first_name_is_kept_and_the_others_become_aliases(entreprise):
    index = IndexClients(entreprise)
    client = index.preparer("PROFIC corporation", code="0200783609")
    assert index.nommer(client, "PROFIC us")
    assert not index.nommer(client, "Profic  US")
    assert not index.nommer(client, "profic corporation")
    assert not Client.objects.exists()
    assert index.trouver(nom="profic us") is client
    index.enregistrer()
    relu = trouver_client(entreprise, nom="PROFIC US")
    assert (relu.nom, relu.code) == ("PROFIC corporation", "0200783609")
    assert not IndexClients(entreprise).nommer(relu, "profic us")


def test_R16_a_client_takes_the_code_and_the_number_it_lacked(entreprise):
    ancien = creer_client(entreprise, "Boulangerie Exemple")
    index = IndexClients(entreprise)
    trouve = index.trouver(code="B1", numeros={"siren": SIREN}, nom="boulangerie exemple")
    assert index.completer(trouve, code="B1", numeros={"siren": SIREN})
    assert not index.completer(trouve, code="B2", numeros={"siren": AUTRE})
    index.enregistrer()
    ancien.refresh_from_db()
    assert (ancien.code, ancien.siren) == ("B1", SIREN)
    assert list(Client.objects.cherchant("b1")) == [ancien]


def test_a_thousand_clients_are_written_in_few_queries(entreprise, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        index = IndexClients(entreprise)
    for i in range(1000):
        client = index.preparer(f"Client {i}", code=f"{i:06d}")
        index.nommer(client, f"Autre nom {i}")
    with django_assert_max_num_queries(70):
        index.enregistrer()
    with django_assert_max_num_queries(2):
        assert IndexClients(entreprise).trouver(nom="autre nom 999").code == "000999"
