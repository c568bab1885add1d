"""R10: one function says what is left, today and on any day before, whatever happened."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from encaissements.annulation import annuler_reglement
from encaissements.avoirs import enregistrer_avoir
from encaissements.encaissement import enregistrer_reglement, imputer_disponible
from encaissements.liberation import liberer
from encaissements.lot import NouveauReglement, enregistrer_lot
from encaissements.models import Imputation, Reglement
from encaissements.rejet import rejeter_reglement
from encaissements.soldes import recalculer, solde_calcule, soldes_au
from factures.models import Echeance, Facture
from noyau.imputation import SurImputation
from tests.encaissements.verite import rien_ne_differe
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture

pytestmark = pytest.mark.django_db
JOUR = date(2026, 11, 1)
INSTANT = datetime(2026, 11, 1, tzinfo=UTC)
D = Decimal


def au(jours):
    return JOUR + timedelta(days=jours)


# What may happen on a day: (what, amount in cents, which invoice or payment, how long ago)
GESTES = st.lists(
    st.tuples(
        st.sampled_from(["payer", "diriger", "rejeter", "annuler", "avoir", "credit", "liberer", "lot"]),
        st.integers(1, 15_000),
        st.integers(0, 5),
        st.integers(0, 4),
    ),
    max_size=8,
)


def agir(factures: list[Facture], geste: tuple[str, int, int, int], jour: date, rang: int) -> None:
    quoi, centimes, choix, age = geste
    montant, facture = D(centimes) / 100, factures[choix % len(factures)]
    facture.refresh_from_db()
    client, le = facture.client, jour - timedelta(days=age)
    reglements = list(Reglement.objects.encaisses().order_by("pk"))
    if quoi == "payer":
        enregistrer_reglement(client, montant, le, aujourd_hui=jour)
    elif quoi == "diriger" and facture.solde:
        prise = min(montant, facture.solde)
        enregistrer_reglement(client, montant, le, aujourd_hui=jour, repartition={facture: prise})
    elif quoi == "avoir":
        enregistrer_avoir(client, f"A-{rang}", montant, le, aujourd_hui=jour, facture=facture)
    elif quoi == "liberer":
        liberer(facture, aujourd_hui=jour)
    elif quoi == "lot":
        lot = [NouveauReglement(facture=f, montant=montant, date_reglement=le) for f in factures]
        enregistrer_lot(client.entreprise, lot, f"{rang:032}", par_client=bool(choix % 2), aujourd_hui=jour)
    elif quoi in {"rejeter", "annuler", "credit"} and reglements:
        reglement = reglements[choix % len(reglements)]
        if quoi == "annuler":
            annuler_reglement(reglement, aujourd_hui=jour, instant=INSTANT)
        elif quoi == "rejeter":
            rejeter_reglement(reglement, max(le, reglement.date_reglement), "", aujourd_hui=jour)
        elif reglement.disponible:
            imputer_disponible(reglement, aujourd_hui=jour)


def preparer() -> list[Facture]:
    client = fabriquer_client(fabriquer_entreprise())
    deux = [(au(-20), "40.00"), (au(20), "35.01")]
    return [
        fabriquer_facture(client, "75.01", au(20), parts=deux, date_emission=au(-50)),
        fabriquer_facture(client, "60.00", au(-10), date_emission=au(-40)),
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gestes=GESTES)
def test_R10_stored_balances_are_the_computed_ones_whatever_happens(gestes):
    with transaction.atomic():
        factures = preparer()
        for rang, geste in enumerate(gestes):
            agir(factures, geste, au(rang), rang)
        rien_ne_differe()
        verifier_le_passe(factures, len(gestes))
        transaction.set_rollback(True)


def verifier_le_passe(factures: Iterable[Facture], jours: int) -> None:
    """On any day: between nothing and the whole, the parts sum to the invoice, the last day is what is stored."""
    for jour in [au(n) for n in range(-5, jours + 1)]:
        connus = soldes_au(factures, jour)
        for facture in factures:
            parts = [connus[e.pk] for e in facture.echeances.all()]
            assert sum(parts) == solde_calcule(facture, jour).facture
            assert all(part >= 0 for part in parts)
    stockes = dict(Echeance.objects.values_list("pk", "solde"))
    assert soldes_au(factures, au(jours)) == stockes


def test_R10_balances_are_read_as_they_stood():
    facture = fabriquer_facture(fabriquer_client(fabriquer_entreprise()), "100.00", au(-10))
    reglement = enregistrer_reglement(facture.client, D("100.00"), au(0), aujourd_hui=au(9))
    rejeter_reglement(reglement, au(5), "", aujourd_hui=au(9))
    enregistrer_reglement(facture.client, D("100.00"), au(3), aujourd_hui=au(9))
    echeance = facture.echeances.get()
    soldes = {n: soldes_au([facture.pk], au(n))[echeance.pk] for n in (-1, 0, 3, 5, 9)}
    assert soldes == {-1: D("100.00"), 0: D("0.00"), 3: D("0.00"), 5: D("0.00"), 9: D("0.00")}
    assert solde_calcule(facture, au(9)).soldee_le == au(0)


def test_R10_the_day_it_was_settled_is_the_last_one():
    facture = fabriquer_facture(fabriquer_client(fabriquer_entreprise()), "100.00", au(-10))
    premier = enregistrer_reglement(facture.client, D("100.00"), au(0), aujourd_hui=au(9))
    rejeter_reglement(premier, au(2), "", aujourd_hui=au(9))
    for n in (4, 6):
        enregistrer_reglement(facture.client, D("50.00"), au(n), aujourd_hui=au(9))
    facture.refresh_from_db()
    assert facture.soldee_le == au(6)
    assert {n: solde_calcule(facture, au(n)).facture for n in (1, 3, 5)} == {1: 0, 3: D("100.00"), 5: D("50.00")}


def test_reading_balances_costs_the_same_for_one_and_for_many(django_assert_max_num_queries):
    client = fabriquer_client(fabriquer_entreprise())
    factures = [fabriquer_facture(client, "10.00", au(-i)) for i in range(30)]
    with django_assert_max_num_queries(2):
        soldes_au(factures, au(0))
    enregistrer_reglement(client, D("205.00"), au(5), aujourd_hui=au(5))
    with django_assert_max_num_queries(5):
        assert sum(soldes_au(factures, au(4)).values()) == D("300.00")
    with django_assert_max_num_queries(7):
        recalculer(factures, au(5))


def test_R12_what_pays_penalties_leaves_the_principal_alone():
    facture = fabriquer_facture(fabriquer_client(fabriquer_entreprise()), "100.00", au(-10))
    reglement = enregistrer_reglement(facture.client, D("5.00"), au(0), aujourd_hui=au(0), imputer_le_reste=False)
    Imputation.objects.create(
        entreprise=facture.entreprise,
        facture=facture,
        nature="reglement",
        poste="penalites",
        date_valeur=au(0),
        montant=D("5.00"),
        reglement=reglement,
    )
    recalculer([facture], au(0))
    assert facture.solde == D("100.00")


def test_R10_an_invoice_is_never_paid_twice():
    facture = fabriquer_facture(fabriquer_client(fabriquer_entreprise()), "100.00", au(-10))
    reglement = enregistrer_reglement(facture.client, D("100.00"), au(0), aujourd_hui=au(0))
    Imputation.objects.create(
        entreprise=facture.entreprise,
        facture=facture,
        nature="reglement",
        date_valeur=au(0),
        montant=D("0.01"),
        reglement=reglement,
    )
    with pytest.raises(SurImputation):
        recalculer([facture], au(0))


def verifier(*arguments):
    sortie = StringIO()
    call_command("verifier_soldes", *arguments, "--json", stdout=sortie)
    return json.loads(sortie.getvalue())


def test_verifier_soldes_counts_what_it_checked():
    factures = preparer()
    enregistrer_reglement(factures[0].client, D("200.00"), au(0), aujourd_hui=au(0))
    assert verifier() == {"verifiees": 3, "ecarts": []}
    with pytest.raises(CommandError, match="« inconnue »") as refus:
        verifier("--entreprise", "inconnue")
    assert refus.value.returncode == 2


@pytest.mark.parametrize(
    ("modele", "champs", "attendus"),
    [
        (Facture, {"solde": D("1.00")}, {("facture", "solde", "1.00", "75.01"), ("facture", "solde", "1.00", "60.00")}),
        (Facture, {"soldee_le": JOUR}, {("facture", "soldee_le", "2026-11-01", "None")}),
        (Reglement, {"disponible": D("1.00")}, {("reglement", "disponible", "1.00", "5.00")}),
    ],
)
def test_verifier_soldes_names_each_difference_and_exits_1(modele, champs, attendus, capsys):
    factures = preparer()
    enregistrer_reglement(factures[0].client, D("5.00"), au(0), aujourd_hui=au(0), imputer_le_reste=False)
    modele.objects.update(**champs)
    with pytest.raises(SystemExit) as fin:
        call_command("verifier_soldes", "--json", "--entreprise", "essai")
    assert fin.value.code == 1
    ecarts = json.loads(capsys.readouterr().out)["ecarts"]
    assert {(e["objet"], e["champ"], e["stocke"], e["calcule"]) for e in ecarts} == attendus


def test_verifier_soldes_names_an_instalment_and_an_excess(capsys):
    factures = preparer()
    Echeance.objects.filter(facture=factures[0], rang=2).update(solde=D("1.00"))
    Imputation.objects.create(
        entreprise=factures[1].entreprise, facture=factures[1], nature="escompte", date_valeur=JOUR, montant=D("60.01")
    )
    with pytest.raises(SystemExit):
        call_command("verifier_soldes")
    sortie = capsys.readouterr().out
    assert f"{factures[0].numero}/2 : solde 1.00, calcul 35.01" in sortie
    assert "imputations 60.00, calcul 60.01 allocated" in sortie
    assert "2 écarts" in sortie
