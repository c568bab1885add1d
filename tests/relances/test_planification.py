"""The night: acts created once, whatever happens to the one who creates them."""

import io
import json
import threading
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clients.models import Contact
from encaissements.encaissement import enregistrer_reglement
from factures.models import Echeance, EvenementFacture, Facture
from journal.ecriture import verifier
from journal.models import ContenuEvenement, Evenement
from relances import planification
from relances.models import Etape, LigneRelance, Nuit, Reglages, Relance
from relances.planification import planifier
from suivi.litiges import ouvrir_litige
from suivi.models import Litige, Pause
from tests.fabriques import fabriquer_client, fabriquer_facture
from tests.relances.fabrique_nuit import LUNDI, entreprise_prete, etape, instant, partie

pytestmark = pytest.mark.django_db
JOUR = timedelta(days=1)
MARDI = LUNDI + JOUR
ECHEANCE = LUNDI - 3 * JOUR  # a Friday: the call is due on Monday


@pytest.fixture
def entreprise():
    return entreprise_prete()


def nuit(entreprise, au=LUNDI, **options):
    bilan = planifier(entreprise, au, instant=instant(au), **options)
    assert bilan.ecartes == []
    return bilan


def client_joignable(entreprise, nom="Hôtel Spécimen", **valeurs):
    client = fabriquer_client(entreprise, nom, **valeurs)
    Contact.objects.filter(client=client).update(telephone="01 99 00 00 00")
    return client


# What an act holds


def test_R5_one_act_per_client_and_currency_with_each_line_s_own_rung(entreprise):
    client = client_joignable(entreprise)
    ancienne = fabriquer_facture(client, "500.00", echeance=LUNDI - 9 * JOUR)
    planifier(entreprise, LUNDI - 7 * JOUR, instant=instant(LUNDI - 7 * JOUR))
    partie(Relance.objects.get(), LUNDI - 7 * JOUR)
    recente = fabriquer_facture(client, "300.00", echeance=ECHEANCE)
    dollars = fabriquer_facture(client, "200.00", echeance=ECHEANCE, devise="USD")
    a_echoir = fabriquer_facture(client, "50.00", echeance=LUNDI + 5 * JOUR)
    contestee = fabriquer_facture(client, "70.00", echeance=ECHEANCE)
    Litige.objects.create(entreprise=entreprise, client=client, facture=contestee, ouvert_le=ECHEANCE)
    nuit(entreprise)
    euros, autres = Relance.objects.filter(date_decision=LUNDI).order_by("devise")
    lignes = {ligne.numero: (ligne.etape.nom, ligne.solde) for ligne in euros.lignes.all()}
    assert lignes == {
        ancienne.numero: ("Première relance", Decimal("500.00")),
        recente.numero: ("Appel", Decimal("300.00")),
    }
    assert (euros.etape.nom, euros.canal, euros.total) == ("Première relance", "courriel", Decimal("800.00"))
    assert [(x.numero, x.montant) for x in autres.lignes.all()] == [(dollars.numero, Decimal("200.00"))]
    assert not {a_echoir.numero, contestee.numero} & {x.numero for x in LigneRelance.objects.all()}


def test_R5_the_other_overdue_invoices_are_listed_and_consume_nothing(entreprise):
    client = client_joignable(entreprise)
    fabriquer_facture(client, "500.00", echeance=LUNDI - 9 * JOUR)
    planifier(entreprise, LUNDI - 7 * JOUR, instant=instant(LUNDI - 7 * JOUR))
    partie(Relance.objects.get(), LUNDI - 7 * JOUR)
    fraiche = fabriquer_facture(client, "300.00", echeance=LUNDI - JOUR)  # overdue on Monday, its call on Tuesday
    Etape.objects.filter(nom="Appel").update(decalage=2)
    nuit(entreprise)
    ligne = LigneRelance.objects.get(numero=fraiche.numero)
    assert ligne.etape is None
    assert ligne.relance.total == Decimal("500.00")


