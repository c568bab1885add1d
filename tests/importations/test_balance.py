"""The weekly balance on small files: what is proposed, what is refused, what is written, and what never is."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import Client
from encaissements.encaissement import enregistrer_reglement
from encaissements.models import Reglement
from encaissements.verification import Ecart, verifier_soldes
from factures.annulation import annuler_facture
from factures.models import Avoir, Facture
from importations import application
from importations.analyse import analyser
from importations.application import appliquer
from importations.avancement import Reprise
from importations.confirmation import appliquer_import, comparer_import, recevoir
from importations.models import CorrespondanceColonnes, Importation
from importations.propositions import Compte, cocher, cocher_sorte, lire_propositions
from importations.refus import FichierRefuse
from journal.ecriture import verifier
from relances.fraicheur import etat
from suivi.litiges import clore_litige, ouvrir_litige
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture
from tests.importations.fichiers import csv_de, xlsx_de

pytestmark = pytest.mark.django_db
AU = date(2026, 6, 12)
LE_JOUR = date(2026, 6, 15)
ENTETES = "Numéro;Client;Date;Échéance;Total TTC;Solde"
ECHEANCE = date(2026, 5, 31)


@pytest.fixture
def entreprise():
    return fabriquer_entreprise()


@pytest.fixture
def hotel(entreprise):
    return fabriquer_client(entreprise, "Hôtel Spécimen")


@pytest.fixture
def factures(hotel):
    """Three open invoices of one client, issued on the first of May: 100, 200 and 300."""
    return [
        fabriquer_facture(hotel, f"{n}00.00", ECHEANCE, numero=f"F-{n}", date_emission=date(2026, 5, 1))
        for n in (1, 2, 3)
    ]


def ligne(numero: str, total: str, solde: str, client: str = "Hôtel Spécimen") -> str:
    return f"{numero};{client};01/05/2026;31/05/2026;{total};{solde}"


TELLES = [ligne("F-1", "100,00", "100,00"), ligne("F-2", "200,00", "200,00"), ligne("F-3", "300,00", "300,00")]


def comparer(entreprise, *lignes: str, au: date = AU, jour: date = LE_JOUR, entetes: str = ENTETES) -> Importation:
    contenu = csv_de(*lignes, entetes=entetes)
    return comparer_octets(entreprise, contenu, f"balance-{au}.csv", jour)


def comparer_octets(entreprise, contenu: bytes, nom: str, jour: date = LE_JOUR) -> Importation:
    importation = recevoir(entreprise, contenu, nom, auteur=None, aujourd_hui=jour, genre="balance")
    assert comparer_import(importation, analyser(contenu, lecture_de(importation))[1], jour)
    importation.refresh_from_db()
    return importation


def lecture_de(importation: Importation):
    return type(analyser(b"a;b\n1;2")[1]).depuis_dict(importation.lecture)


def executer(importation: Importation, jour: date = LE_JOUR) -> Compte:
    """Apply what is ticked, as the worker does."""
    assert appliquer_import(importation)
    return reprendre(importation, jour)


def reprendre(importation: Importation, jour: date = LE_JOUR, **options) -> Compte:
    Importation.objects.filter(pk=importation.pk).update(statut="en_cours", battement=timezone.now())
    compte = appliquer(Importation.objects.get(pk=importation.pk), aujourd_hui=jour, **options)
    importation.refresh_from_db()
    entreprise = importation.entreprise
    assert not [constat for constat in verifier_soldes(entreprise) if isinstance(constat, Ecart)]
    assert not [anomalie for client in Client.objects.all() for anomalie in verifier(client)]
    return compte


def vues(importation: Importation) -> list[tuple[str, str, str, str, bool]]:
    return sorted((p.sorte, p.objet, p.avant, p.apres, p.est_retenue) for p in lire_propositions(importation))


def refus(importation: Importation) -> list[tuple[int, str]]:
    return [(r.ligne, r.champ) for r in Compte.depuis_dict(importation.bilan).refusees]


def soldes() -> dict[str, str]:
    return {f.numero: str(f.solde) for f in Facture.objects.order_by("numero")}


def test_the_same_balance_proposes_nothing(entreprise, factures):
    importation = comparer(entreprise, *TELLES)
    assert (vues(importation), refus(importation)) == ([], [])
    assert importation.bilan["inchangees"] == importation.bilan["lues"] == 3
    compte = executer(importation)
    assert (compte.reglements_crees, compte.creees, importation.statut) == (0, 0, "terminee")
    assert soldes() == {"F-1": "100.00", "F-2": "200.00", "F-3": "300.00"}


def test_a_lower_balance_becomes_a_payment_and_a_vanished_invoice_is_settled(entreprise, factures):
    importation = comparer(entreprise, ligne("F-1", "100,00", "40,00"), TELLES[1])
    assert vues(importation) == [
        ("reglement", "F-1", "100.00", "40.00", True),
        ("soldee", "F-3", "300.00", "0.00", True),
    ]
    assert not Reglement.objects.exists()
    compte = executer(importation)
    assert soldes() == {"F-1": "40.00", "F-2": "200.00", "F-3": "0.00"}
    assert (compte.reglements_crees, compte.faites) == (2, {"reglement": 1, "soldee": 1})
    assert set(Reglement.objects.values_list("montant", "date_reglement", "moyen", "reference")) == {
        (Decimal("60.00"), AU, "autre", "Balance du 12/06/2026"),
        (Decimal("300.00"), AU, "autre", "Balance du 12/06/2026"),
    }


def test_a_zero_balance_in_the_file_settles_the_invoice(entreprise, factures):
    importation = comparer(entreprise, ligne("F-1", "100,00", "0,00"), *TELLES[1:])
    assert vues(importation) == [("reglement", "F-1", "100.00", "0.00", True)]
    executer(importation)
    assert soldes()["F-1"] == "0.00"


def test_R16_the_same_balance_again_proposes_nothing(entreprise, factures):
    lignes = [ligne("F-1", "100,00", "40,00"), TELLES[1], ligne("N-1", "50,00", "50,00", "Librairie Témoin")]
    executer(comparer(entreprise, *lignes))
    encore = comparer(entreprise, *lignes)
    assert (vues(encore), refus(encore), encore.bilan["inchangees"]) == ([], [], 3)


def test_what_differs_is_refused_with_both_values(entreprise, factures):
    importation = comparer(
        entreprise,
        ligne("F-1", "110,00", "50,00"),
        ligne("F-2", "200,00", "50,00", "Autre Client"),
        ligne("F-3", "300,00", "350,00"),
    )
    assert refus(importation) == [(2, "total"), (3, "client_nom"), (4, "solde")]
    assert vues(importation) == []  # a refused row is no vanished invoice
    encore = comparer(
        entreprise,
        ligne("F-1", "", "150,00"),
        "F-2;Hôtel Spécimen;02/05/2026;31/05/2026;200,00;50,00",
        "F-3;Hôtel Spécimen;01/05/2026;30/05/2026;300,00;50,00",
        "beaucoup;Hôtel Spécimen;01/05/2026;31/05/2026;;beaucoup",
        ligne("F-1", "100,00", "100,00 CHF"),
    )
    assert [champ for _ligne, champ in refus(encore)] == ["numero", "date_emission", "date_echeance", "solde", "numero"]
    raisons = " ".join(r.raison for r in Compte.depuis_dict(importation.bilan).refusees)
    assert all(dit in raisons for dit in ("110,00", "100,00", "Autre Client", "Hôtel Spécimen"))


def test_a_balance_never_rises(entreprise, factures):
    enregistrer_reglement(factures[0].client, Decimal("60.00"), date(2026, 6, 1), aujourd_hui=LE_JOUR)
    importation = comparer(entreprise, *TELLES)
    assert refus(importation) == [(2, "solde")]
    raison = Compte.depuis_dict(importation.bilan).refusees[0].raison
    assert "100,00" in raison
    assert "40,00" in raison


def test_a_payment_entered_since_the_balance_explains_the_difference(entreprise, factures):
    enregistrer_reglement(factures[0].client, Decimal("60.00"), AU + timedelta(days=1), aujourd_hui=LE_JOUR)
    importation = comparer(entreprise, *TELLES)
    assert (refus(importation), vues(importation), importation.bilan["inchangees"]) == ([], [], 3)


def test_a_cancelled_invoice_with_a_balance_is_refused(entreprise, factures):
    annuler_facture(factures[0], "erreur", aujourd_hui=LE_JOUR)
    assert refus(comparer(entreprise, *TELLES)) == [(2, "numero")]


def test_unknown_numbers_become_invoices_with_their_client_and_what_was_paid(entreprise, factures):
    importation = comparer(
        entreprise,
        *TELLES,
        ligne("N-1", "50,00", "50,00", "Librairie Témoin"),
        ligne("N-2", "80,00", "30,00", "Librairie Témoin"),
        "N-3;Hôtel Spécimen;01/05/2026;31/05/2026;;25,00",
        ligne("N-4", "10,00", "0,00"),
        ligne("N-5", "", "-10,00"),
        "N-6;;01/05/2026;31/05/2026;10,00;10,00",
        "N-7;Hôtel Spécimen;;31/05/2026;10,00;10,00",
    )
    assert [v for v in vues(importation) if v[0] == "nouvelle"] == [
        ("nouvelle", "N-1", "", "50.00", True),
        ("nouvelle", "N-2", "80.00", "30.00", True),
        ("nouvelle", "N-3", "", "25.00", True),
    ]
    assert (refus(importation), importation.bilan["sans_objet"]) == (
        [(9, "solde"), (10, "client_nom"), (11, "date_emission")],
        1,
    )
    compte = executer(importation)
    assert (compte.creees, compte.clients_crees) == (3, 1)
    assert {n: s for n, s in soldes().items() if n.startswith("N")} == {"N-1": "50.00", "N-2": "30.00", "N-3": "25.00"}
    assert str(Facture.objects.get(numero="N-2").total) == "80.00"
    assert Facture.objects.get(numero="N-1").echeances.get().date_echeance == ECHEANCE


def test_an_unticked_proposal_is_left_alone(entreprise, factures):
    importation = comparer(entreprise, ligne("F-1", "100,00", "40,00"), TELLES[1], ligne("N-1", "5,00", "5,00", "Neuf"))
    rangs = {p.objet: rang for rang, p in enumerate(lire_propositions(importation))}
    assert cocher(importation, set(rangs.values()), {rangs["F-3"]})
    executer(importation)
    assert soldes() == {"F-1": "100.00", "F-2": "200.00", "F-3": "0.00"}


def test_a_disputed_invoice_is_shown_apart_and_unticked(entreprise, factures):
    ouvrir_litige(factures[0], AU, "Deux étagères manquent", aujourd_hui=LE_JOUR)
    clos = ouvrir_litige(factures[1], AU, "Réglé depuis", aujourd_hui=LE_JOUR)
    clore_litige(clos, AU, aujourd_hui=LE_JOUR)
    importation = comparer(entreprise, ligne("F-1", "100,00", "40,00"), ligne("F-2", "200,00", "40,00"), TELLES[2])
    assert vues(importation) == [
        ("litige", "F-1", "100.00", "40.00", False),
        ("reglement", "F-2", "200.00", "40.00", True),
    ]
    absente = comparer(entreprise, *TELLES[1:])
    assert vues(absente) == [("litige", "F-1", "100.00", "0.00", False)]


def test_a_partial_file_settles_nothing_by_itself_and_says_nothing_of_freshness(entreprise, factures):
    importation = comparer(entreprise, ligne("F-1", "100,00", "40,00"))
    assert importation.bilan["est_partielle"]
    assert vues(importation) == [
        ("reglement", "F-1", "100.00", "40.00", True),
        ("soldee", "F-2", "200.00", "0.00", False),
        ("soldee", "F-3", "300.00", "0.00", False),
    ]
    executer(importation)
    assert soldes() == {"F-1": "40.00", "F-2": "200.00", "F-3": "300.00"}
    assert importation.bilan["a_jour_au"] == ""


def test_an_invoice_issued_after_the_balance_is_never_settled_by_it(entreprise, factures, hotel):
    fabriquer_facture(hotel, "10.00", date(2026, 7, 12), numero="J-1", date_emission=AU + timedelta(days=1))
    fabriquer_facture(hotel, "20.00", date(2026, 7, 12), numero="J-2", date_emission=AU)
    importation = comparer(entreprise, *TELLES)
    assert vues(importation) == [("soldee", "J-2", "20.00", "0.00", False)]
    assert importation.bilan["emises_apres"] == 1
    # In the file although it is younger than it: the file's date is doubtful, the person decides.
    lignes = [*TELLES, "J-1;Hôtel Spécimen;13/06/2026;12/07/2026;10,00;5,00"]
    assert ("reglement", "J-1", "10.00", "5.00", False) in vues(comparer(entreprise, *lignes))


def test_an_older_balance_than_the_last_one_unticks_what_vanished(entreprise, factures):
    executer(comparer(entreprise, *TELLES))
    vieille = comparer(entreprise, *TELLES[:2], au=AU - timedelta(days=7))
    assert vieille.bilan["plus_recente"] == AU.isoformat()
    assert vues(vieille) == [("soldee", "F-3", "300.00", "0.00", False)]


def test_a_currency_that_the_file_does_not_hold_is_not_covered(entreprise, factures, hotel):
    fabriquer_facture(hotel, "10.00", ECHEANCE, numero="U-1", date_emission=date(2026, 5, 1), devise="USD")
    assert vues(comparer(entreprise, *TELLES)) == [("soldee", "U-1", "10.00", "0.00", False)]


def test_instalments_over_several_rows_add_up_and_contradictions_are_refused(entreprise, hotel):
    parts = [(date(2026, 5, 31), "60.00"), (date(2026, 6, 30), "40.00")]
    fabriquer_facture(hotel, "100.00", numero="P-1", parts=parts, date_emission=date(2026, 5, 1))
    deux = [
        "P-1;Hôtel Spécimen;01/05/2026;31/05/2026;100,00;10,00",
        "P-1;Hôtel Spécimen;01/05/2026;30/06/2026;100,00;40,00",
    ]
    importation = comparer(entreprise, *deux)
    assert vues(importation) == [("reglement", "P-1", "100.00", "50.00", True)]
    assert importation.bilan["regroupees"] == 1
    contraires = [deux[0], deux[0].replace("10,00", "20,00")]
    assert refus(comparer(entreprise, *contraires)) == [(2, "numero"), (3, "numero")]
    assert vues(comparer(entreprise, deux[0], deux[0])) == [("reglement", "P-1", "100.00", "10.00", True)]


def test_what_changed_since_it_was_shown_is_passed_over_and_said(entreprise, factures, hotel):
    importation = comparer(
        entreprise, ligne("F-1", "100,00", "40,00"), ligne("F-2", "200,00", "0,00"), ligne("N-1", "5,00", "5,00")
    )
    enregistrer_reglement(hotel, Decimal("60.00"), AU, aujourd_hui=LE_JOUR, repartition={factures[0]: Decimal("60.00")})
    fabriquer_facture(hotel, "5.00", ECHEANCE, numero="N-1", date_emission=date(2026, 5, 1))
    compte = executer(importation)
    assert soldes() == {"F-1": "40.00", "F-2": "0.00", "F-3": "0.00", "N-1": "5.00"}
    assert sorted(compte.sautees.values()) == ["enregistrée entre-temps", "son solde est devenu 40,00 entre-temps"]
    assert compte.reglements_crees == 2


def test_a_second_application_does_nothing(entreprise, factures):
    importation = comparer(entreprise, ligne("F-1", "100,00", "40,00"), *TELLES[1:])
    executer(importation)
    assert not appliquer_import(importation)
    Importation.objects.filter(pk=importation.pk).update(traitees=0, bilan={**importation.bilan, "faites": {}})
    compte = reprendre(importation)  # even should the same work be begun again
    assert (Reglement.objects.count(), compte.faites) == (1, {})


def test_a_run_that_falls_goes_on_with_the_next_client(entreprise, factures, monkeypatch):
    autre = fabriquer_client(entreprise, "Librairie Témoin")
    fabriquer_facture(autre, "70.00", ECHEANCE, numero="L-1", date_emission=date(2026, 5, 1))
    importation = comparer(entreprise, *TELLES[1:], ligne("L-1", "70,00", "20,00", "Librairie Témoin"))
    assert appliquer_import(importation)
    vrai, appels = application.EcritureBalance.ecrire, []

    def tomber(self, retenues, compte):
        appels.append(retenues)
        if len(appels) == 2:
            raise RuntimeError("panne")
        vrai(self, retenues, compte)

    monkeypatch.setattr(application.EcritureBalance, "ecrire", tomber)
    with pytest.raises(RuntimeError):
        reprendre(importation)
    importation.refresh_from_db()
    assert (importation.traitees, Reglement.objects.count()) == (1, 1)
    compte = reprendre(importation)
    assert (importation.statut, Reglement.objects.count(), compte.reglements_crees) == ("terminee", 2, 2)


def test_a_client_that_the_database_refuses_stops_nobody_else(entreprise, factures, monkeypatch):
    autre = fabriquer_client(entreprise, "Librairie Témoin")
    fabriquer_facture(autre, "70.00", ECHEANCE, numero="L-1", date_emission=date(2026, 5, 1))
    importation = comparer(entreprise, *TELLES[1:], ligne("L-1", "70,00", "20,00", "Librairie Témoin"))
    vrai, appels = application.EcritureBalance.ecrire, []

    def refuser(self, retenues, compte):
        appels.append(retenues)
        vrai(self, retenues, compte)
        if len(appels) == 1:
            raise IntegrityError("no")

    monkeypatch.setattr(application.EcritureBalance, "ecrire", refuser)
    compte = executer(importation)
    assert (soldes()["F-1"], soldes()["L-1"], len(compte.sautees)) == ("100.00", "20.00", 1)


def test_a_worker_that_lost_the_import_writes_nothing(entreprise, factures):
    importation = comparer(entreprise, *TELLES[1:])
    assert appliquer_import(importation)
    Importation.objects.filter(pk=importation.pk).update(statut="en_cours", traitees=7)
    importation.statut = "en_cours"
    with pytest.raises(Reprise):
        appliquer(importation, aujourd_hui=LE_JOUR)
    assert not Reglement.objects.exists()


def test_a_comparison_made_again_makes_the_old_ticks_stale(entreprise, factures):
    importation = comparer(entreprise, *TELLES[1:])
    perimee = Importation.objects.get(pk=importation.pk)
    assert comparer_import(importation, lecture_de(importation), LE_JOUR)
    assert not cocher(perimee, {0}, set())
    assert not appliquer_import(perimee)
    importation.refresh_from_db()
    assert cocher_sorte(importation, "soldee", est_retenue=False)
    assert not lire_propositions(importation)[0].est_retenue


def test_R17_a_balance_makes_payments_fresh_up_to_its_own_day(entreprise, factures):
    avant = etat(entreprise, LE_JOUR).a_jour_au
    assert avant is None
    executer(comparer(entreprise, ligne("F-1", "100,00", "40,00"), *TELLES[1:]))
    # Its payments were entered today, and stand for the day of the balance.
    aujourd_hui = entreprise.date_locale(timezone.now())
    assert etat(entreprise, aujourd_hui).a_jour_au == AU
    assert etat(entreprise, AU - timedelta(days=1)).a_jour_au is None


def test_the_mapping_is_remembered_for_balances_alone(entreprise, factures):
    executer(comparer(entreprise, *TELLES))
    assert set(CorrespondanceColonnes.objects.values_list("genre", flat=True)) == {"balance"}


def test_a_workbook_is_read_as_well(entreprise, factures):
    jour = datetime(2026, 5, 1)
    rangees = [["F-1", "Hôtel Spécimen", jour, 100, 40.5], ["F-2", "Hôtel Spécimen", jour, 200, 200]]
    contenu = xlsx_de(["Numéro", "Client", "Date", "Total TTC", "Solde"], *rangees)
    assert ("reglement", "F-1", "100.00", "40.50", True) in vues(comparer_octets(entreprise, contenu, "b.xlsx"))


def test_a_file_without_a_balance_is_asked_about(entreprise, factures):
    with pytest.raises(FichierRefuse, match="Solde restant dû"):
        comparer(entreprise, "F-1;Hôtel Spécimen;01/05/2026;100,00", entetes="Numéro;Client;Date;Total TTC")


def test_a_known_credit_note_is_no_news(entreprise, hotel):
    Avoir.objects.create(
        entreprise=entreprise, client=hotel, numero="AV-1", date_emission=AU, devise="EUR", montant=Decimal("10.00")
    )
    importation = comparer(entreprise, "AV-1;Hôtel Spécimen;2026-06-12;;;-10,00")
    assert (refus(importation), vues(importation), importation.bilan["inchangees"]) == ([], [], 1)


def test_the_comparison_costs_the_same_for_ten_rows_and_for_a_hundred(entreprise, hotel):
    def requetes(nombre: int) -> int:
        for n in range(nombre):
            numero = f"Q{nombre}-{n}"
            fabriquer_facture(hotel, "10.00", ECHEANCE, numero=numero, date_emission=date(2026, 5, 1))
        lignes = [ligne(f"Q{nombre}-{n}", "10,00", "5,00") for n in range(nombre)]
        with CaptureQueriesContext(connection) as vus:
            comparer(entreprise, *lignes)
        return len(vus)

    assert requetes(10) == requetes(100)
