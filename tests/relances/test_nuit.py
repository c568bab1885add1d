"""The tick: each step at the company's own hour, once, whatever fails or sleeps (R3, R5, R8, R14)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connections

from entreprises.models import Entreprise
from journal.ecriture import verifier
from recouvrement import battement as trace
from relances import nuit, planification, tasks
from relances.echelles import installer
from relances.models import Nuit, Reglages, Relance
from relances.nuit import battre
from suivi.litiges import ouvrir_litige
from tests import fabriques
from tests.processus import Lanceur, attendre
from tests.relances import actes, pieges, scene
from tests.relances.actes import AU, INSTANT

S = Relance.Statut
UN_JOUR = timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def entreprise(db):
    return actes.entreprise_prete(fraicheur_reglements=3000)


@pytest.fixture
def gerant(entreprise):
    return fabriques.fabriquer_membre(entreprise)


def a(heure: str, jour: date = AU, fuseau: ZoneInfo = PARIS) -> datetime:
    """This hour of the day, in Paris unless told otherwise."""
    return datetime.combine(jour, time.fromisoformat(heure), tzinfo=fuseau)


def etat() -> tuple[int, int, int]:
    """Nights over, digests, reminders; the weekly summaries are left out."""
    messages = [message for message in mail.outbox if "la semaine du" not in message.subject]
    avis = [message for message in messages if "partent" in message.subject or "part ce" in message.subject]
    nuits = Nuit.objects.filter(statut="terminee").count()
    return nuits, len(avis), len(messages) - len(avis)


# Hours


def test_R14_each_step_waits_for_its_hour(entreprise, gerant):
    scene.acte(entreprise, "Transports Modèle")
    attendus = [
        ("00:05", (0, 0, 0)),
        ("03:59", (0, 0, 0)),
        ("04:00", (1, 0, 0)),
        ("07:29", (1, 0, 0)),
        ("07:30", (1, 1, 0)),
        ("09:29", (1, 1, 0)),
        ("09:30", (1, 1, 1)),
        ("09:35", (1, 1, 1)),
        ("23:55", (1, 1, 1)),
    ]
    for heure, attendu in attendus:
        battre(entreprise, a(heure).astimezone(UTC))
        assert (heure, etat()) == (heure, attendu)


def test_R14_the_hours_are_those_of_the_settings(entreprise, gerant):
    Reglages.objects.update(heure_planification=time(1), heure_avis=time(2), heure_envoi=time(15))
    scene.acte(entreprise, "Transports Modèle")
    attendus = [("01:00", (1, 0, 0)), ("02:00", (1, 1, 0)), ("14:59", (1, 1, 0)), ("15:00", (1, 1, 1))]
    for heure, attendu in attendus:
        battre(entreprise, a(heure))
        assert etat() == attendu


def quebecoise() -> Entreprise:
    creancier = fabriques.fabriquer_entreprise("quebec", pays="CA", region="QC", devise="CAD", fuseau="America/Toronto")
    installer(creancier)
    Reglages.objects.filter(entreprise=creancier).update(
        envoi_automatique=True, approbation_jusqu_au=None, fraicheur_reglements=3000
    )
    return creancier


def test_R14_at_one_instant_each_company_is_at_its_own_hour_and_day(entreprise):
    creancier = quebecoise()
    ici = scene.acte(entreprise, "Transports Modèle")
    la_bas = scene.acte(creancier, "Dépanneur Exemple")

    def battre_les_deux(instant):
        for chacune in (entreprise, creancier):
            battre(chacune, instant)
        statuts = {pk: statut for pk, statut in Relance.objects.values_list("pk", "statut")}
        nuits = dict(Nuit.objects.values_list("entreprise__slug", "date_nuit"))
        return nuits, statuts[ici.pk], statuts[la_bas.pk]

    # 04:30 on the 8th in Paris is 22:30 on the 7th in Montréal, whose night of the 7th was never planned.
    veille = {"essai": AU, "quebec": AU - UN_JOUR}
    assert battre_les_deux(datetime(2026, 7, 8, 2, 30, tzinfo=UTC)) == (veille, S.A_ENVOYER, S.ENVOYEE)
    Relance.objects.filter(pk=la_bas.pk).update(statut="a_envoyer", envoyee_le=None)
    # 10:00 there, 04:00 here: one sends, the other plans.
    assert battre_les_deux(datetime(2026, 7, 8, 8, 0, tzinfo=UTC))[1:] == (S.ENVOYEE, S.A_ENVOYER)
    assert Nuit.objects.filter(entreprise=creancier, date_nuit=AU, statut="terminee").exists()
    assert battre_les_deux(datetime(2026, 7, 8, 13, 29, tzinfo=UTC))[2] == S.A_ENVOYER
    assert battre_les_deux(datetime(2026, 7, 8, 13, 30, tzinfo=UTC))[2] == S.ENVOYEE


def test_R14_on_a_holiday_the_night_is_planned_and_nothing_leaves(entreprise, gerant):
    scene.acte(entreprise, "Transports Modèle")
    battre(entreprise, a("11:00", date(2026, 7, 14)))
    assert etat() == (1, 0, 0)
    battre(entreprise, a("11:00", date(2026, 7, 15)))
    assert etat() == (2, 1, 0)
    battre(entreprise, a("11:30", date(2026, 7, 15)))
    assert etat() == (2, 1, 1)


def test_a_tick_that_comes_after_the_sending_hour_still_leaves_time_to_hold(entreprise, gerant):
    """Asleep until eleven: the digest leaves, then half an hour passes before anything else does."""
    acte = scene.acte(entreprise, "Transports Modèle")
    for heure, attendu in (("11:00", (1, 1, 0)), ("11:29", (1, 1, 0)), ("11:30", (1, 1, 1))):
        battre(entreprise, a(heure))
        assert (heure, etat()) == (heure, attendu)
    acte.refresh_from_db()
    assert acte.statut == S.ENVOYEE


def test_a_company_whose_digest_nobody_gets_is_not_held_up(entreprise):
    scene.acte(entreprise, "Transports Modèle")
    battre(entreprise, a("11:00"))
    assert etat() == (1, 0, 1)


def test_nothing_is_done_for_a_company_that_is_closed(entreprise, gerant):
    scene.acte(entreprise, "Transports Modèle")
    entreprise.cloturee_le = INSTANT
    entreprise.save()
    battre(entreprise, a("11:00"))
    assert etat() == (0, 0, 0)
    assert tasks.battement() is None
    assert etat() == (0, 0, 0)


# Late, twice, at once


def echue_le_30(entreprise: Entreprise) -> Relance:
    """A consumer's invoice due on Tuesday 30 June 2026: reminders at J+3, J+13 and J+25, ten days apart."""
    client = scene.client(entreprise, "Camille Exemple", genre="particulier")
    return fabriques.fabriquer_facture(client, echeance=date(2026, 6, 30), date_emission=date(2026, 6, 1))