def test_R5_a_formal_act_holds_only_lines_whose_own_rung_is_formal(entreprise):
    client = client_joignable(entreprise)
    vieille = fabriquer_facture(client, "500.00", echeance=LUNDI - 31 * JOUR)
    for rang, nom in enumerate(("Appel", "Première relance", "Deuxième relance")):
        _acter(vieille, etape(entreprise, nom), LUNDI - (25 - 5 * rang) * JOUR)
    recente = fabriquer_facture(client, "300.00", echeance=ECHEANCE)
    nuit(entreprise)
    acte = Relance.objects.get(date_decision=LUNDI)
    assert (acte.est_formelle, acte.canal, acte.statut, acte.motif_attente) == (
        True, "recommande", "a_valider", "approbation",
    )  # fmt: skip
    assert {ligne.numero: ligne.etape_id is not None for ligne in acte.lignes.all()} == {
        vieille.numero: True,
        recente.numero: False,
    }


def _acter(facture: Facture, echelon: Etape, le):
    """A rung acted on this day."""
    relance = Relance.objects.create(
        entreprise=facture.entreprise, client=facture.client, devise=facture.devise, etape=echelon, canal="courriel",
        statut="envoyee", date_decision=le, envoyee_le=instant(le), approuvee_le=instant(le),
    )  # fmt: skip
    for echeance in facture.echeances.all():
        LigneRelance.objects.create(
            entreprise=facture.entreprise, relance=relance, echeance=echeance, etape=echelon, cycle=echeance.cycle,
            numero=facture.numero, date_emission=facture.date_emission, date_echeance=echeance.date_echeance,
            montant=echeance.montant, solde=echeance.solde,
        )  # fmt: skip


def test_the_act_is_journaled_and_linked_to_its_invoices(entreprise):
    facture = fabriquer_facture(client_joignable(entreprise), echeance=ECHEANCE)
    nuit(entreprise)
    evenement = Evenement.objects.get(genre="relance_preparee")
    assert (evenement.auteur_nom, evenement.instant) == ("systeme", instant(LUNDI))
    faits = ContenuEvenement.objects.get(evenement=evenement).faits
    assert faits["factures"] == [facture.numero]
    assert faits["total"] == "1200.00"
    assert EvenementFacture.objects.get().facture == facture
    facture.client.refresh_from_db()
    assert verifier(facture.client) == []
    assert Relance.objects.get().journal_rang_vu == facture.client.journal_rang


# Why it waits

COURRIEL = "100.00"  # too small for a call


@pytest.mark.parametrize(
    ("reglages", "montant", "joignable", "attendu"),
    [
        ({}, COURRIEL, True, ("courriel", "a_envoyer", "")),
        ({"envoi_automatique": False}, COURRIEL, True, ("courriel", "a_valider", "envoi_manuel")),
        ({"approbation_jusqu_au": LUNDI}, COURRIEL, True, ("courriel", "a_valider", "debut")),
        ({"approbation_jusqu_au": LUNDI - JOUR}, COURRIEL, True, ("courriel", "a_envoyer", "")),
        ({"plafond_approbation": Decimal("99.99")}, COURRIEL, True, ("courriel", "a_valider", "plafond")),
        ({"plafond_approbation": Decimal("100.00")}, COURRIEL, True, ("courriel", "a_envoyer", "")),
        ({"fraicheur_reglements": 0}, COURRIEL, True, ("courriel", "a_valider", "reglements_perimes")),
        ({}, COURRIEL, False, ("courriel", "a_valider", "contact_manquant")),
        ({"envoi_automatique": False}, "1200.00", True, ("appel", "a_envoyer", "")),
        ({"approbation_jusqu_au": LUNDI}, "1200.00", True, ("appel", "a_envoyer", "")),
        ({"fraicheur_reglements": 0}, "1200.00", True, ("appel", "a_valider", "reglements_perimes")),
        ({}, "1200.00", False, ("appel", "a_valider", "contact_manquant")),
    ],
)
def test_an_act_says_why_it_waits_for_a_person(reglages, montant, joignable, attendu):
    entreprise = entreprise_prete(**reglages)
    client = client_joignable(entreprise) if joignable else fabriquer_client(entreprise, courriel="")
    fabriquer_facture(client, montant, echeance=ECHEANCE)
    nuit(entreprise)
    acte = Relance.objects.get()
    assert (acte.canal, acte.statut, acte.motif_attente) == attendu


