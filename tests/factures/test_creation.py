"""Invoices come in: what they need to make sense, and a lot at the price of a few queries."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from entreprises.refus import LotRefuse
from factures.creation import (
    AcompteAttendu,
    EcheancePrevue,
    NouvelleFacture,
    Taxe,
    enregistrer_facture,
    enregistrer_factures,
    erreurs_du_lot,
)
from factures.models import Acompte, ConditionsPaiement, Echeance, Facture
from journal.ecriture import verifier
from noyau.conditions import Conditions, Tranche, conditions_simples, vers_dict
from noyau.delais import DateFixe, DelaiNet
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_membre

pytestmark = pytest.mark.django_db
AU, EMISE = date(2026, 11, 20), date(2026, 10, 1)
D = Decimal


def trente_jours(entreprise, **valeurs):
    regle = vers_dict(conditions_simples(DelaiNet(30)))
    return ConditionsPaiement.objects.create(entreprise=entreprise, nom="30 jours", regle=regle, **valeurs)


@pytest.fixture
def entreprise():
    return fabriquer_entreprise()


@pytest.fixture
def client(entreprise):
    return fabriquer_client(entreprise)


def enregistrer(client, **valeurs):
    champs = {"numero": "F-1", "date_emission": EMISE, "total": D("1200.00"), "connue_le": AU}
    champs["echeances"] = (EcheancePrevue(date(2026, 10, 31), valeurs.get("total", champs["total"])),)
    return enregistrer_facture(client.entreprise, client, **{**champs, **valeurs})


def test_an_invoice_comes_with_its_parts_and_its_journal_line(client):
    auteur = fabriquer_membre(client.entreprise)
    facture = enregistrer(
        client,
        numero=" F-1 ",
        echeances=(EcheancePrevue(date(2026, 12, 1), D("200.00")), EcheancePrevue(date(2026, 11, 1), D("1000.00"))),
        taxes=(Taxe(D("20"), D("900.00"), D("180.00")), Taxe(D("5.5"), D("113.74"), D("6.26"))),
        acomptes=(AcompteAttendu(D("300.00"), EMISE),),
        escompte_taux=D("2"),
        escompte_jours=10,
        reference_commande="Côté 12",
        auteur=auteur,
    )
    facture.refresh_from_db()
    assert (facture.numero, facture.solde, facture.devise, facture.connue_le) == ("F-1", D("1200.00"), "EUR", AU)
    parts = [(e.rang, e.date_echeance, e.montant, e.solde, e.a_examiner_le) for e in facture.echeances.all()]
    assert parts == [
        (1, date(2026, 11, 1), D("1000.00"), D("1000.00"), EMISE),
        (2, date(2026, 12, 1), D("200.00"), D("200.00"), EMISE),
    ]
    assert [t.montant for t in facture.taxes.order_by("pk")] == [D("180.00"), D("6.26")]
    assert Acompte.objects.get(facture=facture).montant == D("300.00")
    assert list(Facture.objects.cherchant("cote")) == [facture]
    ligne = facture.evenements.get()
    assert (ligne.genre, ligne.auteur, ligne.client) == ("facture_creee", auteur, client)
    assert ligne.contenu.faits == {"nombre": 1, "factures": ["F-1"], "totaux": {"EUR": "1200.00"}}
    client.refresh_from_db()
    assert verifier(client) == []


def test_instalments_come_from_the_terms_then_from_the_company_s_default(client):
    en_deux = Conditions((Tranche(DelaiNet(30), pourcentage=D(30)), Tranche(DelaiNet(60))))
    conditions = ConditionsPaiement.objects.create(
        entreprise=client.entreprise, nom="30 % puis le reste", regle=vers_dict(en_deux)
    )
    facture = enregistrer(client, total=D("100.01"), echeances=(), conditions=conditions)
    assert [e.montant for e in facture.echeances.all()] == [D("30.00"), D("70.01")]
    with pytest.raises(ValidationError, match="échéance ou des conditions"):
        enregistrer(client, numero="F-2", echeances=())
    trente_jours(client.entreprise, est_defaut=True)
    assert enregistrer(client, numero="F-2", echeances=()).echeances.get().date_echeance == date(2026, 10, 31)


SEULE = (EcheancePrevue(date(2026, 10, 31), D("1200.00")),)
REFUS = [
    ("no number", {"numero": " "}, "numero", "Donnez le numéro"),
    ("a number too long", {"numero": "9" * 61}, "numero", "60 caractères"),
    ("a number taken", {"numero": "PRIS"}, "numero", "La facture n° PRIS est déjà enregistrée"),
    ("an issue far in the future", {"date_emission": date(2062, 1, 1)}, "date_emission", "1er janvier 2062"),
    ("sent in the future", {"transmise_le": AU + timedelta(days=1)}, "transmise_le", "dans le futur"),
    ("no currency", {"devise": "euro"}, "devise", "« euro » n’est pas le code"),
    ("an unknown means", {"mode_reglement": "troc"}, "mode_reglement", "n’existe pas"),
    ("a negative total", {"total": D("-1.00")}, "total", "un avoir"),
    ("a total of nothing", {"total": D("0.00")}, "total", "montant positif"),
    ("a fraction of a cent", {"total": D("10.001")}, "total", "au centime près"),
    ("no number at all", {"total": D("NaN")}, "total", "au centime près"),
    ("a total beyond measure", {"total": D("1e15")}, "total", "au centime près"),
    ("instalments that miss a cent", {"total": D("1200.01"), "echeances": SEULE}, "echeances", "écart est de −0,01"),
    ("a negative instalment", {"echeances": (*SEULE, EcheancePrevue(AU, D("-1.00")))}, "echeances", "positif"),
    ("an instalment before issue", {"date_emission": date(2026, 11, 1)}, "echeances", "vient avant l’émission"),
    (
        "an instalment in eleven years",
        {"echeances": (EcheancePrevue(date(2037, 11, 1), D("1200.00")),)},
        "echeances",
        "dix ans",
    ),
    (
        "a VAT split that misses a cent",
        {"taxes": (Taxe(D("20"), D("1000.00"), D("199.99")),)},
        "taxes",
        "ne font pas le total",
    ),
    (
        "a VAT line of less than a cent",
        {"taxes": (Taxe(D("20"), D("1000.00"), D("0.001")),)},
        "taxes",
        "au centime près",
    ),
    ("deposits above the total", {"acomptes": (AcompteAttendu(D("1200.01")),)}, "acomptes", "dépassent le total"),
    ("a deposit of nothing", {"acomptes": (AcompteAttendu(D("0.00")),)}, "acomptes", "montant positif"),
    ("a discount without days", {"escompte_taux": D("2")}, "escompte_taux", "un taux et un nombre de jours"),
    ("a discount of everything", {"escompte_taux": D("100"), "escompte_jours": 8}, "escompte_taux", "de 0 à 100"),
    ("a discount over two years", {"escompte_taux": D("2"), "escompte_jours": 700}, "escompte_jours", "365 jours"),
]


@pytest.mark.parametrize(("valeurs", "champ", "mots"), [r[1:] for r in REFUS], ids=[r[0] for r in REFUS])
def test_an_invoice_that_makes_no_sense_is_refused_at_its_field(client, valeurs, champ, mots):
    enregistrer(client, numero="PRIS")
    with pytest.raises(ValidationError) as refus:
        enregistrer(client, **valeurs)
    assert mots in refus.value.message_dict[champ][0]
    assert Facture.objects.count() == 1


def test_every_field_at_fault_is_named_at_once(client):
    with pytest.raises(ValidationError) as refus:
        enregistrer(client, numero="", total=D("-1.00"), devise="€")
    assert refus.value.message_dict.keys() == {"numero", "total", "devise"}


def test_terms_that_do_not_fit_the_invoice_say_why(client):
    regle = vers_dict(conditions_simples(DateFixe(date(2026, 9, 1))))
    conditions = ConditionsPaiement.objects.create(entreprise=client.entreprise, nom="1er septembre", regle=regle)
    with pytest.raises(ValidationError) as refus:
        enregistrer(client, echeances=(), conditions=conditions)
    attendu = "L’échéance du 1er septembre 2026 vient avant l’émission, le 1er octobre 2026."
    assert refus.value.message_dict == {"conditions": [attendu]}


def fabriquer_lot(entreprise, factures, clients):
    tous = [fabriquer_client(entreprise, f"Client {i}", courriel="") for i in range(clients)]
    parts = (EcheancePrevue(date(2026, 10, 31), D("10.00")),)
    modele = NouvelleFacture(
        client=tous[0], numero="", date_emission=EMISE, total=D("10.00"), devise="EUR", echeances=parts
    )
    return [replace(modele, client=tous[i % clients], numero=f"L-{clients}-{i}") for i in range(factures)]


def test_a_file_may_hold_an_invoice_due_before_its_date(entreprise):
    lot = [replace(n, date_emission=date(2026, 11, 3)) for n in fabriquer_lot(entreprise, 1, 1)]
    assert erreurs_du_lot(entreprise, lot, AU, strict=True).keys() == {0}
    assert erreurs_du_lot(entreprise, lot, AU) == {}
    enregistrer_factures(entreprise, lot, connue_le=AU)


def test_a_lot_with_a_bad_row_is_refused_whole_and_names_each(entreprise):
    lot = fabriquer_lot(entreprise, 4, 2)
    lot[1] = replace(lot[1], total=D("-1.00"))
    lot[3] = replace(lot[3], numero=lot[0].numero)
    assert erreurs_du_lot(entreprise, lot, AU).keys() == {1, 3}
    with pytest.raises(LotRefuse) as refus:
        enregistrer_factures(entreprise, lot, connue_le=AU)
    assert "total" in refus.value.erreurs[1].message_dict
    assert "numero" in refus.value.erreurs[3].message_dict
    assert not Facture.objects.exists()


def test_R13_a_client_of_another_company_is_never_taken(entreprise):
    lot = fabriquer_lot(fabriquer_entreprise("autre"), 1, 1)
    with pytest.raises(ValueError, match="another company"):
        enregistrer_factures(entreprise, lot, connue_le=AU)


def test_two_thousand_invoices_cost_blocks_not_rows_and_one_line_per_client(entreprise, django_assert_max_num_queries):
    lot = fabriquer_lot(entreprise, 2000, 40)
    with django_assert_max_num_queries(200):
        factures = enregistrer_factures(entreprise, lot, connue_le=AU)
    assert [f.numero for f in factures] == [n.numero for n in lot]
    assert Echeance.objects.count() == 2000
    client = lot[0].client
    client.refresh_from_db()
    assert verifier(client) == []
    faits = client.evenements.get().contenu.faits
    assert (faits["nombre"], len(faits["factures"]), faits["totaux"]) == (50, 50, {"EUR": "500.00"})
    assert client.evenements.get().factures.count() == 50