def noms() -> list[tuple[str, date]]:
    parties = Relance.objects.filter(statut=S.ENVOYEE).order_by("envoyee_le")
    return [(acte.etape.nom, acte.envoyee_le.astimezone(PARIS).date()) for acte in parties.select_related("etape")]


def test_R3_a_machine_asleep_for_days_catches_up_with_one_act_then_keeps_the_interval(entreprise):
    echue_le_30(entreprise)
    jours = [date(2026, 7, 3), *(date(2026, 7, 27) + n * UN_JOUR for n in range(12))]
    for jour in jours:
        for heure in ("11:00", "11:05"):
            battre(entreprise, a(heure, jour))
    assert noms() == [
        ("Première relance", date(2026, 7, 3)),
        ("Deuxième relance", date(2026, 7, 27)),
        ("Troisième relance", date(2026, 8, 6)),
    ]
    assert len(mail.outbox) == 3


def test_R3_asleep_for_ten_days_over_a_rung_and_awake_late_in_the_day_it_sends_one_act_at_once(entreprise):
    echue_le_30(entreprise)
    battre(entreprise, a("11:00", date(2026, 7, 3)))
    battre(entreprise, a("16:40", date(2026, 7, 13)))
    battre(entreprise, a("16:45", date(2026, 7, 13)))
    assert [nom for nom, _jour in noms()] == ["Première relance", "Deuxième relance"]
    assert Nuit.objects.count() == 2