def test_R7_a_rung_that_asks_for_approval_waits_even_when_all_else_is_open(entreprise):
    Etape.objects.filter(nom="Appel").update(demande_approbation=True, canal="courriel")
    fabriquer_facture(client_joignable(entreprise), echeance=ECHEANCE)
    nuit(entreprise)
    assert Relance.objects.get().motif_attente == "approbation"


# Once, and only once


def test_R1_the_same_night_twice_creates_nothing_twice(entreprise):
    fabriquer_facture(client_joignable(entreprise), echeance=ECHEANCE)
    assert len(nuit(entreprise).relances) == 1
    assert nuit(entreprise).relances == []
    assert nuit(entreprise, tous=True).relances == []
    assert nuit(entreprise, MARDI).relances == []
    assert Nuit.objects.get(date_nuit=LUNDI).actes == 1


def test_R1_the_database_refuses_a_rung_acted_twice_in_a_cycle(entreprise):
    facture = fabriquer_facture(client_joignable(entreprise), echeance=ECHEANCE)
    appel = etape(entreprise, "Appel")
    _acter(facture, appel, LUNDI - JOUR)
    with pytest.raises(IntegrityError, match=r"ligne_un_echelon_une_fois_par_cycle|echeance_id"), transaction.atomic():
        _acter(facture, appel, LUNDI)


def test_R5_a_client_with_an_open_act_gets_no_other(entreprise):
    client = client_joignable(entreprise)
    fabriquer_facture(client, echeance=ECHEANCE)
    nuit(entreprise)
    Relance.objects.update(statut="a_valider", motif_attente="retenue")
    fabriquer_facture(client, echeance=LUNDI)
    for jours in range(1, 30):
        assert nuit(entreprise, LUNDI + jours * JOUR).relances == []


def test_R3_after_a_long_outage_there_is_one_act_then_the_interval(entreprise):
    facture = fabriquer_facture(client_joignable(entreprise), echeance=LUNDI - 80 * JOUR)
    partis = {}
    for jours in range(40):
        for pk in nuit(entreprise, LUNDI + jours * JOUR).relances:
            acte = partie(Relance.objects.get(pk=pk), LUNDI + jours * JOUR)
            partis[acte.etape.nom] = jours
    assert list(partis) == ["Appel", "Première relance", "Deuxième relance", "Mise en demeure"]
    jours = list(partis.values())
    assert jours[0] == 0
    assert all(suivant - precedent >= 5 for precedent, suivant in pairwise(jours))
    assert facture.echeances.get().lignes_relance.count() == 4


def test_R2_a_company_awake_every_night_acts_every_rung_once_and_in_order(entreprise):
    fabriquer_facture(client_joignable(entreprise), echeance=LUNDI + 21 * JOUR)
    partis = []
    for jours in range(200):
        for pk in nuit(entreprise, LUNDI + jours * JOUR).relances:
            acte = partie(Relance.objects.get(pk=pk), LUNDI + jours * JOUR)
            partis.append((acte.etape.nom, jours - 21))
    assert partis == [
        ("Avant l’échéance", -7),
        ("Appel", 1),
        ("Première relance", 7),
        ("Deuxième relance", 15),
        ("Mise en demeure", 30),
    ]


