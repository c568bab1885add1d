"""A payment comes in (R9, R10): where it goes, what stays, what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from encaissements.avoirs import enregistrer_avoir
from encaissements.encaissement import enregistrer_reglement, imputer_disponible
from encaissements.escomptes import escompte_possible
from encaissements.liberation import liberer
from encaissements.models import Imputation, Reglement
from encaissements.rejet import rejeter_reglement
from factures.annulation import annuler_facture
from factures.models import Echeance
from tests.encaissements.verite import rien_ne_differe
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture

pytestmark = pytest.mark.django_db
AU = date(2026, 11, 20)
D = Decimal


@pytest.fixture
def client():
    return fabriquer_client(fabriquer_entreprise())


@pytest.fixture
def factures(client):
    """Due in June, July (two instalments: July and September) and August, and one in dollars."""
    return {
        "juin": fabriquer_facture(client, "100.00", date(2026, 6, 30), "JUIN"),
        "deux": fabriquer_facture(
            client, "90.00", date(2026, 9, 30), "DEUX", [(date(2026, 7, 31), "30.00"), (date(2026, 9, 30), "60.00")]
        ),
        "aout": fabriquer_facture(client, "50.00", date(2026, 8, 31), "AOUT"),
        "dollars": fabriquer_facture(client, "10.00", date(2026, 1, 31), "USD", devise="USD"),
    }


def payer(client, montant, **valeurs):
    valeurs.setdefault("date_reglement", AU)
    return enregistrer_reglement(client, D(montant), aujourd_hui=AU, **valeurs)


def restes(factures):
    for facture in factures.values():
        facture.refresh_from_db()
    return {nom: [str(e.solde) for e in facture.echeances.all()] for nom, facture in factures.items()}


REPARTITIONS = [
    ("the oldest due first", "140.00", {}, {}, ["0.00"], ["0.00", "60.00"], ["40.00"], "0.00"),
    (
        "where it is directed, then the oldest",
        "120.00",
        {"aout": "50.00"},
        {},
        ["30.00"],
        ["30.00", "60.00"],
        ["0.00"],
        "0.00",
    ),
    (
        "an invoice as a whole: its oldest instalment first",
        "40.00",
        {"deux": "40.00"},
        {},
        ["100.00"],
        ["0.00", "50.00"],
        ["50.00"],
        "0.00",
    ),
    ("one instalment", "60.00", {"deux/2": "60.00"}, {}, ["100.00"], ["30.00", "0.00"], ["50.00"], "0.00"),
    (
        "several invoices",
        "150.00",
        {"aout": "50.00", "juin": "100.00"},
        {},
        ["0.00"],
        ["30.00", "60.00"],
        ["0.00"],
        "0.00",
    ),
    (
        "only where it is directed, the rest a credit",
        "70.00",
        {"aout": "50.00"},
        {"imputer_le_reste": False},
        ["100.00"],
        ["30.00", "60.00"],
        ["0.00"],
        "20.00",
    ),
    ("more than is owed: a credit", "300.00", {}, {}, ["0.00"], ["0.00", "0.00"], ["0.00"], "60.00"),
]


@pytest.mark.parametrize(
    ("montant", "repartition", "options", "juin", "deux", "aout", "credit"),
    [r[1:] for r in REPARTITIONS],
    ids=[r[0] for r in REPARTITIONS],
)
def test_R10_a_payment_goes(client, factures, montant, repartition, options, juin, deux, aout, credit):
    cibles = {**factures, "deux/2": factures["deux"].echeances.get(rang=2)}
    vise = {cibles[nom]: D(somme) for nom, somme in repartition.items()}
    reglement = payer(client, montant, repartition=vise or None, **options)
    assert restes(factures) == {"juin": juin, "deux": deux, "aout": aout, "dollars": ["10.00"]}
    assert reglement.disponible == D(credit)
    rien_ne_differe()


def test_a_payment_is_journaled_with_each_invoice_it_touches(client, factures):
    payer(client, "130.00", reference=" VIR 12 ")
    ligne = factures["juin"].evenements.get()
    assert ligne == factures["deux"].evenements.get()
    assert not factures["aout"].evenements.exists()
    assert ligne.contenu.faits["reference"] == "VIR 12"
    assert ligne.contenu.faits["imputations"] == [
        {"facture": "JUIN", "montant": "100.00"},
        {"facture": "DEUX", "montant": "30.00"},
    ]


def test_a_settled_instalment_is_looked_at_no_more(client, factures):
    payer(client, "110.00", date_reglement=date(2026, 11, 2))
    juin, deux = factures["juin"], factures["deux"]
    juin.refresh_from_db()
    assert (juin.soldee_le, juin.echeances.get().a_examiner_le) == (date(2026, 11, 2), None)
    assert deux.echeances.get(rang=1).a_examiner_le is not None


REFUS = [
    ("the future", "10.00", {"date_reglement": AU + timedelta(days=1)}, "date_reglement", "notez plutôt une promesse"),
    ("nothing", "0.00", {}, "montant", "montant positif"),
    ("a refund", "-5.00", {}, "montant", "montant positif"),
    ("a fraction of a cent", "5.001", {}, "montant", "au centime près"),
    ("an unknown means", "5.00", {"moyen": "troc"}, "moyen", "n’existe pas"),
    (
        "more than the invoice owes",
        "500.00",
        {"vers": {"aout": "50.01"}},
        "repartition",
        "n° AOUT, donnez un montant entre 0,01 et 50,00",
    ),
    ("nothing for an invoice", "500.00", {"vers": {"aout": "0.00"}}, "repartition", "n° AOUT"),
    (
        "more than was received",
        "60.00",
        {"vers": {"aout": "50.00", "juin": "11.00"}},
        "repartition",
        "dépasse la somme",
    ),
    ("an invoice in another currency", "60.00", {"vers": {"dollars": "10.00"}}, "repartition", "n° USD n’attend aucun"),
    ("an invoice of someone else", "60.00", {"vers": {"autrui": "10.00"}}, "repartition", "n° AUTRUI n’attend aucun"),
    ("a cancelled invoice", "60.00", {"vers": {"annulee": "10.00"}}, "repartition", "n° ANNULEE n’attend aucun"),
]


@pytest.mark.parametrize(("montant", "valeurs", "champ", "mots"), [r[1:] for r in REFUS], ids=[r[0] for r in REFUS])
def test_a_payment_that_makes_no_sense_is_refused_at_its_field(client, factures, montant, valeurs, champ, mots):
    factures["autrui"] = fabriquer_facture(fabriquer_client(client.entreprise), "10.00", numero="AUTRUI")
    factures["annulee"] = fabriquer_facture(client, "10.00", numero="ANNULEE")
    annuler_facture(factures["annulee"], "Doublon", aujourd_hui=AU)
    valeurs = {**valeurs}
    if vers := valeurs.pop("vers", None):
        valeurs["repartition"] = {factures[nom]: D(somme) for nom, somme in vers.items()}
    with pytest.raises(ValidationError) as refus:
        payer(client, montant, **valeurs)
    assert mots in refus.value.message_dict[champ][0].replace("\u202f", " ").replace("\u00a0", " ")
    assert not Reglement.objects.exists()


def test_a_double_click_records_one_payment(client, factures):
    premier = payer(client, "100.00", cle_idempotence="abc")
    assert payer(client, "100.00", cle_idempotence="abc") == premier
    assert Reglement.objects.count() == Imputation.objects.count() == client.evenements.count() == 1
    with pytest.raises(ValidationError, match="a déjà servi"):
        payer(client, "90.00", cle_idempotence="abc")


def test_a_credit_is_used_later_and_counts_from_the_issue_of_the_invoice(client):
    reglement = payer(client, "80.00", date_reglement=date(2026, 11, 2))
    assert reglement.disponible == D("80.00")
    facture = fabriquer_facture(client, "50.00", date(2026, 12, 10), date_emission=date(2026, 11, 10))
    imputer_disponible(reglement, aujourd_hui=AU)
    facture.refresh_from_db()
    reglement.refresh_from_db()
    assert (facture.solde, facture.soldee_le, reglement.disponible) == (D("0.00"), date(2026, 11, 10), D("30.00"))
    autre = fabriquer_facture(client, "50.00", date(2026, 12, 10))
    imputer_disponible(reglement, {autre: D("30.00")}, aujourd_hui=AU)
    with pytest.raises(ValidationError, match="entièrement imputé"):
        imputer_disponible(reglement, aujourd_hui=AU)
    rien_ne_differe()


LIMITE = date(2026, 6, 10)  # issued on 31 May, ten days


@pytest.mark.parametrize(
    ("montant", "le", "possible"),
    [
        ("98.00", LIMITE, "2.00"),
        ("98.01", LIMITE, "1.99"),
        ("97.99", LIMITE, "0.00"),
        ("98.00", LIMITE + timedelta(days=1), "0.00"),
        ("100.00", LIMITE, "0.00"),
    ],
    ids=["the net amount in time", "a cent more", "a cent too little", "a day late", "the whole: given up"],
)
def test_a_payment_short_by_the_discount_and_in_time_may_close_the_invoice(client, montant, le, possible):
    facture = fabriquer_facture(client, "100.00", date(2026, 6, 30), escompte_taux=D("2"), escompte_jours=10)
    assert escompte_possible(facture, le, D(montant)) == D(possible)
    reglement = payer(client, montant, date_reglement=le, accorder_escompte=True)
    facture.refresh_from_db()
    assert facture.solde == max(D("100.00") - D(montant) - D(possible), 0)
    assert (reglement.disponible, facture.echeances.get().solde) == (D("0.00"), facture.solde)
    remises = facture.imputations.filter(nature="escompte")
    assert [r.montant for r in remises] == ([D(possible)] if D(possible) else [])
    rien_ne_differe()


def test_a_discount_is_granted_only_when_asked(client):
    facture = fabriquer_facture(client, "100.00", date(2026, 6, 30), escompte_taux=D("2"), escompte_jours=10)
    payer(client, "98.00", date_reglement=LIMITE)
    facture.refresh_from_db()
    assert facture.solde == D("2.00")


def test_one_payment_earns_the_discount_of_each_invoice_it_is_directed_to(client):
    offre = {"escompte_taux": D("2"), "escompte_jours": 10}
    a, b = (fabriquer_facture(client, "100.00", date(2026, 6, 30), **offre) for _ in range(2))
    autre = fabriquer_facture(client, "10.00", date(2026, 7, 31))
    payer(client, "200.00", date_reglement=LIMITE, repartition={a: D("98.00"), b: D("98.00")}, accorder_escompte=True)
    assert restes({"a": a, "b": b, "autre": autre}) == {"a": ["0.00"], "b": ["0.00"], "autre": ["6.00"]}
    rien_ne_differe()


def test_what_is_directed_and_what_follows_earn_the_discount_together(client):
    facture = fabriquer_facture(client, "100.00", date(2026, 6, 30), escompte_taux=D("2"), escompte_jours=10)
    payer(client, "98.00", date_reglement=LIMITE, repartition={facture: D("50.00")}, accorder_escompte=True)
    facture.refresh_from_db()
    assert facture.solde == D("0.00")


def test_the_discount_is_on_the_total_less_the_credit_notes(client):
    facture = fabriquer_facture(client, "150.00", date(2026, 6, 30), escompte_taux=D("2"), escompte_jours=10)
    enregistrer_avoir(client, "A-1", D("50.00"), LIMITE, aujourd_hui=AU, facture=facture)
    facture.refresh_from_db()
    assert escompte_possible(facture, LIMITE, D("97.99")) == D("0.00")
    assert escompte_possible(facture, LIMITE, D("98.00")) == D("2.00")


def test_a_discount_is_not_given_back_as_a_credit(client):
    facture = fabriquer_facture(client, "100.00", date(2026, 6, 30), escompte_taux=D("2"), escompte_jours=10)
    reglement = payer(client, "98.00", date_reglement=LIMITE, accorder_escompte=True)
    assert liberer(facture, aujourd_hui=AU) == D("98.00")
    reglement.refresh_from_db()
    assert reglement.disponible == D("98.00")
    rien_ne_differe()


def test_a_rejected_payment_leaves_no_credit_and_undoes_nothing_twice(client):
    facture = fabriquer_facture(client, "100.00", date(2026, 6, 30))
    reglement = payer(client, "130.00", date_reglement=date(2026, 11, 2))
    liberer(facture, aujourd_hui=date(2026, 11, 10))
    a_venir = fabriquer_facture(client, "40.00", date(2026, 12, 18), date_emission=date(2026, 11, 18))
    imputer_disponible(reglement, {a_venir: D("40.00")}, aujourd_hui=AU)
    rejeter_reglement(reglement, date(2026, 11, 12), "", aujourd_hui=AU)
    reglement.refresh_from_db()
    assert reglement.disponible == D("0.00")
    assert [str(e.solde) for e in Echeance.objects.order_by("pk")] == ["100.00", "40.00"]
    assert a_venir.imputations.get(montant__lt=0).date_valeur == date(2026, 11, 18)
    rien_ne_differe()


def test_a_rejected_payment_takes_its_discount_with_it_and_wakes_what_the_client_owes(client):
    offre = {"escompte_taux": D("2"), "escompte_jours": 10}
    facture = fabriquer_facture(client, "100.00", date(2026, 6, 30), mode_reglement="prelevement", **offre)
    endormie = fabriquer_facture(client, "5.00", date(2026, 7, 31))
    Echeance.objects.filter(facture=endormie).update(a_examiner_le=None)
    reglement = payer(client, "98.00", date_reglement=LIMITE, repartition={facture: D("98.00")}, accorder_escompte=True)
    rejeter_reglement(reglement, date(2026, 6, 20), "Provision insuffisante", aujourd_hui=AU)
    facture.refresh_from_db()
    assert (facture.solde, facture.soldee_le, facture.mode_reglement) == (D("100.00"), None, "virement")
    assert facture.echeances.get().a_examiner_le == endormie.echeances.get().a_examiner_le == AU
    assert sum(i.montant for i in facture.imputations.all()) == 0
    assert facture.evenements.first().contenu.faits["motif"] == "Provision insuffisante"
    with pytest.raises(ValidationError, match="déjà rejeté"):
        rejeter_reglement(reglement, AU, "", aujourd_hui=AU)
    with pytest.raises(ValidationError, match="entièrement imputé"):
        imputer_disponible(reglement, aujourd_hui=AU)
    rien_ne_differe()


@pytest.mark.parametrize("le", [date(2026, 11, 18), AU + timedelta(days=1)], ids=["before it came", "the future"])
def test_a_rejection_has_a_likely_date(client, le):
    reglement = payer(client, "98.00", date_reglement=date(2026, 11, 19))
    with pytest.raises(ValidationError, match="après le règlement"):
        rejeter_reglement(reglement, le, "", aujourd_hui=AU)
