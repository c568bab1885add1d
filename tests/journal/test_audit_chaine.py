"""R15: the journal is only added to, and what was done to it behind the app's back shows."""

import pytest
from django.db import DatabaseError, transaction

from clients.models import Client
from journal.ecriture import noter, verifier, verrouiller
from journal.lot import Ligne, noter_lot, verrouiller_lot
from journal.models import ContenuEvenement, Evenement, Genre
from tests import fabriques

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    """Three lines, one by one and in a lot."""
    client = fabriques.fabriquer_client(fabriques.fabriquer_entreprise())
    with transaction.atomic():
        noter(verrouiller(client.pk), Genre.NOTE, {"texte": "un"})
        (verrou,) = verrouiller_lot([client.pk]).values()
        noter_lot([Ligne(verrou, Genre.NOTE, {"texte": "deux"}), Ligne(verrou, Genre.NOTE, {"texte": "trois"})])
    client.refresh_from_db()
    return client


def test_R15_lines_written_one_by_one_and_in_a_lot_are_one_chain(client):
    assert verifier(client) == []
    assert list(client.evenements.order_by("rang").values_list("rang", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize("geste", ["modifier", "supprimer"])
def test_R15_the_database_refuses_to_change_or_remove_a_line(client, geste):
    lignes = Evenement.objects.filter(client=client, rang=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        lignes.update(genre=Genre.APPEL) if geste == "modifier" else lignes._raw_delete("default")
    assert verifier(client) == []


def test_R15_a_changed_content_shows_and_an_erased_one_breaks_nothing(client):
    contenu = ContenuEvenement.objects.filter(evenement__client=client, evenement__rang=2)
    contenu.update(faits={"texte": "autre chose"})
    assert verifier(client) == ["2: changed content"]
    contenu.delete()
    assert verifier(client) == []


def test_R15_a_removed_tail_shows(client):
    Client.objects.filter(pk=client.pk).update(journal_rang=4)
    client.refresh_from_db()
    assert verifier(client) == ["the head does not match the last line"]


@pytest.mark.django_db(transaction=True)
def test_R15_a_line_is_written_in_a_transaction_only():
    debiteur = fabriques.fabriquer_client(fabriques.fabriquer_entreprise())
    with pytest.raises(transaction.TransactionManagementError):
        noter(debiteur, Genre.NOTE, {})
    assert verifier(debiteur) == []