def test_two_currencies_leave_the_same_night_and_each_keeps_its_interval(entreprise):
    client = client_joignable(entreprise)
    for devise in ("EUR", "USD"):
        fabriquer_facture(client, echeance=ECHEANCE, devise=devise)
    for pk in nuit(entreprise).relances:
        partie(Relance.objects.get(pk=pk), LUNDI)
    assert Relance.objects.count() == 2
    assert nuit(entreprise, LUNDI + 4 * JOUR).relances == []
    assert len(nuit(entreprise, LUNDI + 7 * JOUR).relances) == 2


def test_nothing_is_decided_on_a_day_off(entreprise):
    fabriquer_facture(client_joignable(entreprise), echeance=ECHEANCE)
    assert nuit(entreprise, LUNDI - JOUR).relances == []
    assert Echeance.objects.get().a_examiner_le == LUNDI


# When to look again


def test_the_night_reads_only_those_whose_time_has_come(entreprise):
    facture = fabriquer_facture(client_joignable(entreprise), echeance=LUNDI + 30 * JOUR)
    nuit(entreprise)
    assert Echeance.objects.get().a_examiner_le == LUNDI + 23 * JOUR
    assert nuit(entreprise, MARDI).examinees == 0
    Pause.objects.create(entreprise=entreprise, client=facture.client, du=LUNDI, au=LUNDI + 25 * JOUR)
    assert nuit(entreprise, LUNDI + 23 * JOUR).examinees == 1
    assert Echeance.objects.get().a_examiner_le == LUNDI + 26 * JOUR


def test_a_settled_or_cancelled_invoice_is_looked_at_no_more(entreprise):
    client = client_joignable(entreprise)
    for _rang in range(2):
        fabriquer_facture(client, echeance=ECHEANCE)
    reglee, annulee = Facture.objects.order_by("pk")
    enregistrer_reglement(client, reglee.total, LUNDI, repartition={reglee: reglee.total}, aujourd_hui=LUNDI)
    Facture.objects.filter(pk=annulee.pk).update(annulee_le=LUNDI)
    Echeance.objects.update(a_examiner_le=LUNDI)
    nuit(entreprise)
    assert set(Echeance.objects.values_list("a_examiner_le", flat=True)) == {None}
    assert not Relance.objects.exists()


def test_an_invoice_not_issued_yet_waits_for_its_issue(entreprise):
    facture = fabriquer_facture(client_joignable(entreprise), echeance=LUNDI + 40 * JOUR, date_emission=MARDI)
    facture.echeances.update(a_examiner_le=LUNDI)
    nuit(entreprise)
    assert facture.echeances.get().a_examiner_le == MARDI


def test_waiting_for_its_time_never_misses_what_looking_at_everything_finds(entreprise):
    """The same history twice: candidates only, and everybody every night."""
    temoin = entreprise_prete("temoin")
    for societe in (entreprise, temoin):
        for rang in range(4):
            client = client_joignable(societe, f"Client {rang}", genre=("professionnel", "particulier")[rang % 2])
            for numero in range(3):
                fabriquer_facture(
                    client,
                    f"{60 * rang + 90}.00",
                    echeance=LUNDI + (7 * rang + 11 * numero) * JOUR,
                    numero=f"F{rang}{numero}",
                    devise=("EUR", "USD")[numero == 2],
                )
        contestee = Facture.objects.get(entreprise=societe, numero="F10")
        Litige.objects.create(
            entreprise=societe, client=contestee.client, facture=contestee, ouvert_le=LUNDI + 9 * JOUR,
            clos_le=LUNDI + 33 * JOUR,
        )  # fmt: skip
    for jours in range(90):
        au = LUNDI + jours * JOUR
        for societe, tous in ((entreprise, False), (temoin, True)):
            for pk in planifier(societe, au, instant=instant(au), tous=tous).relances:
                partie(Relance.objects.get(pk=pk), au)
    champs = ("date_decision", "etape__nom", "devise", "client__nom", "total")
    actes = {s: list(Relance.objects.de(s).order_by(*champs).values_list(*champs)) for s in (entreprise, temoin)}
    assert actes[entreprise] == actes[temoin]
    assert len(actes[temoin]) > 20


