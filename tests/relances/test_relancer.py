"""`relancer`: the night by hand, its dry run, and what it refuses."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command

from clients.models import Contact
from encaissements.encaissement import enregistrer_reglement
from factures.models import Facture
from relances.models import Nuit, Reglages, Relance
from suivi.models import Litige, Pause, Promesse
from tests.fabriques import fabriquer_client, fabriquer_facture
from tests.relances.fabrique_nuit import LUNDI, entreprise_prete, instant

pytestmark = pytest.mark.django_db
JOUR = timedelta(days=1)
ECHEANCE = LUNDI - 3 * JOUR


@pytest.fixture(autouse=True)
def lundi():
    with time_machine.travel(instant(LUNDI, 8), tick=False):
        yield


@pytest.fixture
def entreprise():
    return entreprise_prete()


def relancer(*arguments: str) -> dict:
    sortie = StringIO()
    call_command("relancer", *arguments, "--json", stdout=sortie)
    return json.loads(sortie.getvalue())


def peupler(entreprise) -> None:
    """A bit of everything: due, not due, disputed, promised, paused, two currencies, no contact, a formal demand."""
    for rang in range(6):
        client = fabriquer_client(entreprise, f"Client {rang}", courriel="" if rang == 5 else "direct")
        if rang % 2:
            Contact.objects.filter(client=client).update(telephone="01 99 00 00 00")
        for numero, (montant, jours) in enumerate([("90.00", -9), ("900.00", -3), ("300.00", 6), ("60.00", -70)]):
            facture = fabriquer_facture(
                client, montant, echeance=LUNDI + jours * JOUR, numero=f"F{rang}{numero}",
                devise="USD" if (rang, numero) == (3, 0) else "EUR",
            )  # fmt: skip
            if (rang, numero) == (0, 1):
                Litige.objects.create(entreprise=entreprise, client=client, facture=facture, ouvert_le=LUNDI)
            if (rang, numero) == (1, 1):
                Promesse.objects.create(
                    entreprise=entreprise, client=client, facture=facture, devise="EUR", montant="900.00",
                    faite_le=LUNDI, date_promise=LUNDI + 9 * JOUR,
                )  # fmt: skip
        if rang == 2:
            Pause.objects.create(entreprise=entreprise, client=client, du=LUNDI)
        if rang == 4:
            enregistrer_reglement(client, Decimal("75.00"), LUNDI, aujourd_hui=LUNDI)


def photographier() -> dict[str, list]:
    return {m.__name__: list(m.objects.order_by("pk").values()) for m in apps.get_models() if hasattr(m, "objects")}


# What it prints


def test_the_document_has_the_keys_that_others_rely_on(entreprise):
    facture = fabriquer_facture(fabriquer_client(entreprise), "90.00", echeance=ECHEANCE)
    avenir = fabriquer_facture(fabriquer_client(entreprise), "1234.50", echeance=LUNDI + 30 * JOUR)
    document = relancer("--entreprise", "essai", "--simulation")
    assert document["au"] == "2026-03-02"
    due, attente = document["decisions"]
    assert due == {
        "entreprise": "essai",
        "facture": facture.numero,
        "client": "Hôtel Spécimen",
        "code": "",
        "date_echeance": "2026-02-27",
        "solde": "90.00",
        "devise": "EUR",
        "decision": "relancer",
        "etape": "Appel",
        "depuis": "2026-03-02",
        "motif": "echeance_depassee",
        "raison": "échéance dépassée : 3 jours de retard",
    }
    assert (attente["facture"], attente["decision"], attente["jusqu_au"]) == (avenir.numero, "attendre", "2026-03-25")
    assert "depuis" not in attente
    (relance,) = document["relances"]
    assert relance == {
        "entreprise": "essai",
        "id": None,
        "client": "Hôtel Spécimen",
        "code": "",
        "devise": "EUR",
        "canal": "courriel",
        "etape": "Appel",
        "statut": "a_envoyer",
        "attente": "",
        "total": "90.00",
        "factures": [facture.numero],
    }


def test_R18_there_is_one_decision_for_each_open_instalment_with_its_reason(entreprise):
    peupler(entreprise)
    decisions = relancer("--simulation")["decisions"]
    assert sorted(d["facture"] for d in decisions) == sorted(
        Facture.objects.ouvertes().values_list("numero", flat=True)
    )
    raisons = {d["facture"]: (d["decision"], d["raison"]) for d in decisions}
    assert raisons["F01"] == ("attendre", "litige ouvert le 2 mars")
    assert raisons["F11"] == ("attendre", "promesse jusqu’au 11 mars, délai de grâce jusqu’au 16 mars")
    assert raisons["F20"] == ("attendre", "client en pause depuis le 2 mars, sans date de fin")
    assert raisons["F02"] == ("attendre", "un autre acte est décidé le même jour pour ce client")


def test_R18_a_dry_run_takes_the_decisions_of_the_real_run_day_after_day(entreprise):
    Reglages.objects.update(envoi_automatique=False)
    peupler(entreprise)
    for jours in (0, 1, 3, 5, 8, 15):
        au = str(LUNDI + jours * JOUR)
        prevu, fait = relancer("--au", au, "--simulation"), relancer("--au", au)
        assert fait["decisions"] == prevu["decisions"]
        assert [{**r, "id": None} for r in fait["relances"]] == prevu["relances"]
        assert all(r["id"] for r in fait["relances"])
        Relance.objects.filter(date_decision=LUNDI, client__nom="Client 3").update(
            statut="envoyee", envoyee_le=instant(LUNDI)
        )
    assert Relance.objects.count() > 6
    assert Relance.objects.filter(closes_non_fait_le__isnull=False).exists()


def test_R18_a_dry_run_writes_nothing(entreprise):
    peupler(entreprise)
    relancer("--au", str(LUNDI - 12 * JOUR))
    avant, partis = photographier(), len(mail.outbox)
    assert relancer("--simulation", "--forcer")["relances"]
    assert photographier() == avant
    assert len(mail.outbox) == partis


# Planning, then sending


def test_it_sends_what_may_leave_and_says_so(entreprise):
    fabriquer_facture(fabriquer_client(entreprise), "90.00", echeance=ECHEANCE)
    (relance,) = relancer()["relances"]
    assert relance["statut"] == "envoyee"
    assert len(mail.outbox) == 1
    assert relancer()["relances"] == []
    assert len(mail.outbox) == 1


def test_another_day_is_written_with_its_own_date(entreprise):
    fabriquer_facture(fabriquer_client(entreprise), "90.00", echeance=ECHEANCE)
    relancer("--au", str(LUNDI + JOUR))
    relance = Relance.objects.get()
    assert relance.date_decision == entreprise.date_locale(relance.envoyee_le) == LUNDI + JOUR


def test_nothing_leaves_on_a_day_that_is_no_sending_day(entreprise):
    Reglages.objects.update(jours_envoi=[1, 2, 3, 4])
    fabriquer_facture(fabriquer_client(entreprise), "90.00", echeance=ECHEANCE)
    assert relancer()["relances"][0]["statut"] == "a_envoyer"
    assert mail.outbox == []
    relancer("--au", str(LUNDI + JOUR))
    assert len(mail.outbox) == 1


def test_it_looks_at_everything_even_what_no_night_would_have_read(entreprise):
    facture = fabriquer_facture(fabriquer_client(entreprise), "90.00", echeance=ECHEANCE)
    facture.echeances.update(a_examiner_le=None)
    assert relancer("--simulation")["relances"]
    assert relancer()["relances"]


def test_R17_stale_payments_hold_the_acts_unless_forced(entreprise):
    Reglages.objects.update(fraicheur_reglements=0)
    fabriquer_facture(fabriquer_client(entreprise), "90.00", echeance=ECHEANCE)
    prevue = relancer("--simulation")["relances"][0]
    assert (prevue["statut"], prevue["attente"]) == ("a_valider", "reglements_perimes")
    assert relancer("--simulation", "--forcer")["relances"][0]["statut"] == "a_envoyer"
    assert relancer()["relances"][0]["attente"] == "reglements_perimes"
    assert mail.outbox == []
    relancer("--forcer")
    assert len(mail.outbox) == 1
    assert Reglages.objects.get().fraicheur_outrepassee_le == LUNDI


def test_all_companies_are_planned_and_one_that_fails_stops_no_other(entreprise):
    malade, saine = entreprise_prete("atelier"), entreprise_prete("zinc")
    for societe in (entreprise, malade, saine):
        fabriquer_facture(fabriquer_client(societe), "90.00", echeance=ECHEANCE)
    malade.region = "nulle-part"
    malade.save()
    sortie = StringIO()
    with pytest.raises(SystemExit) as fin:
        call_command("relancer", "--json", stdout=sortie)
    assert fin.value.code == 1
    document = json.loads(sortie.getvalue())
    assert [r["entreprise"] for r in document["relances"]] == ["essai", "zinc"]
    (ecarte,) = document["ecartes"]
    assert (ecarte["entreprise"], ecarte["client"]) == ("atelier", None)
    assert Nuit.objects.count() == 2


# What it refuses


@pytest.mark.parametrize(
    ("arguments", "mots"),
    [
        (["--au", "2026-13-01"], "2026-13-01"),
        (["--au", "20260302"], "AAAA-MM-JJ"),
        (["--entreprise", "inconnue"], "inconnue"),
    ],
)
def test_a_bad_argument_is_refused_in_one_sentence(entreprise, arguments, mots):
    with pytest.raises(CommandError, match=mots) as refus:
        relancer(*arguments)
    assert refus.value.returncode == 2
    assert "\n" not in str(refus.value)


def test_a_night_before_the_last_act_is_refused_but_may_be_simulated(entreprise):
    fabriquer_facture(fabriquer_client(entreprise), "90.00", echeance=ECHEANCE)
    relancer()
    hier = str(LUNDI - JOUR)
    with pytest.raises(CommandError, match="2026-03-02") as refus:
        relancer("--au", hier)
    assert refus.value.returncode == 2
    assert relancer("--au", hier, "--simulation")["decisions"]
    assert relancer("--au", str(LUNDI))["relances"] == []


def test_the_future_is_refused_with_a_real_mail_server(entreprise, settings):
    settings.EMAIL_URL = "smtp://exemple.invalid"
    demain = str(LUNDI + JOUR)
    with pytest.raises(CommandError, match="futur") as refus:
        relancer("--au", demain)
    assert refus.value.returncode == 2
    assert relancer("--au", demain, "--simulation")["au"] == demain
    settings.EMAIL_URL = ""
    assert relancer("--au", demain)["au"] == demain
