"""Importing through the browser: send, confirm or correct, follow, see what was refused."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from factures.models import Facture
from importations import importation as module
from importations import tasks
from importations.models import CorrespondanceColonnes, Importation
from importations.reprise import a_reprendre, prendre
from recouvrement.celery import app
from tests.fabriques import fabriquer_entreprise, fabriquer_membre
from tests.importations.fichiers import ENTETES, csv_de, xlsx_de

pytestmark = pytest.mark.django_db
F1 = "F-1;Hôtel Spécimen;13/02/2026;15/03/2026;1 200,00"
DOUTEUX = "F-1;A;01/02/2026;03/04/2026;10,00"


@pytest.fixture
def entreprise():
    return fabriquer_entreprise()


@pytest.fixture(autouse=True)
def tout_de_suite(settings):
    """Tasks run at once, in the request."""
    avant = app.conf.task_always_eager
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = avant


@pytest.fixture
def navigateur(client, entreprise):
    client.force_login(fabriquer_membre(entreprise, "comptable"))
    return client


def adresse(page: str, **options) -> str:
    return reverse(f"importations:{page}", kwargs={"slug": "essai", **options})


def envoyer(navigateur, contenu: bytes, nom: str = "factures.csv"):
    return navigateur.post(adresse("nouvelle"), {"fichier": SimpleUploadedFile(nom, contenu)}, follow=True)


def champs(reponse) -> dict[str, str]:
    """What the form would post as it stands."""
    return {nom: "" if champ.value() is None else champ.value() for nom, champ in nommes(reponse.context["form"])}


def nommes(form):
    return [(lie.html_name, lie) for lie in form]


def test_a_file_is_sent_confirmed_and_imported(navigateur, entreprise):
    reponse = envoyer(navigateur, csv_de(F1, "F-2;;13/02/2026;15/03/2026;5,00"))
    importation = Importation.objects.get()
    assert reponse.redirect_chain[-1][0] == adresse("confirmer", pk=importation.pk)
    page = reponse.content.decode()
    assert all(
        dit in page for dit in ("Hôtel Spécimen", "13 février 2026", "UTF-8", "point-virgule", "valeur manquante")
    )
    assert not Facture.objects.exists()

    essai = navigateur.get(adresse("essai", pk=importation.pk), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in essai
    assert essai in navigateur.get(adresse("essai", pk=importation.pk)).content.decode()
    assert not Facture.objects.exists()

    reponse = navigateur.post(
        adresse("confirmer", pk=importation.pk), {**champs(reponse), "action": "importer"}, follow=True
    )
    assert reponse.redirect_chain[-1][0] == adresse("etat", pk=importation.pk)
    importation.refresh_from_db()
    assert (importation.statut, importation.bilan["creees"], Facture.objects.count()) == ("terminee", 1, 1)
    page = reponse.content.decode()
    assert "Nom du client" in page
    assert "every 2s" not in page
    assert CorrespondanceColonnes.objects.count() == 1


def test_a_second_click_on_import_does_it_once(navigateur):
    reponse = envoyer(navigateur, csv_de(F1))
    pk = Importation.objects.get().pk
    donnees = {**champs(reponse), "action": "importer"}
    for _fois in range(2):
        fin = navigateur.post(adresse("confirmer", pk=pk), donnees, follow=True)
        assert fin.redirect_chain[-1][0] == adresse("etat", pk=pk)
    assert (Facture.objects.count(), Importation.objects.count()) == (1, 1)


def test_the_same_file_sent_twice_before_it_is_confirmed_is_one_import(navigateur):
    envoyer(navigateur, csv_de(F1))
    envoyer(navigateur, csv_de(F1))
    assert Importation.objects.count() == 1


def test_dates_that_read_two_ways_are_asked_and_the_answer_is_kept(navigateur):
    reponse = envoyer(navigateur, csv_de(DOUTEUX))
    pk = Importation.objects.get().pk
    assert "précisez l’ordre" in reponse.content.decode()
    donnees = champs(reponse)
    refusee = navigateur.post(adresse("confirmer", pk=pk), {**donnees, "action": "importer"})
    assert (refusee.status_code, Facture.objects.count()) == (200, 0)
    assert "précisez l’ordre" in refusee.content.decode()
    relue = navigateur.post(adresse("confirmer", pk=pk), {**donnees, "ordre": "mja", "action": "revoir"}, follow=True)
    assert "2 janvier 2026" in relue.content.decode()
    navigateur.post(adresse("confirmer", pk=pk), {**champs(relue), "action": "importer"})
    assert Facture.objects.get().date_emission.isoformat() == "2026-01-02"
    # The next file with these headers is read the same way, without asking.
    assert "2 janvier 2026" in envoyer(navigateur, csv_de(DOUTEUX.replace("F-1", "F-9"))).content.decode()


def test_columns_are_corrected_and_one_role_is_given_once(navigateur):
    reponse = envoyer(navigateur, csv_de("F-1;A;13/02/2026;15/03/2026;10;99", entetes=ENTETES + ";Machin"))
    pk = Importation.objects.get().pk
    donnees = {**champs(reponse), "action": "revoir", "colonne_5": "total"}
    deux = navigateur.post(adresse("confirmer", pk=pk), donnees)
    assert "tient déjà ce rôle" in deux.content.decode()
    assert deux.context["form"]["colonne_5"].value() == "total"
    navigateur.post(adresse("confirmer", pk=pk), {**donnees, "colonne_4": "", "action": "importer"})
    assert str(Facture.objects.get().total) == "99.00"


def test_another_separator_or_sheet_is_read_again(navigateur):
    reponse = envoyer(navigateur, csv_de(F1))
    pk = Importation.objects.get().pk
    relue = navigateur.post(
        adresse("confirmer", pk=pk), {**champs(reponse), "separateur": "virgule", "action": "importer"}, follow=True
    )
    assert "Aucune colonne ne donne" in relue.content.decode()
    assert not Facture.objects.exists()
    bonne = navigateur.post(
        adresse("confirmer", pk=pk), {**champs(relue), "separateur": "point-virgule", "action": "revoir"}, follow=True
    )
    assert "Hôtel Spécimen" in bonne.content.decode()


def test_a_workbook_shows_its_sheet_and_not_its_encoding(navigateur):
    page = envoyer(navigateur, xlsx_de(ENTETES.split(";"), F1.split(";")), "f.xlsx").content.decode()
    assert "Feuille" in page
    assert "Encodage" not in page


@pytest.mark.parametrize(
    ("contenu", "dit"), [(b"%PDF-1.7", "PDF"), (b"Num;Nom\n1;a\0b", "ni un tableau"), (b" ", "vide")]
)
def test_a_file_that_will_not_do_is_refused_at_its_field(navigateur, contenu: bytes, dit: str):
    reponse = envoyer(navigateur, contenu)
    assert reponse.status_code == 200
    assert dit in str(reponse.context["form"].errors["fichier"])
    assert not Importation.objects.exists()


def test_an_import_not_yet_confirmed_may_be_given_up(navigateur):
    envoyer(navigateur, csv_de(F1))
    navigateur.post(adresse("abandonner", pk=Importation.objects.get().pk))
    assert not Importation.objects.exists()


def test_refused_rows_are_downloaded_with_their_reasons_and_no_formula(navigateur):
    reponse = envoyer(navigateur, csv_de("F-1;=1+1;31/02/2026;15/03/2026;-5,00", F1.replace("F-1", "F-2")))
    pk = Importation.objects.get().pk
    navigateur.post(adresse("confirmer", pk=pk), {**champs(reponse), "ordre": "jma", "action": "importer"})
    reponse = navigateur.get(adresse("refus", pk=pk))
    assert 'attachment; filename="refus-factures.csv"' in reponse["Content-Disposition"]
    assert reponse.content.decode("utf-8-sig").splitlines() == [
        "Ligne du fichier;Champ refusé;Raison du refus;Numéro;Client;Date;Échéance;Total TTC",
        "2;Date d’émission;« 31/02/2026 » n’est pas une date;F-1;'=1+1;31/02/2026;15/03/2026;-5,00",
    ]


def test_progress_is_polled_and_shows_what_a_reload_shows(navigateur, entreprise):
    reponse = envoyer(navigateur, csv_de(F1))
    pk = Importation.objects.get().pk
    assert reponse.status_code == 200
    Importation.objects.update(statut="en_cours", battement=timezone.now())
    page = navigateur.get(adresse("etat", pk=pk)).content.decode()
    fragment = navigateur.get(adresse("etat", pk=pk), headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" in fragment
    assert fragment.strip() in page


def test_an_import_that_stopped_says_so_and_goes_on_when_asked(navigateur, monkeypatch):
    reponse = envoyer(navigateur, csv_de(F1))
    pk = Importation.objects.get().pk
    vrai = module.ecrire

    def tomber(*args, **options):
        raise RuntimeError("panne")

    monkeypatch.setattr(module, "ecrire", tomber)
    page = navigateur.post(
        adresse("confirmer", pk=pk), {**champs(reponse), "action": "importer"}, follow=True
    ).content.decode()
    assert "Reprendre l’import" in page
    monkeypatch.setattr(module, "ecrire", vrai)
    navigateur.post(adresse("reprendre", pk=pk))
    assert (Importation.objects.get().statut, Facture.objects.count()) == ("terminee", 1)


def test_the_tick_takes_over_what_waits_or_gives_no_sign_and_nothing_else(navigateur):
    for i in range(4):
        envoyer(navigateur, csv_de(F1.replace("F-1", f"F-{i}")))
    instant = timezone.now()
    vieux, frais, attente, brouillon = Importation.objects.order_by("pk")
    Importation.objects.filter(pk=vieux.pk).update(statut="en_cours", battement=instant - timedelta(seconds=61))
    Importation.objects.filter(pk=attente.pk).update(statut="en_attente")
    assert a_reprendre(instant) == [vieux.pk, attente.pk]
    Importation.objects.filter(pk=frais.pk).update(statut="en_cours", battement=instant - timedelta(seconds=50))
    assert a_reprendre(instant) == [vieux.pk, attente.pk]
    assert prendre(attente.pk, instant) is None  # another import of the company is under way
    Importation.objects.filter(pk=frais.pk).update(statut="terminee")
    tasks.reprendre()
    assert set(Importation.objects.filter(statut="terminee").values_list("pk", flat=True)) == {
        vieux.pk,
        frais.pk,
        attente.pk,
    }
    assert set(Facture.objects.values_list("numero", flat=True)) == {"F-0", "F-2"}
    assert Importation.objects.get(pk=brouillon.pk).statut == "a_confirmer"
    assert prendre(vieux.pk, instant) is None


def test_a_long_import_lets_others_pass_and_goes_on(navigateur, monkeypatch):
    monkeypatch.setattr(module, "TAILLE_LOT", 5)
    monkeypatch.setattr("importations.reprise.TOUR", timedelta(0))
    tours = []
    vrai = tasks.traiter.delay
    monkeypatch.setattr(tasks.traiter, "delay", tours.append)
    reponse = envoyer(navigateur, csv_de(*[F1.replace("F-1", f"F-{i}") for i in range(12)]))
    pk = Importation.objects.get().pk
    navigateur.post(adresse("confirmer", pk=pk), {**champs(reponse), "action": "importer"})
    assert tours == [pk]
    tasks.traiter(pk)
    assert (tours, Importation.objects.get().statut) == ([pk, pk], "en_attente")
    monkeypatch.setattr("importations.reprise.TOUR", timedelta(minutes=1))
    vrai(pk)
    assert (Importation.objects.get().statut, Facture.objects.count()) == ("terminee", 12)


PAGES = ["liste", "nouvelle", "etat", "confirmer", "essai", "refus"]


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_finds_nothing_and_nobody_gets_in_without_signing_in(client, entreprise, page: str):
    options = {} if page in {"liste", "nouvelle"} else {"pk": 1}
    assert client.get(adresse(page, **options)).status_code == 302
    client.force_login(fabriquer_membre(fabriquer_entreprise("autre")))
    assert client.get(adresse(page, **options)).status_code == 404


def test_a_reader_sees_imports_and_changes_nothing(client, navigateur, entreprise):
    envoyer(navigateur, csv_de(F1))
    pk = Importation.objects.get().pk
    client.force_login(fabriquer_membre(entreprise, "lecture"))
    assert client.get(adresse("liste")).status_code == 200
    for page in ("nouvelle", "confirmer", "essai"):
        assert client.get(adresse(page, **({} if page == "nouvelle" else {"pk": pk}))).status_code == 403
    for page in ("abandonner", "reprendre"):
        assert client.post(adresse(page, pk=pk)).status_code == 403
        assert client.get(adresse(page, pk=pk)).status_code == 405
    assert client.get(adresse("etat", pk=pk)).status_code == 302


def test_the_import_of_another_company_is_not_found(navigateur):
    envoyer(navigateur, csv_de(F1))
    autre = fabriquer_entreprise("autre")
    navigateur.force_login(fabriquer_membre(autre))
    for page in ("etat", "confirmer", "essai", "refus"):
        url = reverse(f"importations:{page}", kwargs={"slug": "autre", "pk": Importation.objects.get().pk})
        assert navigateur.get(url).status_code == 404


def test_the_list_costs_the_same_for_one_import_and_for_twenty(navigateur, django_assert_num_queries):
    envoyer(navigateur, csv_de(F1))
    with CaptureQueriesContext(connection) as une:
        navigateur.get(adresse("liste"))
    attendu = len(une)
    for i in range(20):
        envoyer(navigateur, csv_de(F1.replace("F-1", f"G-{i}")))
    with django_assert_num_queries(attendu):
        navigateur.get(adresse("liste"))