# Faults


def test_a_poisoned_client_is_set_aside_with_its_reason_and_stops_nobody(entreprise):
    malade = fabriquer_facture(client_joignable(entreprise, "Atelier Malade"), echeance=ECHEANCE)
    saine = fabriquer_facture(client_joignable(entreprise), echeance=ECHEANCE)
    Facture.objects.filter(pk=malade.pk).update(escompte_taux=Decimal("150.00"), escompte_jours=8)
    bilan = planifier(entreprise, LUNDI, instant=instant(LUNDI))
    (ecarte,) = Nuit.objects.get().ecartes
    assert bilan.ecartes == [ecarte]
    assert ecarte["client"] == malade.client_id
    assert "ValueError" in ecarte["raison"]
    assert Relance.objects.get().client == saine.client
    assert malade.echeances.get().a_examiner_le <= LUNDI  # looked at again tomorrow
    Facture.objects.filter(pk=malade.pk).update(escompte_taux=None)
    assert len(nuit(entreprise, MARDI).relances) == 1


def test_an_act_that_can_t_be_written_leaves_nothing_behind_and_stops_nobody(entreprise, monkeypatch):
    premiere = fabriquer_facture(client_joignable(entreprise, "Atelier Malade"), echeance=ECHEANCE)
    seconde = fabriquer_facture(client_joignable(entreprise), echeance=ECHEANCE)
    noter = planification.noter

    def casser(client, *args, **kwargs):
        if client.pk == premiere.client_id:
            raise IntegrityError("relance_une_par_nuit")
        return noter(client, *args, **kwargs)

    monkeypatch.setattr(planification, "noter", casser)
    bilan = planifier(entreprise, LUNDI, instant=instant(LUNDI))
    assert [e["client"] for e in bilan.ecartes] == [premiere.client_id]
    assert Relance.objects.get().client == seconde.client
    assert premiere.echeances.get().a_examiner_le <= LUNDI


def test_a_night_cut_short_goes_on_from_where_it_was(entreprise, monkeypatch):
    monkeypatch.setattr(planification, "CLIENTS_PAR_LOT", 1)
    clients = [client_joignable(entreprise, f"Client {rang}") for rang in range(3)]
    for client in clients:
        fabriquer_facture(client, echeance=ECHEANCE)
    Facture.objects.filter(client=clients[0]).update(escompte_taux=Decimal("150.00"), escompte_jours=8)
    avancer = planification._avancer

    def mourir(nuit, curseur, *args):
        avancer(nuit, curseur, *args)
        raise KeyboardInterrupt

    monkeypatch.setattr(planification, "_avancer", mourir)
    with pytest.raises(KeyboardInterrupt):
        planifier(entreprise, LUNDI, instant=instant(LUNDI))
    coupee = Nuit.objects.get()
    assert (coupee.statut, coupee.curseur, coupee.actes) == ("en_cours", clients[0].pk, 0)
    assert [e["client"] for e in coupee.ecartes] == [clients[0].pk]
    assert coupee.battement
    monkeypatch.setattr(planification, "_avancer", avancer)
    assert len(planifier(entreprise, LUNDI, instant=instant(LUNDI)).relances) == 2
    reprise = Nuit.objects.get()
    assert (reprise.statut, reprise.actes, reprise.examinees) == ("terminee", 2, 2)
    assert reprise.ecartes == coupee.ecartes


