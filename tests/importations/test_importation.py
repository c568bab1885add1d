"""R16 on small files: refused rows, known numbers, payments, clients, credit notes, crash and resume."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from clients.models import AliasClient, Client, Contact
from encaissements.encaissement import enregistrer_reglement
from encaissements.models import Reglement
from encaissements.verification import Ecart, verifier_soldes
from factures.models import Avoir, ConditionsPaiement, Facture
from importations import importation as module
from importations.analyse import Lecture, analyser
from importations.avancement import Reprise
from importations.bilan import Bilan
from importations.importation import derouler, importer, preparer
from importations.models import Importation
from importations.refus import FichierRefuse
from journal.ecriture import verifier
from suivi.litiges import clore_litige
from suivi.models import Litige
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture
from tests.importations.fichiers import ENTETES, csv_de, xlsx_de

pytestmark = pytest.mark.django_db
LE_JOUR = date(2026, 6, 15)
F1 = "F-1;Hôtel Spécimen;13/02/2026;15/03/2026;1 200,00"
F2 = "F-2;Librairie Témoin;20/05/2026;19/06/2026;300,50"
PAYE = ENTETES + ";Date de règlement;Montant réglé"


@pytest.fixture
def entreprise():
    return fabriquer_entreprise()


def prendre(entreprise, *lignes: str, entetes: str = ENTETES, jour: date = LE_JOUR, **options) -> Bilan:
    contenu = csv_de(*lignes, entetes=entetes)
    choix = options.pop("lecture", Lecture())
    repetition = importer(entreprise, contenu, "essai.csv", choix, aujourd_hui=jour, simulation=True)
    bilan = importer(entreprise, contenu, "essai.csv", choix, aujourd_hui=jour, **options)
    assert repetition.en_dict() == bilan.en_dict()  # R18
    comptees = bilan.creees + bilan.avoirs_crees + bilan.deja_la + bilan.regroupees + bilan.nombre_refusees
    assert comptees == bilan.lues
    assert not [constat for constat in verifier_soldes(entreprise) if isinstance(constat, Ecart)]
    assert not [anomalie for client in Client.objects.all() for anomalie in verifier(client)]
    return bilan


def refus(bilan: Bilan) -> list[tuple[int, str]]:
    return [(refus.ligne, refus.champ) for refus in bilan.refusees]


def test_R16_good_rows_come_in_whole_and_bad_ones_are_refused_with_line_field_and_reason(entreprise):
    bilan = prendre(
        entreprise,
        F1,
        ";Sans Numéro;13/02/2026;15/03/2026;10,00",
        "F-3;;13/02/2026;15/03/2026;10,00",
        "F-4;A;31/02/2026;15/03/2026;10,00",
        "F-5;A;13/02/2026;un jour;10,00",
        "F-6;A;13/02/2026;15/03/2026;beaucoup",
        "F-7;A;13/02/2026;15/03/2026;0,00",
        "F-8;A;13/02/2026;15/03/2026;10,005",
        "F-9;A;13/02/2026;15/03/2026",
        "F-10;A;13/02/2026;15/03/2026;10,00;de trop",
        "F-11;A;13/02/2026;;10,00",
        "F-12;A;13/02/2028;15/03/2028;10,00",
        "F-13;A;13/02/2026;15/03/2126;10,00",
        F2,
    )
    assert bilan.creees == 2
    assert refus(bilan) == [
        (3, "numero"),
        (4, "client_nom"),
        (5, "date_emission"),
        (6, "date_echeance"),
        (7, "total"),
        (8, "total"),
        (9, "total"),
        (10, "total"),
        (11, "ligne"),
        (12, "date_echeance"),
        (13, "date_emission"),
        (14, "date_echeance"),
    ]
    assert all(r.raison and r.raison != r.champ for r in bilan.refusees)
    assert {c.nom for c in Client.objects.all()} == {"Hôtel Spécimen", "Librairie Témoin"}
    facture = Facture.objects.get(numero="F-1")
    assert (facture.total, facture.solde, facture.connue_le) == (Decimal("1200.00"), Decimal("1200.00"), LE_JOUR)


def test_R16_a_known_number_that_differs_is_refused_naming_the_field(entreprise):
    prendre(entreprise, F1)
    bilan = prendre(
        entreprise,
        F1,
        F1.replace("Hôtel Spécimen", "Autre Client"),
        F1.replace("1 200,00", "1 200,01"),
        F1.replace("13/02", "14/02"),
        F1.replace("15/03", "16/03"),
        F1.replace("1 200,00", "1 200,00 CHF"),
        F1.replace("1 200,00", "-1 200,00"),
        F1.replace("Hôtel Spécimen", "HOTEL  specimen"),
    )
    assert refus(bilan) == [
        (3, "client_nom"),
        (4, "total"),
        (5, "date_emission"),
        (6, "date_echeance"),
        (7, "devise"),
        (8, "numero"),
    ]
    assert (bilan.deja_la, bilan.creees, Client.objects.count(), Facture.objects.count()) == (2, 0, 1, 1)


def test_R16_the_same_rows_twice_in_one_file_make_one_invoice(entreprise):
    bilan = prendre(entreprise, F1, F1, F1.replace("1 200,00", "7,00"))
    assert (bilan.creees, bilan.deja_la, refus(bilan)) == (1, 1, [(4, "total")])


def test_a_new_settlement_is_taken_once(entreprise):
    prendre(entreprise, F1 + ";;", entetes=PAYE)
    for attendu in (1, 0):
        bilan = prendre(entreprise, F1 + ";01/04/2026;500,00", entetes=PAYE)
        assert (bilan.deja_la, bilan.mises_a_jour, bilan.reglements_crees) == (1, attendu, attendu)
    bilan = prendre(entreprise, F1 + ";05/05/2026;1200,00", entetes=PAYE)
    assert bilan.reglements_crees == 1
    assert list(Reglement.objects.order_by("pk").values_list("date_reglement", "montant")) == [
        (date(2026, 4, 1), Decimal("500.00")),
        (date(2026, 5, 5), Decimal("700.00")),
    ]
    # An older export undoes nothing.
    assert prendre(entreprise, F1 + ";01/04/2026;500,00", entetes=PAYE).reglements_crees == 0
    assert Facture.objects.get().soldee_le == date(2026, 5, 5)


def test_a_payment_entered_by_hand_is_not_taken_again_from_the_file(entreprise):
    prendre(entreprise, F1 + ";;", entetes=PAYE)
    client = Client.objects.get()
    enregistrer_reglement(client, Decimal("1200.00"), date(2026, 4, 2), aujourd_hui=LE_JOUR)
    assert prendre(entreprise, F1 + ";01/04/2026;1200,00", entetes=PAYE).reglements_crees == 0
    assert Reglement.objects.count() == 1


def test_several_rows_of_one_invoice_that_tell_different_payments_add_up(entreprise):
    lignes = (F1 + ";01/04/2026;500,00", F1 + ";02/05/2026;300,00", F1 + ";02/05/2026;300,00")
    bilan = prendre(entreprise, *lignes, entetes=PAYE)
    assert (bilan.creees, bilan.deja_la, bilan.mises_a_jour, bilan.reglements_crees) == (1, 2, 1, 2)
    assert Facture.objects.get().solde == Decimal("400.00")
    assert prendre(entreprise, *lignes, entetes=PAYE).reglements_crees == 0
    trop = prendre(entreprise, *lignes, F1 + ";03/05/2026;900,00", entetes=PAYE)
    assert refus(trop) == [(5, "montant_regle")]


@pytest.mark.parametrize(
    ("fin", "entetes", "solde", "jour"),
    [
        (";01/04/2026", ";Date de règlement", "0.00", date(2026, 4, 1)),
        (";200,00", ";Solde", "200.00", date(2026, 3, 15)),
        (";1 200,00", ";Solde", "1200.00", None),
        (";1 000,00", ";Montant réglé", "200.00", date(2026, 3, 15)),
        (";Payée", ";Statut", "0.00", date(2026, 3, 15)),
        (";Envoyée", ";Statut", "1200.00", None),
        (";1 000,00;200,00", ";Montant réglé;Solde", "200.00", date(2026, 3, 15)),
        (";0,00;01/04/2026", ";Montant réglé;Date de règlement", "1200.00", None),
    ],
)
def test_every_way_to_tell_a_payment(entreprise, fin: str, entetes: str, solde: str, jour: date | None):
    prendre(entreprise, F1 + fin, entetes=ENTETES + entetes)
    assert Facture.objects.get().solde == Decimal(solde)
    assert [r.date_reglement for r in Reglement.objects.all()] == ([jour] if jour else [])


@pytest.mark.parametrize(
    ("fin", "entetes", "champ"),
    [
        (";16/06/2026", ";Date de règlement", "date_reglement"),
        (";1 300,00", ";Solde", "solde"),
        (";-5,00", ";Montant réglé", "montant_regle"),
        (";1 000,00;500,00", ";Montant réglé;Solde", "solde"),
        (";Payée;200,00", ";Statut;Solde", "statut"),
        (";brouillon", ";Statut", "statut"),
        (";Annulée", ";Statut", "statut"),
        (";;01/04/2026", ";Montant réglé;Date de règlement", "montant_regle"),
        (";peut-être", ";Litige", "litige"),
        (";Devis", ";Type", "type"),
        (";pas une adresse", ";Courriel", "courriel"),
        (";123456789", ";SIREN", "numero_legal"),
        (";FR00732829320", ";TVA intracommunautaire", "tva"),
        (";Écus", ";Devise", "devise"),
        (";#N/A", ";Code client", "client_code"),
    ],
)
def test_what_contradicts_itself_or_makes_no_sense_is_refused_at_its_field(entreprise, fin, entetes, champ):
    bilan = prendre(entreprise, F1 + fin, entetes=ENTETES + entetes)
    assert (refus(bilan), bilan.creees) == ([(2, champ)], 0)
    assert (Client.objects.count(), Facture.objects.count()) == (0, 0)


def test_a_payment_of_unknown_day_on_a_known_invoice_counts_from_the_import(entreprise):
    prendre(entreprise, F1 + ";1 200,00", entetes=ENTETES + ";Solde")
    prendre(entreprise, F1 + ";200,00", entetes=ENTETES + ";Solde")
    reglement = Reglement.objects.get()
    assert (reglement.date_reglement, reglement.montant) == (LE_JOUR, Decimal("1000.00"))
    assert "inconnue" in reglement.reference


def test_what_is_paid_beyond_the_total_stays_a_credit_once(entreprise):
    for _fois in range(2):
        prendre(entreprise, F1 + ";01/04/2026;1 300,00", entetes=PAYE)
    reglement = Reglement.objects.get()
    assert (reglement.montant, reglement.disponible) == (Decimal("1300.00"), Decimal("100.00"))


def test_a_list_of_open_items_takes_the_balance_as_the_total_then_follows_it(entreprise):
    entetes = "Facture;Client;Date;Échéance;Solde dû"
    prendre(entreprise, F1, entetes=entetes)
    prendre(entreprise, F1.replace("1 200,00", "450,00"), entetes=entetes)
    prendre(entreprise, F1.replace("1 200,00", "450,00"), entetes=entetes)
    assert Facture.objects.get().solde == Decimal("450.00")
    bilan = prendre(entreprise, F1.replace("1 200,00", "1 200,01"), F2.replace("300,50", "0,00"), entetes=entetes)
    assert refus(bilan) == [(2, "solde"), (3, "solde")]


def test_a_client_is_known_by_code_then_legal_number_then_name(entreprise):
    entetes = ENTETES + ";Code client;SIREN"
    prendre(
        entreprise,
        F1 + ";007;",
        "F-2;Hôtel Spécimen SARL;13/02/2026;15/03/2026;10;007;",
        "F-3;Hôtel Spécimen;13/02/2026;15/03/2026;10;7;",
        "F-4;Menuiserie Modèle;13/02/2026;15/03/2026;10;;732829320",
        "F-5;Menuiserie  MODELE & Fils;13/02/2026;15/03/2026;10;;732 829 320",
        "F-6;Librairie Témoin;13/02/2026;15/03/2026;10;;",
        "F-7;LIBRAIRIE TEMOIN;13/02/2026;15/03/2026;10;;",
        entetes=entetes,
    )
    vus = {f.numero: (f.client.code, f.client.nom) for f in Facture.objects.select_related("client")}
    assert vus == {
        "F-1": ("007", "Hôtel Spécimen"),
        "F-2": ("007", "Hôtel Spécimen"),
        "F-3": ("7", "Hôtel Spécimen"),
        "F-4": ("", "Menuiserie Modèle"),
        "F-5": ("", "Menuiserie Modèle"),
        "F-6": ("", "Librairie Témoin"),
        "F-7": ("", "Librairie Témoin"),
    }
    assert set(AliasClient.objects.values_list("nom", flat=True)) == {"Hôtel Spécimen SARL", "Menuiserie MODELE & Fils"}


def test_a_contact_is_made_for_a_client_that_has_none_and_only_then(entreprise):
    sans, avec = (
        fabriquer_client(entreprise, "Hôtel Spécimen", courriel=""),
        fabriquer_client(entreprise, "Librairie Témoin"),
    )
    lignes = (
        F1 + ";compta@hotel.invalid;02 00",
        F2 + ";neuf@librairie.invalid;",
        F1.replace("F-1", "F-3") + ";b@c.invalid;",
    )
    for _fois in range(2):
        prendre(entreprise, *lignes, entetes=ENTETES + ";Courriel;Tél.")
    assert [c.courriel for c in sans.contacts.all()] == ["compta@hotel.invalid"]
    assert Contact.objects.filter(client=avec).count() == 1


def test_a_credit_note_is_kept_as_one_and_never_as_an_invoice(entreprise):
    lignes = (F1, "A-1;Hôtel Spécimen;20/02/2026;;-200,00;", "A-2;Hôtel Spécimen;20/02/2026;;50,00;Avoir")
    for attendu in (2, 0):
        bilan = prendre(entreprise, lignes[0] + ";Facture", *lignes[1:], entetes=ENTETES + ";Type")
        assert bilan.avoirs_crees == attendu
    assert {a.numero: a.montant for a in Avoir.objects.all()} == {"A-1": Decimal("200.00"), "A-2": Decimal("50.00")}
    assert Facture.objects.get().solde == Decimal("1200.00")


def test_a_disputed_invoice_is_in_dispute_from_its_due_date_and_never_again_once_closed(entreprise):
    entetes = ENTETES + ";En litige"
    bilan = prendre(entreprise, F1 + ";Non", F2 + ";Oui", entetes=entetes)
    litige = Litige.objects.get()
    assert (bilan.litiges_crees, litige.facture.numero, litige.ouvert_le) == (1, "F-2", date(2026, 6, 19))
    clore_litige(litige, date(2026, 6, 20), aujourd_hui=date(2026, 6, 20))
    bilan = prendre(entreprise, F1 + ";Oui", F2 + ";Oui", entetes=entetes, jour=date(2026, 6, 21))
    assert (bilan.litiges_crees, bilan.mises_a_jour) == (1, 1)
    assert Litige.objects.filter(clos_le=None).get().facture.numero == "F-1"


def test_lines_of_one_invoice_are_added_up_when_the_file_gives_only_their_totals(entreprise):
    entetes = "Facture;Client;Date;Échéance;Total TTC ligne"
    lignes = [F1, F2, F1.replace("1 200,00", "34,50"), F2.replace("300,50", "illisible")]
    for attendu in (1, 0):
        bilan = prendre(entreprise, *lignes, entetes=entetes)
        assert (bilan.creees, bilan.regroupees) == (attendu, 1)
        assert refus(bilan) == [(3, "total_ligne"), (5, "total_ligne")]
    assert Facture.objects.get().total == Decimal("1234.50")


def test_the_due_date_comes_from_the_row_its_terms_the_choice_or_the_company(entreprise):
    entetes = "Facture;Client;Date;Échéance;Total;Délai"
    ConditionsPaiement.objects.create(
        entreprise=entreprise,
        nom="45 jours",
        est_defaut=True,
        regle={"tranches": [{"delai": {"genre": "net", "jours": 45}}]},
    )
    prendre(
        entreprise,
        "F-1;A;13/02/2026;20/02/2026;10;NAA8",
        "F-2;A;13/02/2026;;10;30 jours",
        "F-3;A;13/02/2026;;10;",
        entetes=entetes,
    )
    prendre(entreprise, "F-4;A;13/02/2026;;10;", entetes=entetes, lecture=Lecture(delai_defaut=15))
    dues = {f.numero: f.echeances.get().date_echeance for f in Facture.objects.all()}
    assert dues == {
        "F-1": date(2026, 2, 20),
        "F-2": date(2026, 3, 15),
        "F-3": date(2026, 3, 30),
        "F-4": date(2026, 2, 28),
    }


def test_a_currency_sign_beside_an_amount_wins_over_the_company_s_and_may_not_contradict_the_column(entreprise):
    bilan = prendre(
        entreprise,
        "F-1;A;13/02/2026;15/03/2026;10,00 CHF;",
        "F-2;A;13/02/2026;15/03/2026;10,00;CAD",
        "F-3;A;13/02/2026;15/03/2026;10,00;",
        "F-4;A;13/02/2026;15/03/2026;10,00 €;CAD",
        entetes=ENTETES + ";Devise",
    )
    assert {f.numero: f.devise for f in Facture.objects.all()} == {"F-1": "CHF", "F-2": "CAD", "F-3": "EUR"}
    assert refus(bilan) == [(5, "devise")]
    assert bilan.en_dict()["totaux"] == {"CAD": "10.00", "CHF": "10.00", "EUR": "10.00"}


def test_a_workbook_comes_in_like_a_csv_file(entreprise):
    contenu = xlsx_de(ENTETES.split(";"), ["F-1", "Hôtel", date(2026, 2, 13), date(2026, 3, 15), 119.988])
    bilan = importer(entreprise, contenu, "essai.xlsx", Lecture(), aujourd_hui=LE_JOUR)
    assert (bilan.creees, Facture.objects.get().total) == (1, Decimal("119.99"))


@pytest.mark.parametrize(
    ("entetes", "lignes", "attendu"),
    [
        (ENTETES, [F1], False),
        (ENTETES + ";Statut", [F1 + ";envoyée"], False),
        (ENTETES + ";Statut", [F1 + ";payée"], True),
        (PAYE, [F1 + ";;"], True),
        (ENTETES + ";Solde", [F1 + ";1200"], True),
    ],
)
def test_the_account_says_whether_the_file_tells_of_payments(entreprise, entetes, lignes, attendu):
    prendre(entreprise, *lignes, entetes=entetes)
    assert Importation.objects.get().bilan["a_colonne_reglements"] is attendu


def test_invoices_of_another_company_do_not_exist_here(entreprise):
    autre = fabriquer_entreprise("autre")
    fabriquer_facture(fabriquer_client(autre, "Hôtel Spécimen"), numero="F-1", total="7.00")
    assert prendre(entreprise, F1).creees == 1


def en_cours(entreprise, contenu: bytes) -> Importation:
    _source, lecture = analyser(contenu)
    importation = preparer(entreprise, contenu, "essai.csv", lecture)
    importation.statut = Importation.Statut.EN_COURS
    importation.save()
    return importation


def beaucoup(n: int) -> bytes:
    lignes = [f"F-{i};Client {i % 7};13/02/2026;15/03/2026;{i + 1},00;01/04/2026" for i in range(n)]
    lignes[5] = lignes[5].replace("6,00", "zéro")
    return csv_de(*lignes, entetes=ENTETES + ";Date de règlement")


@pytest.mark.parametrize("mort_avant_validation", [True, False])
def test_a_crash_in_the_middle_loses_nothing_and_repeats_nothing(entreprise, monkeypatch, mort_avant_validation: bool):
    monkeypatch.setattr(module, "TAILLE_LOT", 10)
    importation = en_cours(entreprise, beaucoup(35))
    vrai, appels = module.ecrire, []

    def mourir(*args, **options):
        appels.append(1)
        if len(appels) == 3 and not mort_avant_validation:
            raise KeyboardInterrupt
        vrai(*args, **options)
        if len(appels) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "ecrire", mourir)
    with pytest.raises(KeyboardInterrupt):
        derouler(importation, aujourd_hui=LE_JOUR)
    importation.refresh_from_db()
    assert (importation.traitees, importation.statut, Facture.objects.count()) == (20, "en_cours", 19)

    monkeypatch.setattr(module, "ecrire", vrai)
    bilan = derouler(Importation.objects.get(), aujourd_hui=LE_JOUR)
    assert (bilan.lues, bilan.creees, bilan.deja_la, bilan.reglements_crees, bilan.clients_crees) == (35, 34, 0, 34, 7)
    assert refus(bilan) == [(7, "total")]
    assert Importation.objects.get().statut == "terminee"
    assert (Facture.objects.count(), Reglement.objects.count(), Client.objects.count()) == (34, 34, 7)


def test_payments_told_by_several_rows_add_up_across_a_crash(entreprise, monkeypatch):
    monkeypatch.setattr(module, "TAILLE_LOT", 1)
    contenu = csv_de(F1 + ";01/04/2026;500,00", F1 + ";02/05/2026;300,00", entetes=PAYE)
    importation = en_cours(entreprise, contenu)

    def arreter(lues: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        derouler(importation, aujourd_hui=LE_JOUR, progression=arreter)
    derouler(Importation.objects.get(), aujourd_hui=LE_JOUR)
    assert Facture.objects.get().solde == Decimal("400.00")


def test_a_worker_that_was_given_up_for_dead_writes_no_lot_twice(entreprise, monkeypatch):
    monkeypatch.setattr(module, "TAILLE_LOT", 10)
    en_cours(entreprise, beaucoup(35))

    def un_autre_prend_le_lot_suivant(lues: int) -> None:
        def mourir(lues: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            derouler(Importation.objects.get(), aujourd_hui=LE_JOUR, progression=mourir)

    with pytest.raises(Reprise):
        derouler(Importation.objects.get(), aujourd_hui=LE_JOUR, progression=un_autre_prend_le_lot_suivant)
    importation = Importation.objects.get()
    assert (importation.traitees, importation.bilan["creees"], Facture.objects.count()) == (20, 19, 19)
    assert derouler(importation, aujourd_hui=LE_JOUR).en_dict()["creees"] == 34
    with pytest.raises(Reprise):
        derouler(importation, aujourd_hui=LE_JOUR)


def test_a_row_that_the_database_refuses_stops_nothing_and_is_reported(entreprise, monkeypatch):
    vrai = module.ecrire

    def refuser(entreprise, lot, *args, **options):
        if any(n.numero == "F-2" for n in lot.nouvelles):
            raise IntegrityError("poison")
        vrai(entreprise, lot, *args, **options)

    monkeypatch.setattr(module, "ecrire", refuser)
    bilan = importer(entreprise, csv_de(F1, F2, F1.replace("F-1", "F-3")), "e.csv", Lecture(), aujourd_hui=LE_JOUR)
    assert (bilan.lues, bilan.creees, bilan.clients_crees, refus(bilan)) == (3, 2, 1, [(3, "ligne")])
    assert Importation.objects.get().traitees == 3


def test_a_long_file_costs_a_few_queries_per_lot(entreprise, django_assert_max_num_queries):
    contenu = beaucoup(600)
    with django_assert_max_num_queries(130):
        importer(entreprise, contenu, "essai.csv", Lecture(), aujourd_hui=LE_JOUR)


def test_nothing_is_written_for_a_file_that_will_not_do(entreprise):
    with pytest.raises(FichierRefuse):
        importer(entreprise, csv_de("F-1;A;01/02/2026;03/04/2026;10"), "e.csv", Lecture(), aujourd_hui=LE_JOUR)
    assert Importation.objects.count() == 0
