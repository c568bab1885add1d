"""The pages of a balance and of a list of clients: chosen, compared, ticked, applied; and the files they give back."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from encaissements.models import Reglement
from factures.models import Facture
from importations import reprise, tasks
from importations.analyse import analyser
from importations.genres import deviner_genre
from importations.models import CorrespondanceColonnes, Importation
from importations.propositions import lire_propositions
from recouvrement.celery import app
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture, fabriquer_membre
from tests.importations.fichiers import csv_de
from tests.importations.test_vues import adresse, champs
from tests.pages import texte

pytestmark = pytest.mark.django_db
SOLDES = "Numéro;Client;Date;Échéance;Total TTC;Solde"
CLIENTS = "Code client;Nom du client;Ville;Courriel"


@pytest.fixture
def entreprise():
    return fabriquer_entreprise()


@pytest.fixture(autouse=True)
def tout_de_suite():
    """Tasks run at once, in the request."""
    avant = app.conf.task_always_eager
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = avant


@pytest.fixture
def navigateur(client, entreprise):
    client.force_login(fabriquer_membre(entreprise, "comptable"))
    return client


@pytest.fixture
def hotel(entreprise):
    return fabriquer_client(entreprise, "Hôtel Spécimen")


def semer(hotel, nombre: int) -> list[Facture]:
    return [
        fabriquer_facture(hotel, "100.00", date(2026, 5, 31), numero=f"F-{n}", date_emission=date(2026, 5, 1))
        for n in range(nombre)
    ]


def soldes(*paires: tuple[str, str]) -> bytes:
    lignes = [f"{numero};Hôtel Spécimen;01/05/2026;31/05/2026;100,00;{solde}" for numero, solde in paires]
    return csv_de(*lignes, entetes=SOLDES)


def envoyer(navigateur, contenu: bytes, genre: str, nom: str = "fichier.csv"):
    donnees = {"fichier": SimpleUploadedFile(nom, contenu), "genre": genre}
    return navigateur.post(adresse("nouvelle"), donnees, follow=True)


def comparer(navigateur, contenu: bytes, genre: str = "balance", **corrections):
    """Send, confirm the columns as they are proposed, and see what would change."""
    lue = envoyer(navigateur, contenu, genre)
    pk = Importation.objects.order_by("pk").last().pk
    donnees = {**champs(lue), "action": "importer", **corrections}
    return navigateur.post(adresse("confirmer", pk=pk), donnees, follow=True), pk


def formulaire(reponse, action: str, retenues: list[int] | None = None) -> dict:
    """What the page would post; every row ticked as shown unless told otherwise."""
    montrees = reponse.context["montrees"]
    if retenues is None:
        rangees = [r for section in reponse.context["sections"] for r in section.rangees]
        retenues = [r.rang for r in rangees if r.proposition.est_retenue]
    version = reponse.context["importation"].version
    return {"version": version, "montrees": montrees, "retenue": retenues, "action": action}


def test_a_balance_goes_from_the_file_to_the_payments(navigateur, hotel):
    semer(hotel, 4)
    page, pk = comparer(navigateur, soldes(("F-0", "40,00"), ("F-1", "100,00"), ("F-2", "100,00")))
    assert page.redirect_chain[-1][0] == adresse("propositions", pk=pk)
    lu = texte(page)
    dits = ("Soldes en baisse", "Absentes du fichier", "60,00 €", "400,00 €", "160,00 €", "240,00 €")
    assert [dit for dit in dits if dit not in lu] == []
    assert not Reglement.objects.exists()

    fin = navigateur.post(adresse("propositions", pk=pk), formulaire(page, "appliquer"), follow=True)
    assert fin.redirect_chain[-1][0] == adresse("etat", pk=pk)
    assert sorted(str(s) for s in Facture.objects.values_list("solde", flat=True)) == [
        "0.00",
        "100.00",
        "100.00",
        "40.00",
    ]
    lu = texte(fin)
    assert [dit for dit in ("Terminée", "Règlements à jour au", "Règlements enregistrés", "F-0") if dit not in lu] == []
    assert CorrespondanceColonnes.objects.get().genre == "balance"
    encore, _pk = comparer(navigateur, soldes(("F-0", "40,00"), ("F-1", "100,00"), ("F-2", "100,00")))
    assert "Rien à changer" in texte(encore)


def test_a_second_click_on_apply_does_it_once(navigateur, hotel):
    semer(hotel, 2)
    page, pk = comparer(navigateur, soldes(("F-0", "40,00"), ("F-1", "100,00")))
    donnees = formulaire(page, "appliquer")
    for _fois in range(2):
        fin = navigateur.post(adresse("propositions", pk=pk), donnees, follow=True)
        assert fin.redirect_chain[-1][0] == adresse("etat", pk=pk)
    assert Reglement.objects.count() == 1


def test_what_is_unticked_is_kept_from_page_to_page_and_left_alone(navigateur, hotel):
    semer(hotel, 120)
    page, pk = comparer(navigateur, soldes(*((f"F-{n}", "40,00") for n in range(120))))
    assert len(page.context["sections"][0].rangees) == 50
    rangs = [r.rang for r in page.context["sections"][0].rangees]
    suite = navigateur.post(
        adresse("propositions", pk=pk), formulaire(page, "voir:reglement/1", rangs[1:]), follow=True
    )
    assert len(suite.context["sections"][0].rangees) == 120
    assert not suite.context["sections"][0].rangees[0].proposition.est_retenue
    fin = navigateur.post(adresse("propositions", pk=pk), formulaire(suite, "appliquer"), follow=True)
    assert (Reglement.objects.count(), fin.context["importation"].statut) == (119, "terminee")


def test_all_of_a_kind_is_ticked_or_unticked_beyond_the_page(navigateur, hotel):
    semer(hotel, 60)
    page, pk = comparer(navigateur, soldes(*((f"F-{n}", "40,00") for n in range(60))))
    page = navigateur.post(adresse("propositions", pk=pk), formulaire(page, "decocher:reglement"), follow=True)
    assert (page.context["retenues"], page.context["encours"][0][4]) == (0, page.context["encours"][0][1])
    page = navigateur.post(adresse("propositions", pk=pk), formulaire(page, "cocher:reglement"), follow=True)
    assert page.context["retenues"] == 60


def test_a_page_left_open_while_the_file_was_compared_again_changes_nothing(navigateur, hotel):
    semer(hotel, 2)
    page, pk = comparer(navigateur, soldes(("F-0", "40,00"), ("F-1", "100,00")))
    vieux = formulaire(page, "appliquer")
    neuve = navigateur.post(adresse("propositions", pk=pk), formulaire(page, "recomparer"), follow=True)
    assert neuve.context["importation"].version > page.context["importation"].version
    refusee = navigateur.post(adresse("propositions", pk=pk), vieux, follow=True)
    assert "refaite entre-temps" in texte(refusee)
    assert not Reglement.objects.exists()


def test_correcting_the_reading_forgets_the_comparison(navigateur, hotel):
    semer(hotel, 2)
    page, pk = comparer(navigateur, soldes(("F-0", "40,00"), ("F-1", "100,00")))
    lue = navigateur.get(adresse("confirmer", pk=pk))
    navigateur.post(adresse("confirmer", pk=pk), {**champs(lue), "action": "revoir"})
    assert navigateur.get(adresse("propositions", pk=pk)).url == adresse("confirmer", pk=pk)
    stale = navigateur.post(adresse("propositions", pk=pk), formulaire(page, "appliquer"))
    assert (stale.url, Reglement.objects.count()) == (adresse("confirmer", pk=pk), 0)


def test_the_day_of_the_balance_is_read_in_the_name_asked_and_never_in_the_future(navigateur, hotel, entreprise):
    semer(hotel, 1)
    aujourd_hui = date.today()
    hier = aujourd_hui - timedelta(days=1)
    lue = envoyer(navigateur, soldes(("F-0", "40,00")), "balance", f"balance_{hier:%d-%m-%Y}.csv")
    assert lue.context["form"]["au"].value() == hier.isoformat()
    demain = (aujourd_hui + timedelta(days=2)).isoformat()
    refusee, pk = comparer(navigateur, soldes(("F-0", "40,00")), au=demain)
    assert "date future" in texte(refusee)
    fait, pk = comparer(navigateur, soldes(("F-0", "40,00")), au=hier.isoformat())
    navigateur.post(adresse("propositions", pk=pk), formulaire(fait, "appliquer"))
    assert Reglement.objects.get().date_reglement == hier


def test_a_file_without_balances_asks_and_is_offered_as_invoices(navigateur, hotel):
    contenu = csv_de("F-9;Hôtel Spécimen;13/05/2026;31/05/2026;10,00", entetes="Numéro;Client;Date;Échéance;Total TTC")
    page, pk = comparer(navigateur, contenu)
    lu = texte(page)
    assert "Aucune colonne ne donne : Solde restant dû" in lu
    assert "Le lire comme des factures" in lu
    page = navigateur.post(adresse("genre", pk=pk), {"genre": "factures"}, follow=True)
    assert page.context["importation"].genre == "factures"
    navigateur.post(adresse("confirmer", pk=pk), {**champs(page), "action": "importer"})
    assert Facture.objects.get().numero == "F-9"


def test_another_kind_than_ours_is_not_found(navigateur, hotel):
    _page, pk = comparer(navigateur, soldes(("F-0", "40,00")))
    assert navigateur.post(adresse("genre", pk=pk), {"genre": "reglements"}).status_code == 404


def test_a_list_of_payments_is_named_and_wants_a_tick_to_pass_for_invoices(navigateur):
    contenu = csv_de("F-9;Hôtel Spécimen;13/05/2026;10,00", entetes="Invoice Number;Client;Date;Amount")
    lue = envoyer(navigateur, contenu, "factures", "payments.csv")
    assert "ressemble à une liste de règlements" in texte(lue)
    pk = Importation.objects.get().pk
    donnees = {**champs(lue), "action": "importer", "delai_defaut": "30"}
    refusee = navigateur.post(adresse("confirmer", pk=pk), donnees)
    assert "cochez la case" in texte(refusee)
    assert not Facture.objects.exists()
    navigateur.post(adresse("confirmer", pk=pk), {**donnees, "malgre": "1"})
    assert Facture.objects.count() == 1


@pytest.mark.parametrize(
    ("entetes", "titres", "genre"),
    [
        ("Numéro;Client;Date;Total TTC", [], "factures"),
        ("Numéro;Client;Date;Total TTC;Solde", [], "balance"),
        ("Numéro;Client;Date;Total TTC;Solde;Statut", [], "factures"),
        ("Client;Invoice Number;Amount;Date", ["Payments"], "reglements"),
        ("Facture;Client;Montant;Mode de règlement", [], "reglements"),
        ("Facture;Client;Montant;Échéance", ["Règlements attendus.csv"], "factures"),
        ("Nom du client;SIREN;Ville;Courriel", [], "clients"),
        ("Machin;Truc", [], ""),
    ],
)
def test_the_kind_is_guessed_from_the_headers(entetes: str, titres: list[str], genre: str):
    assert deviner_genre(entetes.split(";"), titres) == genre


def test_clients_go_from_the_file_to_their_cards(navigateur, entreprise):
    fabriquer_client(entreprise, "Garage Témoin", code="C2", siege_ville="Rennes")
    contenu = csv_de("C1;Hôtel Modèle;Brest;a@hotel.invalid", "C2;Garage Témoin;Dinan;", "C3;X;;faux", entetes=CLIENTS)
    page, pk = comparer(navigateur, contenu, "clients")
    lu = texte(page)
    dits = ("Clients nouveaux", "Contacts nouveaux", "Valeurs différentes", "Rennes", "Dinan", "Contact : courriel")
    assert [dit for dit in dits if dit not in lu] == []
    fin = navigateur.post(adresse("propositions", pk=pk), formulaire(page, "appliquer"), follow=True)
    assert "Voir les clients" in texte(fin)
    assert set(Client.objects.values_list("code", "siege_ville")) == {("C1", "Brest"), ("C2", "Rennes")}
    refusees = navigateur.get(adresse("refus", pk=pk)).content.decode("utf-8-sig").splitlines()
    assert [ligne.split(";")[:2] for ligne in refusees[1:]] == [["4", "Contact : courriel"]]


def test_refused_rows_are_given_back_without_any_formula(navigateur, hotel):
    semer(hotel, 2)
    contenu = csv_de(
        "F-0;=HYPERLINK(1);01/05/2026;31/05/2026;100,00;40,00",
        "F-1;Hôtel Spécimen;01/05/2026;31/05/2026;100,00;100,00",
        '+33;@SUM(1);-1+1;31/05/2026;"\t=1";beaucoup',
        entetes=SOLDES.replace("Total", "=Total"),
    )
    _page, pk = comparer(navigateur, contenu)
    lignes = navigateur.get(adresse("refus", pk=pk)).content.decode("utf-8-sig").splitlines()
    cellules = [cellule for ligne in lignes for cellule in ligne.split(";")]
    assert [c for c in cellules if c[:1] in {"=", "+", "@", "\t"}] == []
    assert "'=HYPERLINK(1)" in cellules


@pytest.mark.parametrize("genre", ["factures", "balance", "clients"])
def test_each_model_is_read_back_as_its_own_kind(navigateur, genre: str):
    reponse = navigateur.get(adresse(f"modele_{genre}"))
    assert f'filename="modele-{genre}.csv"' in reponse["Content-Disposition"]
    page = navigateur.get(adresse("nouvelle"))
    assert adresse(f"modele_{genre}") in texte(page)
    lue = envoyer(navigateur, reponse.content, genre)
    assert (lue.context["manque"], lue.context["devine"]) == ("", "")
    assert len(lue.context["lecture"].colonnes) == len(lue.context["lecture"].entetes)


def test_a_long_application_lets_others_pass_and_goes_on(navigateur, entreprise, monkeypatch):
    for n in range(4):
        fabriquer_facture(
            fabriquer_client(entreprise, f"Client {n}"), "100.00", date(2026, 5, 31), numero=f"F-{n}",
            date_emission=date(2026, 5, 1),
        )  # fmt: skip
    contenu = csv_de(*[f"F-{n};13/04/2026;40,00" for n in range(4)], entetes="Numéro;Échéance;Solde")
    contenu = contenu.replace(b"13/04/2026", b"31/05/2026")
    monkeypatch.setattr(reprise, "TOUR", timedelta(0))
    tours: list[int] = []
    vrai = tasks.traiter.delay
    monkeypatch.setattr(tasks.traiter, "delay", tours.append)
    page, pk = comparer(navigateur, contenu)
    navigateur.post(adresse("propositions", pk=pk), formulaire(page, "appliquer"))
    tasks.traiter(pk)
    assert (tours, Importation.objects.get().statut) == ([pk, pk], "en_attente")
    assert "0 changements sur 4" in texte(navigateur.get(adresse("etat", pk=pk)))
    monkeypatch.setattr(reprise, "TOUR", timedelta(minutes=1))
    vrai(pk)
    assert (Importation.objects.get().statut, Reglement.objects.count()) == ("terminee", 4)


def test_a_reader_a_stranger_and_a_wrong_method_get_nothing(client, navigateur, entreprise, hotel):
    semer(hotel, 2)
    page, pk = comparer(navigateur, soldes(("F-0", "40,00"), ("F-1", "100,00")))
    client.force_login(fabriquer_membre(entreprise, "lecture"))
    assert client.get(adresse("propositions", pk=pk)).status_code == 403
    assert client.post(adresse("propositions", pk=pk), formulaire(page, "appliquer")).status_code == 403
    assert client.post(adresse("genre", pk=pk), {"genre": "factures"}).status_code == 403
    assert client.get(adresse("genre", pk=pk)).status_code == 405
    assert client.get(adresse("modele_clients")).status_code == 200
    autre = fabriquer_entreprise("autre")
    client.force_login(fabriquer_membre(autre))
    for slug in ("essai", "autre"):
        url = reverse("importations:propositions", kwargs={"slug": slug, "pk": pk})
        assert client.get(url).status_code == client.post(url).status_code == 404
    assert not Reglement.objects.exists()


def test_the_page_costs_the_same_for_two_proposals_and_for_forty(navigateur, hotel):
    def requetes(nombre: int) -> int:
        Importation.objects.all().delete()
        _page, pk = comparer(navigateur, soldes(*((f"F-{n}", "40,00") for n in range(nombre))))
        assert len(lire_propositions(Importation.objects.get())) == 40
        with CaptureQueriesContext(connection) as vues:
            navigateur.get(adresse("propositions", pk=pk))
        return len(vues)

    semer(hotel, 40)
    assert requetes(2) == requetes(40)


def test_the_reading_of_another_kind_is_not_borrowed(navigateur, hotel):
    semer(hotel, 2)
    page, pk = comparer(navigateur, soldes(("F-0", "40,00"), ("F-1", "100,00")))
    navigateur.post(adresse("propositions", pk=pk), formulaire(page, "appliquer"))
    _source, lecture = analyser(soldes(("F-0", "1,00")))
    assert "date_reglement" not in lecture.colonnes
    lue = envoyer(navigateur, soldes(("F-7", "40,00")), "factures")
    assert lue.context["lecture"].genre == "factures"
    assert "Le lire comme une balance" in texte(lue)
