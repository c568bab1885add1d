"""From rows to decisions: every fact that R4 looks at is read, on the day it counts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from encaissements.encaissement import enregistrer_reglement
from encaissements.rejet import rejeter_reglement
from factures.models import Echeance, Facture
from noyau.montants import ZERO
from relances.decision import decider, verifier
from relances.models import Affectation, Etape, LigneRelance, Reglages, Relance, Scenario
from relances.planification import planifier
from suivi.models import Appel, Litige, Pause, Promesse
from tests.fabriques import fabriquer_client, fabriquer_facture
from tests.relances.fabrique_nuit import LUNDI, entreprise_prete, etape, instant, partie

pytestmark = pytest.mark.django_db
JOUR = timedelta(days=1)
MARDI = LUNDI + JOUR
ECHEANCE = LUNDI - 3 * JOUR  # a Friday: the call is due on Monday


@pytest.fixture
def entreprise():
    return entreprise_prete()


@pytest.fixture
def client_(entreprise):
    return fabriquer_client(entreprise)


@pytest.fixture
def facture(client_):
    return fabriquer_facture(client_, echeance=ECHEANCE)


def lire(entreprise, au=LUNDI) -> dict[str, tuple[str, str, date | None]]:
    """By invoice number: verdict, motif, until or since."""
    trouvees = {}
    for examen in decider(entreprise, au):
        assert not examen.erreur
        for d in examen.decisions:
            numero = examen.dossier.echeances[d.creance.cle].facture.numero
            trouvees[numero] = (d.verdict.value, d.motif.code, d.depuis or d.jusqu_au)
    return trouvees


def decision(facture, au=LUNDI):
    return lire(facture.entreprise, au)[facture.numero]


def passer(client, resultat="annonce", le=LUNDI):
    return Appel.objects.create(
        entreprise=client.entreprise,
        client=client,
        passe_le=datetime(le.year, le.month, le.day, 10, tzinfo=UTC),
        resultat=resultat,
    )


def test_R4_an_overdue_invoice_with_nothing_against_it_is_due(facture):
    assert decision(facture) == ("relancer", "echeance_depassee", LUNDI)


# What holds back


def litige(facture, /, **valeurs):
    return Litige.objects.create(
        entreprise=facture.entreprise, client=facture.client, facture=facture, **{"ouvert_le": LUNDI, **valeurs}
    )


def pause(facture, /, **valeurs):
    return Pause.objects.create(entreprise=facture.entreprise, **{"du": LUNDI, **valeurs})


def promesse(facture, /, **valeurs):
    champs = {"faite_le": LUNDI, "date_promise": LUNDI + 10 * JOUR, "montant": "1200.00", "devise": "EUR"}
    return Promesse.objects.create(entreprise=facture.entreprise, client=facture.client, **{**champs, **valeurs})


@pytest.mark.parametrize(
    ("ouvert_le", "clos_le", "attendu"),
    [
        (LUNDI, None, ("attendre", "litige", None)),
        (MARDI, None, ("relancer", "echeance_depassee", LUNDI)),
        (LUNDI - 9 * JOUR, LUNDI, ("attendre", "litige", MARDI)),
        (LUNDI - 9 * JOUR, LUNDI - JOUR, ("relancer", "echeance_depassee", LUNDI)),
    ],
)
def test_R4_a_dispute_counts_from_opening_to_closing(facture, ouvert_le, clos_le, attendu):
    litige(facture, ouvert_le=ouvert_le, clos_le=clos_le)
    assert decision(facture) == attendu


def test_R4_a_dispute_leaves_the_other_invoices_alone(facture):
    autre = fabriquer_facture(facture.client, echeance=ECHEANCE)
    litige(facture)
    assert decision(autre)[0] == "relancer"


@pytest.mark.parametrize(
    ("portee", "code"),
    [("facture", "pause_facture"), ("client", "pause_client"), ("entreprise", "pause_entreprise")],
)
def test_R4_a_pause_holds_an_invoice_a_client_or_the_company(facture, portee, code):
    cible = {
        "facture": {"client": facture.client, "facture": facture},
        "client": {"client": facture.client},
        "entreprise": {},
    }[portee]
    pause(facture, au=LUNDI + 4 * JOUR, **cible)
    assert decision(facture) == ("attendre", code, LUNDI + 5 * JOUR)


def test_R4_a_pause_lifted_holds_no_more_from_that_day(facture):
    pause(facture, client=facture.client, du=LUNDI - 9 * JOUR, levee_le=MARDI)
    assert decision(facture)[1] == "pause_client"
    assert decision(facture, MARDI)[0] == "relancer"


def test_R4_a_running_promise_holds_until_its_grace_is_over(facture):
    promesse(facture, date_promise=LUNDI + 3 * JOUR)  # Thursday; three working days of grace: Tuesday
    assert decision(facture) == ("attendre", "promesse", LUNDI + 9 * JOUR)


def test_R4_a_promise_for_all_covers_what_was_due_when_it_was_made(facture):
    plus_tard = fabriquer_facture(facture.client, echeance=LUNDI + JOUR)
    ailleurs = fabriquer_facture(facture.client, echeance=ECHEANCE, devise="USD")
    promesse(facture, date_promise=LUNDI + 20 * JOUR)
    jour = LUNDI + 7 * JOUR
    assert decision(facture, jour)[1] == "promesse"
    assert decision(plus_tard, jour)[0] == "relancer"
    assert decision(ailleurs, jour)[0] == "relancer"


def test_R4_a_withdrawn_or_kept_promise_holds_nothing(facture):
    promesse(facture, annulee_le=LUNDI)
    assert decision(facture)[0] == "relancer"


def test_a_broken_promise_makes_the_next_rung_due_at_once(entreprise, client_):
    Etape.objects.filter(nom="Première relance").update(decalage=20)
    en_avance = fabriquer_facture(client_, echeance=LUNDI - JOUR)
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    partie(Relance.objects.get(), LUNDI)
    promesse(en_avance, facture=en_avance, faite_le=MARDI, date_promise=MARDI)
    grace_finie = LUNDI + 7 * JOUR  # Tuesday + 3 working days is Friday; then the next working day
    assert decision(en_avance, grace_finie - JOUR)[0] == "attendre"
    assert decision(en_avance, grace_finie) == ("relancer", "promesse_rompue", grace_finie)


def test_a_promise_kept_in_part_is_not_broken(entreprise, client_):
    Etape.objects.filter(nom="Première relance").update(decalage=20)
    facture = fabriquer_facture(client_, echeance=LUNDI - JOUR)
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    partie(Relance.objects.get(), LUNDI)
    promesse(facture, facture=facture, faite_le=MARDI, date_promise=MARDI)
    enregistrer_reglement(client_, Decimal("100.00"), MARDI, aujourd_hui=MARDI)
    assert decision(facture, LUNDI + 7 * JOUR)[:2] == ("attendre", "pas_encore")


def test_R4_a_direct_debit_holds_until_it_is_rejected(entreprise, client_):
    facture = fabriquer_facture(client_, echeance=ECHEANCE, mode_reglement="prelevement")
    assert decision(facture) == ("attendre", "prelevement", None)
    reglement = enregistrer_reglement(client_, Decimal("1200.00"), LUNDI, aujourd_hui=LUNDI)
    rejeter_reglement(reglement, MARDI, "provision insuffisante", aujourd_hui=MARDI)
    assert decision(facture, MARDI)[0] == "relancer"


def test_R4_an_insolvable_client_is_left_from_the_day_of_the_procedure(facture):
    facture.client.insolvable_le = MARDI
    facture.client.save()
    assert decision(facture)[0] == "relancer"
    assert decision(facture, MARDI)[1] == "insolvable"


def test_R4_a_client_not_to_be_chased_is_left_alone(facture):
    facture.client.ne_pas_relancer = True
    facture.client.save()
    assert decision(facture) == ("attendre", "ne_pas_relancer", None)


def test_R4_the_threshold_looks_at_what_the_client_owes_in_each_currency(entreprise, client_):
    Reglages.objects.update(seuil=Decimal("100.00"))
    petites = [fabriquer_facture(client_, "60.00", echeance=ECHEANCE) for _ in range(2)]
    dollars = fabriquer_facture(client_, "60.00", echeance=ECHEANCE, devise="USD")
    assert decision(petites[0])[0] == "relancer"
    assert decision(dollars)[1] == "sous_le_seuil"


def test_R4_nothing_leaves_soon_after_the_invoice_was_sent(entreprise, client_):
    Reglages.objects.update(delai_apres_envoi=7)
    facture = fabriquer_facture(client_, echeance=ECHEANCE, transmise_le=LUNDI - 4 * JOUR)
    assert decision(facture) == ("attendre", "facture_envoyee_recemment", LUNDI + 3 * JOUR)


@pytest.mark.parametrize(
    ("resultat", "le", "attendu"),
    [
        ("annonce", LUNDI, ("attendre", "relance_recente", LUNDI + 7 * JOUR)),  # five days from Monday is Saturday
        ("repondeur", LUNDI, ("relancer", "echeance_depassee", LUNDI)),
        ("annonce", LUNDI - 5 * JOUR, ("relancer", "echeance_depassee", LUNDI)),
        ("annonce", MARDI, ("relancer", "echeance_depassee", LUNDI)),
    ],
)
def test_R2_the_interval_counts_calls_that_reached_someone_by_then(facture, resultat, le, attendu):
    passer(facture.client, resultat, le)
    assert decision(facture)[:2] == attendu[:2]
    if resultat == "annonce" and le == LUNDI:
        assert decision(facture, MARDI) == attendu


def test_R2_a_message_of_today_in_another_currency_does_not_hide_the_one_of_yesterday(entreprise, facture):
    for le in (LUNDI - JOUR, LUNDI):
        Relance.objects.create(
            entreprise=entreprise, client=facture.client, devise="USD", etape=etape(entreprise, "Appel"),
            canal="courriel", statut="envoyee", date_decision=le, envoyee_le=instant(le),
        )  # fmt: skip
    assert decision(facture) == ("attendre", "relance_recente", LUNDI + 4 * JOUR)


def test_R4_a_cancelled_or_settled_invoice_is_no_more_among_the_decisions(entreprise, facture):
    reglee = fabriquer_facture(facture.client, echeance=ECHEANCE)
    enregistrer_reglement(facture.client, reglee.total, LUNDI, repartition={reglee: reglee.total}, aujourd_hui=LUNDI)
    Facture.objects.filter(pk=facture.pk).update(annulee_le=LUNDI)
    assert lire(entreprise) == {}
    assert set(lire(entreprise, LUNDI - JOUR)) == {facture.numero, reglee.numero}


# Knowledge dates


def test_a_payment_counts_from_its_date(facture):
    enregistrer_reglement(facture.client, Decimal("1200.00"), MARDI, aujourd_hui=LUNDI + 30 * JOUR)
    assert decision(facture)[0] == "relancer"
    assert lire(facture.entreprise, MARDI) == {}
    assert facture.numero not in lire(facture.entreprise, LUNDI + 40 * JOUR)


def test_a_part_payment_dated_later_leaves_the_earlier_balance(entreprise, client_):
    facture = fabriquer_facture(client_, "900.00", echeance=ECHEANCE)
    for montant, le in (("400.00", MARDI), ("200.00", MARDI + JOUR)):
        enregistrer_reglement(client_, Decimal(montant), le, aujourd_hui=LUNDI + 30 * JOUR)
    soldes = {
        au: [d.creance.solde for examen in decider(entreprise, au) for d in examen.decisions] for au in (LUNDI, MARDI)
    }
    assert soldes == {LUNDI: [Decimal("900.00")], MARDI: [Decimal("500.00")]}
    assert facture.pk


def test_an_invoice_counts_from_its_issue(entreprise, client_):
    facture = fabriquer_facture(client_, echeance=LUNDI + 30 * JOUR, date_emission=MARDI)
    assert lire(entreprise) == {}
    assert facture.numero in lire(entreprise, MARDI)


def test_an_invoice_imported_late_begins_with_the_reprise(entreprise, client_):
    facture = fabriquer_facture(client_, echeance=LUNDI - 60 * JOUR, connue_le=LUNDI)
    assert decision(facture)[:2] == ("relancer", "reprise")
    assert decision(facture, LUNDI - 20 * JOUR)[1] == "echeance_depassee"  # a past day: as if known from its issue


# Ladders


def scenario_vide(entreprise, nom="Sans échelon") -> Scenario:
    return Scenario.objects.create(entreprise=entreprise, nom=nom)


def test_the_ladder_is_that_of_the_invoice_else_the_client_else_the_kind(entreprise, facture):
    vide = scenario_vide(entreprise)
    Affectation.objects.create(entreprise=entreprise, scenario=vide, client=facture.client)
    assert decision(facture) == ("terminer", "aucun_echelon", None)
    genre = Affectation.objects.get(entreprise=entreprise, genre_client="professionnel").scenario
    Affectation.objects.create(entreprise=entreprise, scenario=genre, facture=facture)
    assert decision(facture)[0] == "relancer"


def test_a_kind_of_client_without_a_ladder_is_told_so(entreprise, client_):
    Affectation.objects.filter(genre_client="particulier").delete()
    particulier = fabriquer_client(entreprise, "Camille Essai", genre="particulier")
    assert decision(fabriquer_facture(particulier, echeance=ECHEANCE))[1] == "aucun_echelon"


def test_R1_a_new_cycle_starts_the_ladder_again(entreprise, facture):
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    partie(Relance.objects.get(), LUNDI)
    jour = LUNDI + 7 * JOUR
    assert _prochain(facture, jour) == "Première relance"
    Echeance.objects.filter(facture=facture).update(cycle=2, recommencee_le=jour)
    assert _prochain(facture, jour) == "Reprise du compte"


def _prochain(facture, au) -> str:
    (examen,) = decider(facture.entreprise, au)
    return examen.decisions[0].echelon.nom


def test_R1_an_act_that_is_known_not_to_have_left_frees_its_rung(entreprise, facture):
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    Relance.objects.update(statut="echec")
    LigneRelance.objects.update(est_active=False)
    assert decision(facture)[:2] == ("attendre", "autre_acte_cette_nuit")
    assert _prochain(facture, MARDI) == "Appel"


# Deciding again


@pytest.fixture
def acte(entreprise, facture):
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    return Relance.objects.get()


def test_R7_an_act_nothing_happened_to_holds(acte, facture):
    verification = verifier(acte, LUNDI + 5 * JOUR)  # a Saturday
    assert verification.est_conforme
    assert list(verification.dues.values()) == [facture.total]
    assert not verification.ecart


def test_R4_an_act_whose_invoice_was_paid_is_due_no_more(acte, facture):
    enregistrer_reglement(facture.client, facture.total, LUNDI, aujourd_hui=LUNDI)
    verification = verifier(acte, LUNDI)
    assert (dict(verification.dues), verification.motif.code) == ({}, "soldee")
    assert not verification.est_conforme


def test_R7_a_part_payment_shows_as_a_difference(acte, facture):
    enregistrer_reglement(facture.client, Decimal("200.00"), LUNDI, aujourd_hui=LUNDI)
    verification = verifier(acte, LUNDI)
    assert list(verification.dues.values()) == [Decimal("1000.00")]
    (ligne,) = verification.ecart["lignes"]
    assert (ligne["facture"], ligne["avant"], ligne["apres"]) == (facture.numero, "1200.00", "1000.00")
    assert (verification.ecart["total_avant"], verification.ecart["total_apres"]) == ("1200.00", "1000.00")


def test_R7_a_disputed_line_leaves_the_act_with_its_reason(entreprise, facture):
    autre = fabriquer_facture(facture.client, "300.00", echeance=ECHEANCE)
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    acte = Relance.objects.get()
    litige(autre)
    verification = verifier(acte, LUNDI)
    assert list(verification.dues.values()) == [facture.total]
    (ligne,) = verification.ecart["lignes"]
    assert (ligne["facture"], ligne["apres"], ligne["motif"]) == (autre.numero, None, "litige")


def test_R7_a_line_listed_for_information_that_was_paid_is_a_difference(entreprise, facture):
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    partie(Relance.objects.get(), LUNDI)
    seconde = fabriquer_facture(facture.client, "300.00", echeance=LUNDI + 4 * JOUR)
    planifier(entreprise, LUNDI + 8 * JOUR, instant=instant(LUNDI + 8 * JOUR))
    acte = Relance.objects.exclude(date_decision=LUNDI).get()
    informations = [ligne.numero for ligne in acte.lignes.filter(etape=None)]
    dues = [ligne.numero for ligne in acte.lignes.exclude(etape=None)]
    assert sorted(informations + dues) == sorted([facture.numero, seconde.numero])
    a_payer = {f.numero: f for f in (facture, seconde)}
    for numero in informations:
        visee = a_payer[numero]
        enregistrer_reglement(
            visee.client, visee.total, LUNDI + 8 * JOUR, repartition={visee: visee.total}, aujourd_hui=LUNDI + 8 * JOUR
        )
    verification = verifier(acte, LUNDI + 8 * JOUR)
    assert verification.dues
    assert verification.est_conforme is not bool(informations)


def test_R4_an_act_about_to_leave_is_held_by_a_contact_of_this_morning(acte, facture):
    passer(facture.client, "annonce", MARDI)
    assert verifier(acte, LUNDI).est_conforme
    verification = verifier(acte, LUNDI + 2 * JOUR)
    assert (dict(verification.dues), verification.motif.code) == ({}, "relance_recente")


def test_a_message_before_the_due_date_lapses_on_it(entreprise, client_):
    fabriquer_facture(client_, echeance=LUNDI + 4 * JOUR)
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    acte = Relance.objects.get()
    assert acte.avant_echeance
    assert verifier(acte, LUNDI + 3 * JOUR).dues
    assert not verifier(acte, LUNDI + 4 * JOUR).dues


# Size and faults


def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(entreprise):
    def peupler(clients: int, factures: int) -> None:
        for _rang in range(clients):
            client = fabriquer_client(entreprise)
            for _autre in range(factures):
                facture = fabriquer_facture(client, echeance=ECHEANCE)
            promesse(facture, facture=facture)
            litige(facture)

    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            lire(entreprise)
        return len(requetes)

    peupler(1, 1)
    avant = compter()
    peupler(5, 4)
    assert compter() == avant < 30


def test_a_client_whose_rows_make_no_sense_is_set_aside_and_the_others_are_decided(entreprise, facture):
    malade = fabriquer_facture(fabriquer_client(entreprise, "Atelier Malade"), echeance=ECHEANCE)
    Facture.objects.filter(pk=malade.pk).update(escompte_taux=Decimal("150.00"), escompte_jours=8)
    examens = {examen.client: examen for examen in decider(entreprise, LUNDI)}
    assert "between 0 and 100" in examens[malade.client_id].erreur
    assert examens[facture.client_id].actes


def test_R13_another_company_s_rows_are_never_read(entreprise, facture):
    ailleurs = entreprise_prete("ailleurs")
    fabriquer_facture(fabriquer_client(ailleurs), echeance=ECHEANCE)
    assert set(lire(entreprise)) == {facture.numero}
    assert all(d.creance.solde > ZERO for examen in decider(ailleurs, LUNDI) for d in examen.decisions)
    assert etape(entreprise, "Appel").entreprise_id == entreprise.pk