@pytest.mark.django_db(transaction=True)
def test_two_nights_at_once_create_nothing_twice():
    entreprise = entreprise_prete()
    for rang in range(6):
        client = client_joignable(entreprise, f"Client {rang}")
        for devise in ("EUR", "USD"):
            fabriquer_facture(client, echeance=ECHEANCE, devise=devise)
    depart, bilans, erreurs = threading.Barrier(3), [], []

    def planifier_une() -> None:
        try:
            depart.wait(timeout=20)
            bilans.append(planifier(entreprise, LUNDI, instant=instant(LUNDI)))
        except Exception as erreur:
            erreurs.append(erreur)
        finally:
            connection.close()

    fils = [threading.Thread(target=planifier_une) for _rang in range(3)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert not erreurs
    assert [bilan.ecartes for bilan in bilans] == [[], [], []]
    assert sum(len(bilan.relances) for bilan in bilans) == Relance.objects.count() == 12
    assert LigneRelance.objects.count() == 12


@pytest.mark.parametrize("fait", ["litige", "ne_pas_relancer"])
def test_R4_what_happens_between_the_chunk_and_its_clients_is_seen_under_the_lock(entreprise, monkeypatch, fait):
    facture = fabriquer_facture(client_joignable(entreprise), echeance=ECHEANCE)
    joindre = planification.canaux_joignables

    def surprendre(clients):
        if fait == "litige" and not Litige.objects.exists():
            ouvrir_litige(facture, LUNDI, "carreaux", aujourd_hui=LUNDI)
        elif fait == "ne_pas_relancer":
            facture.client.ne_pas_relancer = True
            facture.client.save(update_fields=["ne_pas_relancer"])
        return joindre(clients)

    monkeypatch.setattr(planification, "canaux_joignables", surprendre)
    assert nuit(entreprise).relances == []
    assert facture.echeances.get().a_examiner_le is None


# Calls that nobody made


def test_R2_a_call_nobody_made_is_closed_after_three_working_days_and_counts_as_acted(entreprise):
    facture = fabriquer_facture(client_joignable(entreprise), echeance=ECHEANCE)
    nuit(entreprise)
    for jours in (1, 2):
        nuit(entreprise, LUNDI + jours * JOUR)
        assert Relance.objects.get().statut == "a_envoyer"
    jeudi = LUNDI + 3 * JOUR
    nuit(entreprise, jeudi)
    appel = Relance.objects.get()
    assert (appel.statut, appel.closes_non_fait_le, appel.lignes.get().est_active) == ("echec", jeudi, True)
    assert ContenuEvenement.objects.get(evenement__genre="appel").faits["resultat"] == "non_fait"
    assert facture.echeances.get().a_examiner_le == LUNDI + 4 * JOUR  # J+7: nobody was reached, no interval
    nuit(entreprise, LUNDI + 4 * JOUR)
    assert list(Relance.objects.order_by("pk").values_list("etape__nom", flat=True)) == ["Appel", "Première relance"]


def test_R2_the_rung_after_a_call_nobody_made_leaves_the_night_it_is_closed(entreprise):
    fabriquer_facture(client_joignable(entreprise), echeance=LUNDI - 20 * JOUR)
    for jours in range(4):
        nuit(entreprise, LUNDI + jours * JOUR)
    actes = Relance.objects.order_by("pk").values_list("etape__nom", "date_decision")
    assert list(actes) == [("Appel", LUNDI), ("Première relance", LUNDI + 3 * JOUR)]


def test_R2_a_call_approved_later_counts_from_its_approval(entreprise):
    fabriquer_facture(client_joignable(entreprise), echeance=ECHEANCE)
    nuit(entreprise)
    Relance.objects.update(approuvee_le=instant(LUNDI + 2 * JOUR))
    nuit(entreprise, LUNDI + 4 * JOUR)
    assert Relance.objects.get().statut == "a_envoyer"
    nuit(entreprise, LUNDI + 7 * JOUR)
    assert Relance.objects.order_by("pk").first().statut == "echec"


# Size


def test_queries_grow_with_chunks_and_acts_not_with_open_invoices(entreprise):
    def ajouter(entreprise, factures: int) -> None:
        client = client_joignable(entreprise)
        fabriquer_facture(client, echeance=ECHEANCE)
        for _rang in range(factures):
            facture = fabriquer_facture(client, echeance=LUNDI + 60 * JOUR)
            facture.echeances.update(a_examiner_le=LUNDI + 53 * JOUR)
        for _rang in range(factures):  # a client that the night has no reason to read
            facture = fabriquer_facture(fabriquer_client(entreprise), echeance=LUNDI + 60 * JOUR)
            facture.echeances.update(a_examiner_le=LUNDI + 53 * JOUR)

    def compter(entreprise) -> int:
        with CaptureQueriesContext(connection) as requetes:
            assert len(nuit(entreprise).relances) == 1
        return len(requetes)

    grande = entreprise_prete("grande")
    ajouter(entreprise, 1)
    ajouter(grande, 12)
    assert compter(grande) == compter(entreprise)


def test_the_settings_may_be_missing(entreprise):
    Reglages.objects.all().delete()
    fabriquer_facture(client_joignable(entreprise), COURRIEL, echeance=ECHEANCE)
    nuit(entreprise)
    assert Relance.objects.get().motif_attente == "envoi_manuel"


def test_R2_a_message_before_the_due_date_that_waited_too_long_lapses_and_the_ladder_goes_on(entreprise):
    """Without an address it waits for a person; on the due date it is void, and must not hold back what follows."""
    fabriquer_facture(fabriquer_client(entreprise, courriel=""), echeance=LUNDI + 7 * JOUR)
    nuit(entreprise, LUNDI)
    attente = Relance.objects.get()
    assert (attente.statut, attente.motif_attente) == ("a_valider", "contact_manquant")
    nuit(entreprise, LUNDI + 8 * JOUR)
    attente.refresh_from_db()
    assert attente.statut == "annulee"
    assert Relance.objects.exclude(pk=attente.pk).get().etape.nom == "Appel"


def test_R18_a_dry_run_foresees_that_a_waiting_act_became_void(entreprise):
    fabriquer_facture(fabriquer_client(entreprise, courriel=""), echeance=LUNDI + 7 * JOUR)
    nuit(entreprise, LUNDI)
    au = (LUNDI + 8 * JOUR).isoformat()
    simulee = json.loads(lancer_relancer("--au", au, "--simulation"))
    assert Relance.objects.get().statut == "a_valider"
    reelle = json.loads(lancer_relancer("--au", au))
    assert simulee["decisions"] == reelle["decisions"]
    assert [r["etape"] for r in simulee["relances"]] == [r["etape"] for r in reelle["relances"]] == ["Appel"]


def lancer_relancer(*arguments):
    sortie = io.StringIO()
    call_command("relancer", "--json", *arguments, stdout=sortie)
    return sortie.getvalue()


def test_R2_a_call_that_nobody_can_make_does_not_stop_the_ladder(entreprise):
    """No phone number: the call waits for one three working days, then what can be written goes on."""
    fabriquer_facture(fabriquer_client(entreprise), echeance=ECHEANCE)
    nuit(entreprise, LUNDI)
    appel = Relance.objects.get()
    assert (appel.canal, appel.statut, appel.motif_attente) == ("appel", "a_valider", "contact_manquant")
    nuit(entreprise, LUNDI + 2 * JOUR)
    appel.refresh_from_db()
    assert appel.statut == "a_valider"
    nuit(entreprise, LUNDI + 3 * JOUR)
    appel.refresh_from_db()
    assert (appel.statut, appel.erreur) == ("echec", "non fait")
    nuit(entreprise, ECHEANCE + 7 * JOUR)
    assert Relance.objects.exclude(pk=appel.pk).get().etape.nom == "Première relance"
