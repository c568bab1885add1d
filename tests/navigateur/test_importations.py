"""The weekly balance and a list of clients in a real browser, by keyboard, on a phone and without JavaScript."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from encaissements.models import Reglement
from factures.models import Facture
from recouvrement.celery import app
from tests import fabriques
from tests.navigateur.conftest import LARGE, TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.lent]


@pytest.fixture
def gerante(transactional_db):
    """Five open invoices of two clients. Tasks run at once, in the request."""
    avant, app.conf.task_always_eager = app.conf.task_always_eager, True
    entreprise = fabriques.fabriquer_entreprise()
    au = entreprise.date_locale(timezone.now())
    for nom, numeros in (("Hôtel Modèle", "123"), ("Garage Témoin", "45")):
        client = fabriques.fabriquer_client(entreprise, nom)
        for n in numeros:
            fabriques.fabriquer_facture(client, "100.00", au - timedelta(days=20), numero=f"F-{n}")
    yield fabriques.fabriquer_membre(entreprise)
    app.conf.task_always_eager = avant


def balance(au: date) -> bytes:
    """F-1 paid in part, F-2 as it was, F-3 higher, F-4 gone, F-5 as it was, N-1 new."""
    emission, echeance = (au - timedelta(days=50)).isoformat(), (au - timedelta(days=20)).isoformat()
    soldes = {"F-1": "40,00", "F-2": "100,00", "F-3": "100,00", "F-5": "100,00", "N-1": "75,00"}
    noms = {"F-5": "Garage Témoin", "N-1": "Librairie Fictive"}
    lignes = ["Numéro;Client;Date;Échéance;Total TTC;Solde"]
    for numero, solde in soldes.items():
        total = "75,00" if numero == "N-1" else "90,00" if numero == "F-3" else "100,00"
        lignes.append(f"{numero};{noms.get(numero, 'Hôtel Modèle')};{emission};{echeance};{total};{solde}")
    return "\r\n".join(lignes).encode()


def envoyer(page: Any, genre: str, nom: str, contenu: bytes) -> None:
    page.goto("/e/essai/importations/nouvelle/")
    page.get_by_role("radio", name=re.compile(genre)).check()
    page.get_by_label("Fichier").set_input_files({"name": nom, "mimeType": "text/csv", "buffer": contenu})
    page.get_by_role("button", name="Lire ce fichier").press("Enter")
    page.get_by_role("heading", name="Confirmer la lecture").wait_for()


def lu(page: Any) -> str:
    return page.locator("main").inner_text().replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("taille", [LARGE, TELEPHONE], ids=["1280", "390"])
def test_a_balance_from_the_file_to_its_report(gerante, ouvrir, verifier, taille):
    page = ouvrir(gerante, taille=taille)
    page.goto("/e/essai/importations/nouvelle/")
    verifier(page)
    envoyer(page, "Balance ouverte", "balance.csv", balance(timezone.localdate()))
    verifier(page)
    page.get_by_role("button", name="Comparer avec nos données").press("Enter")
    page.get_by_role("heading", name="Ce que ce fichier changerait").wait_for()
    verifier(page)
    assert [
        dit for dit in ("Soldes en baisse", "Absentes du fichier", "Factures nouvelles") if dit not in lu(page)
    ] == []
    assert not Reglement.objects.exists()
    page.get_by_role("checkbox", name="Retenir F-4").press("Space")
    page.get_by_role("button", name="Appliquer ce qui est coché").press("Enter")
    page.get_by_text("Règlements à jour au").first.wait_for()
    verifier(page)
    soldes = {f.numero: str(f.solde) for f in Facture.objects.all()}
    assert soldes == {
        "F-1": "40.00",
        "F-2": "100.00",
        "F-3": "100.00",
        "F-4": "100.00",
        "F-5": "100.00",
        "N-1": "75.00",
    }
    page.goto("/e/essai/importations/")
    verifier(page)


def test_a_list_of_clients_without_javascript(gerante, ouvrir):
    page = ouvrir(gerante, javascript=False)
    contenu = "Nom du client;Ville;Courriel\r\nHôtel Modèle;Dinan;\r\nLibrairie Fictive;Brest;a@librairie.invalid\r\n"
    envoyer(page, "Clients", "clients.csv", contenu.encode())
    page.get_by_role("button", name="Comparer avec nos données").click()
    assert [dit for dit in ("Clients nouveaux", "Valeurs différentes", "Dinan") if dit not in lu(page)] == []
    page.get_by_role("button", name="Tout cocher Valeurs différentes").click()
    page.get_by_role("button", name="Appliquer ce qui est coché").click()
    page.get_by_role("link", name="Voir les clients").click()
    assert "Librairie Fictive" in lu(page)
    hotel = Facture.objects.get(numero="F-1").client
    assert hotel.siege_ville == "Dinan"
