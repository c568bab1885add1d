"""Triage of overdue accounts."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entreprises.templatetags.formats import tranche
from suivi.models import Appel, Pause, Promesse
from tests.relances import scene


@pytest.fixture
def comptes(essai):
    """Ten, forty, seventy and a hundred days late; and one in another currency."""
    trouves = {}
    for jours in (10, 40, 70, 100):
        debiteur = scene.client(essai, f"Client {jours}", siren="732829320" if jours == 10 else "")
        scene.facture(debiteur, "100.00", jours, numero=f"F-{jours}")
        trouves[jours] = debiteur
    scene.facture(trouves[100], "50.00", 5)
    scene.facture(trouves[40], "70.00", 12, devise="USD")
    scene.facture(trouves[10], "999.00", -10)  # not due yet: not here
    return trouves


def noms(reponse):
    return [ligne["nom"] for ligne in reponse.context["lignes"]]


def test_one_line_per_client_and_currency_the_largest_first(essai, gerante, client, adresse, comptes):
    reponse = client.get(adresse("retards"))
    assert [(x["nom"], x["devise"], x["total"]) for x in reponse.context["lignes"]] == [
        ("Client 100", "EUR", Decimal("150.00")),
        ("Client 10", "EUR", Decimal("100.00")),
        ("Client 40", "EUR", Decimal("100.00")),
        ("Client 70", "EUR", Decimal("100.00")),
        ("Client 40", "USD", Decimal("70.00")),
    ]
    totaux = {e.devise: (e.solde, e.ages[1:]) for e in reponse.context["totaux"]}
    cent = Decimal("100.00")
    assert totaux["EUR"] == (Decimal("450.00"), (Decimal("150.00"), cent, cent, cent))
    assert totaux["USD"][0] == Decimal("70.00")
    assert "barre-age" in reponse.content.decode()


@pytest.mark.parametrize(
    ("classe", "attendus"),
    [("r1", ["Client 10", "Client 40"]), ("r2", ["Client 40"]), ("r3", ["Client 70"]), ("r4", ["Client 100"])],
)
def test_a_class_is_that_of_the_oldest_debt_of_the_account(essai, gerante, client, adresse, comptes, classe, attendus):
    reponse = client.get(adresse("retards"), {"classe": classe, "tri": "client"})
    assert noms(reponse) == attendus
    assert reponse.context["vues"].classes[classe] == len(attendus)
    assert sum(e.solde for e in reponse.context["totaux"] if e.devise == "EUR") == sum(
        x["total"] for x in reponse.context["lignes"] if x["devise"] == "EUR"
    )


@pytest.mark.parametrize("jours", [30, 31, 60, 61, 90, 91])
def test_the_bounds_of_the_classes_are_those_of_the_disc(essai, gerante, client, adresse, jours):
    scene.facture(scene.client(essai, "Limite"), retard=jours)
    vues = client.get(adresse("retards")).context["vues"]
    assert [classe for classe, nombre in vues.classes.items() if nombre] == [f"r{tranche(jours)}"]
    listees = [classe for classe in vues.classes if noms(client.get(adresse("retards"), {"classe": classe}))]
    assert listees == [f"r{tranche(jours)}"]


@pytest.mark.parametrize(
    ("tri", "premier"),
    [
        ("-total", "Client 100"),
        ("total", "Client 40"),
        ("client", "Client 10"),
        ("-retard", "Client 100"),
        ("--x", "Client 100"),
    ],
)
def test_the_columns_sort(essai, gerante, client, adresse, comptes, tri, premier):
    assert noms(client.get(adresse("retards"), {"tri": tri}))[0] == premier


@pytest.mark.parametrize("recherche", ["client 70", "F-70", "f-70 client"])
def test_a_client_or_an_invoice_is_found(essai, gerante, client, adresse, comptes, recherche):
    assert noms(client.get(adresse("retards"), {"q": recherche})) == ["Client 70"]


def test_without_contact_leaves_out_those_reached_for_fifteen_days(essai, gerante, client, adresse, comptes):
    Appel.objects.create(
        entreprise=essai, client=comptes[70], passe_le=scene.INSTANT - timedelta(days=3), resultat="annonce"
    )
    Appel.objects.create(
        entreprise=essai, client=comptes[10], passe_le=scene.INSTANT - timedelta(days=3), resultat="repondeur"
    )
    Appel.objects.create(
        entreprise=essai, client=comptes[100], passe_le=scene.INSTANT - timedelta(days=16), resultat="annonce"
    )
    reponse = client.get(adresse("retards"), {"contact": "sans", "tri": "client"})
    assert noms(reponse) == ["Client 10", "Client 100", "Client 40", "Client 40"]
    assert reponse.context["vues"].sans_contact == 4


def test_a_line_says_the_rung_the_last_contact_and_what_comes_next(essai, gerante, client, adresse):
    acte = scene.acte(essai, "Hôtel", statut="a_valider", motif_attente="approbation")
    reponse = client.get(adresse("retards"))
    (ligne,) = reponse.context["lignes"]
    assert ligne["acte"] == acte
    assert ligne["situation"].niveau.nom == "Appel"  # the act that waits is not done
    assert ligne["contact"].etape.nom == "Avant l’échéance"
    assert "à approuver" in reponse.content.decode()


def test_flags_say_what_holds_an_account_back(essai, gerante, client, adresse, comptes):
    scene.litige(essai)
    scene.rompue(essai)
    Pause.objects.create(entreprise=essai, client=comptes[10], du=scene.AU, au=scene.AU + timedelta(days=5))
    Promesse.objects.create(
        entreprise=essai,
        client=comptes[70],
        devise="EUR",
        montant=Decimal(100),
        faite_le=scene.AU,
        date_promise=scene.AU,
    )
    lignes = client.get(adresse("retards")).context["lignes"]
    drapeaux = {x["nom"]: x["situation"].drapeaux for x in lignes if x["devise"] == "EUR"}
    assert drapeaux["Cabinet Durand-Témoin"] == ("litige",)
    assert drapeaux["Auberge du Gabarit"] == ("promesse_rompue",)
    assert drapeaux["Client 10"] == ("pause",)
    assert drapeaux["Client 70"] == ("promesse",)
    assert drapeaux["Client 100"] == ()


def test_the_number_of_queries_does_not_depend_on_the_number_of_clients(essai, gerante, client, adresse):
    def requetes():
        client.get(adresse("retards"))
        with CaptureQueriesContext(connection) as capture:
            client.get(adresse("retards"))
        return len(capture)

    for rang in range(5):
        scene.acte(essai, f"Client {rang}", statut="a_valider", motif_attente="approbation")
    peu = requetes()
    for rang in range(5, 40):
        scene.acte(essai, f"Client {rang}", statut="a_valider", motif_attente="approbation")
    assert requetes() == peu


def test_fifty_lines_a_page(essai, gerante, client, adresse):
    for rang in range(53):
        scene.facture(scene.client(essai, f"Client {rang:02}"), retard=10)
    reponse = client.get(adresse("retards"), {"page": 2, "tri": "client"})
    assert noms(reponse) == ["Client 50", "Client 51", "Client 52"]
    assert sum(e.solde for e in reponse.context["totaux"]) == 53 * Decimal("1200.00")


def test_nothing_late_says_so(essai, gerante, client, adresse):
    assert "Aucun retard" in client.get(adresse("retards")).content.decode()