def test_R8_asleep_between_the_claim_and_the_answer_it_shows_a_doubt_and_sends_nothing(entreprise):
    acte = scene.acte(
        entreprise, "Traiteur", statut="en_cours", prise_le=INSTANT, remise_le=INSTANT, jeton_envoi="a" * 32
    )
    battre(entreprise, a("11:00", AU + 10 * UN_JOUR))
    battre(entreprise, a("11:00", AU + 12 * UN_JOUR))
    acte.refresh_from_db()
    assert (acte.statut, mail.outbox) == (S.A_VERIFIER, [])


def test_R5_the_same_tick_twice_does_nothing_twice(entreprise, gerant):
    echue_le_30(entreprise)
    bilans = [battre(entreprise, a(heure, date(2026, 7, 3))) for heure in ("11:00", "11:00", "11:30", "11:30")]
    assert [len(bilan.envoyees) for bilan in bilans] == [0, 0, 1, 0]
    assert etat() == (1, 1, 1)


def test_what_was_recorded_in_the_morning_is_seen_before_the_sending(entreprise):
    """Planned at four, disputed at eight: it must not leave at half past nine."""
    facture = echue_le_30(entreprise)
    battre(entreprise, a("04:00", date(2026, 7, 3)))
    ouvrir_litige(facture, date(2026, 7, 3), "Manque une étagère")
    battre(entreprise, a("08:00", date(2026, 7, 3)))
    assert Relance.objects.get().statut == S.ANNULEE
    battre(entreprise, a("11:00", date(2026, 7, 3)))
    assert mail.outbox == []


def test_a_night_cut_short_is_resumed_by_the_next_tick(entreprise, monkeypatch):
    echue_le_30(entreprise)

    class Mort(BaseException):
        pass

    def mourir(*args, **kwargs):
        raise Mort

    with monkeypatch.context() as patch:
        patch.setattr(planification, "_planifier_lot", mourir)
        with pytest.raises(Mort):
            battre(entreprise, a("04:00", date(2026, 7, 3)))
    assert Nuit.objects.get().statut == "en_cours"
    battre(entreprise, a("04:05", date(2026, 7, 3)))
    assert (Nuit.objects.get().statut, Relance.objects.count()) == ("terminee", 1)


@pytest.mark.django_db(transaction=True)
def test_R5_R8_two_ticks_at_once_plan_once_tell_once_and_send_once(settings):
    entreprise = actes.entreprise_prete(fraicheur_reglements=3000)
    fabriques.fabriquer_membre(entreprise)
    for n in range(5):
        client = scene.client(entreprise, f"Client {n}", genre="particulier")
        fabriques.fabriquer_facture(client, echeance=date(2026, 6, 30), date_emission=date(2026, 6, 1))

    def travailler(heure):
        try:
            return battre(entreprise, a(heure, date(2026, 7, 3))).envoyees
        finally:
            connections.close_all()

    with pieges.serveur(pieges.Boite(), settings) as boite, ThreadPoolExecutor(2) as ouvriers:
        assert list(ouvriers.map(travailler, ["11:00", "11:00"])) == [[], []]  # time to hold
        listes = list(ouvriers.map(travailler, ["11:30", "11:30"]))
    envoyees = listes[0] + listes[1]
    assert len(envoyees) == len(set(envoyees)) == 5
    assert Relance.objects.count() == Relance.objects.filter(statut=S.ENVOYEE).count() == 5
    assert len(boite.messages) == 6  # and the digest
    assert Nuit.objects.get().statut == "terminee"
    for acte in Relance.objects.select_related("client"):
        assert verifier(acte.client) == []


# What fails


class Boudeur(EmailBackend):
    """Takes reminders, refuses digests."""

    def send_messages(self, messages):
        if any("ce matin" in message.subject for message in messages):
            raise ConnectionRefusedError("no digest today")
        return super().send_messages(messages)


