"""The rows that the other tests stand on, and the journal's own guard."""

import pytest
from django.db import DatabaseError, transaction

from journal.ecriture import noter, verifier, verrouiller
from journal.models import Evenement
from tests import fabriques

pytestmark = pytest.mark.django_db


def test_an_invoice_of_the_factory_is_open_for_its_whole():
    facture = fabriques.fabriquer_facture(fabriques.fabriquer_client(fabriques.fabriquer_entreprise()))
    assert facture.solde == sum(e.solde for e in facture.echeances.all())


def test_R15_the_journal_refuses_update_and_delete():
    client = fabriques.fabriquer_client(fabriques.fabriquer_entreprise())
    with transaction.atomic():
        noter(verrouiller(client.pk), "note", {"texte": "un"})
    with pytest.raises(DatabaseError), transaction.atomic():
        Evenement.objects.update(genre="appel")
    with pytest.raises(DatabaseError), transaction.atomic():
        Evenement.objects.all()._raw_delete("default")
    client.refresh_from_db()
    assert verifier(client) == []