def test_a_digest_that_fails_is_said_and_does_not_hold_up_the_sending(entreprise, gerant, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Boudeur"
    acte = scene.acte(entreprise, "Transports Modèle")
    with pytest.raises(ExceptionGroup) as dit:
        battre(entreprise, a("09:30"))
    assert [type(erreur) for erreur in dit.value.exceptions] == [ConnectionRefusedError]
    assert dit.value.exceptions[0].__notes__ == ["essai: envoyer_avis"]
    acte.refresh_from_db()
    assert acte.statut == S.ENVOYEE
    assert len(mail.outbox) == 1


def test_a_digest_that_failed_is_tried_again_at_the_next_tick(entreprise, gerant, settings):
    scene.acte(entreprise, "Transports Modèle")
    settings.EMAIL_BACKEND = f"{__name__}.Boudeur"
    for heure in ("07:30", "07:35"):
        with pytest.raises(ExceptionGroup):
            battre(entreprise, a(heure))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    battre(entreprise, a("07:40"))
    battre(entreprise, a("07:45"))
    assert etat() == (1, 1, 0)


PAS = ["signaler", "reviser_ouvertes", "planifier", "envoyer_avis", "envoyer_resume", "envoyer"]


@pytest.mark.parametrize("pas", PAS)
def test_a_step_that_fails_does_not_hold_up_the_others_and_is_said(entreprise, monkeypatch, pas):
    faits = []

    def suivre(nom):
        def faire(*args, **kwargs):
            faits.append(nom)
            if nom == pas:
                raise ZeroDivisionError

        faire.__name__ = nom
        return faire

    for nom in PAS:
        monkeypatch.setattr(nuit, nom, suivre(nom))
    with pytest.raises(ExceptionGroup, match="tick of essai") as dit:
        battre(entreprise, a("09:30"))
    assert faits == PAS
    assert dit.value.exceptions[0].__notes__ == [f"essai: {pas}"]


# Tasks


@pytest.fixture
def trois(db, monkeypatch):
    """Three companies with an act each; the second one is poisoned."""
    creanciers = [actes.entreprise_prete(slug, fraicheur_reglements=3000) for slug in ("un", "deux", "trois")]
    for creancier in creanciers:
        scene.acte(creancier, f"Client de {creancier.slug}")
    Entreprise.objects.filter(slug="deux").update(fuseau="Mars/Olympus")
    return creanciers


def test_a_tick_passes_by_every_company_and_one_that_fails_stops_no_other(trois, caplog):
    fabriques.fabriquer_entreprise("sans-echelle")
    with time_machine.travel(INSTANT, tick=False):
        tasks.battement.delay()
    statuts = dict(Relance.objects.filter(date_decision=AU).values_list("entreprise__slug", "statut"))
    assert statuts == {"un": S.ENVOYEE, "deux": S.A_ENVOYER, "trois": S.ENVOYEE}
    assert "Mars/Olympus" in caplog.text  # and it is said
    assert trace.fichier().exists()


def test_a_tick_asks_for_one_task_per_company_with_a_ladder(trois, monkeypatch):
    fabriques.fabriquer_entreprise("sans-echelle")
    demandees = []
    monkeypatch.setattr(tasks.passer, "delay", demandees.append)
    tasks.battement()
    assert sorted(demandees) == sorted(creancier.pk for creancier in trois)


def test_the_task_of_a_company_ticks_at_the_present_instant(trois, monkeypatch):
    vus = []
    monkeypatch.setattr(tasks, "battre", lambda entreprise, instant: vus.append((entreprise, instant)))
    with time_machine.travel(INSTANT, tick=False):
        tasks.passer(trois[0].pk)
    assert vus == [(trois[0], INSTANT)]


PREPARER = """
from entreprises.models import Entreprise
from relances.echelles import installer
from relances.models import Reglages
for slug, fuseau in (("empoisonnee", "Mars/Olympus"), ("saine", "Europe/Paris")):
    entreprise = Entreprise.objects.create(slug=slug, nom=slug, fuseau="Europe/Paris")
    installer(entreprise)
    Entreprise.objects.filter(pk=entreprise.pk).update(fuseau=fuseau)
Reglages.objects.update(heure_planification="00:00")
"""
DIRE = "from relances.models import Nuit; print('nuits:', *Nuit.objects.values_list('entreprise__slug', 'statut'))"


@pytest.mark.lent
def test_in_the_embedded_mode_a_company_that_fails_stops_no_other(lanceur: Lanceur):
    assert lanceur.manage("migrate", "--verbosity", "0").finir() == 0
    assert lanceur.manage("shell", "--command", PREPARER).finir() == 0
    app = lanceur.manage("demarrer", "--sans-demonstration")
    app.dit(r"est prêt : ")

    def est_planifiee() -> bool:
        dite = lanceur.manage("shell", "--command", DIRE)
        return dite.finir() == 0 and "('saine', 'terminee')" in dite.sortie

    attendre(est_planifiee, "the night of the sound company")
    app.dit("Mars/Olympus")
    assert app.popen.poll() is None
    assert app.arreter() == 0
