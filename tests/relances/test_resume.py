"""The weekly summary: once a week, to those who want it, about last week."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from encaissements.models import Reglement
from relances import resume
from relances.models import Reglages, Relance
from relances.resume import envoyer_resume, lire_semaine
from suivi.models import Promesse
from tests import fabriques
from tests.relances import actes, pieges, scene
from tests.relances.actes import INSTANT

pytestmark = pytest.mark.django_db
LUNDI = date(2026, 7, 6)
UN_JOUR = timedelta(days=1)


@pytest.fixture
def entreprise():
    entreprise = actes.entreprise_prete()
    fabriques.fabriquer_facture(fabriques.fabriquer_client(entreprise), echeance=LUNDI + 30 * UN_JOUR)
    return entreprise


@pytest.fixture
def gerant(entreprise):
    return fabriques.fabriquer_membre(entreprise, courriel="gerante@exemple.invalid")


def envoyer(entreprise, au=LUNDI) -> bool:
    return envoyer_resume(entreprise, au, INSTANT + (au - LUNDI))


def recevoir(client, montant: str, jour: date, devise: str = "EUR", **valeurs) -> None:
    Reglement.objects.create(
        entreprise=client.entreprise,
        client=client,
        date_reglement=jour,
        devise=devise,
        montant=Decimal(montant),
        **valeurs,
    )


def test_it_says_what_came_in_by_currency_and_leaves_out_what_was_rejected_or_undone(entreprise):
    client = entreprise_client(entreprise)
    for jour in (LUNDI - 7 * UN_JOUR, LUNDI - UN_JOUR):
        recevoir(client, "100.00", jour)
    recevoir(client, "40.00", LUNDI - 2 * UN_JOUR, "CHF")
    recevoir(client, "999.00", LUNDI - 8 * UN_JOUR)
    recevoir(client, "999.00", LUNDI)
    recevoir(client, "999.00", LUNDI - UN_JOUR, rejete_le=LUNDI)
    recevoir(client, "999.00", LUNDI - UN_JOUR, annule_le=INSTANT)
    semaine = lire_semaine(entreprise, LUNDI - 7 * UN_JOUR, LUNDI)
    assert [(s.devise, s.nombre, str(s.montant)) for s in semaine.recus] == [("CHF", 1, "40.00"), ("EUR", 2, "200.00")]


def entreprise_client(entreprise):
    return fabriques.fabriquer_client(entreprise, "Client Fictif")


def test_it_counts_what_left_by_channel_in_the_company_s_own_days(entreprise):
    def envoyee(nom: str, le: str, **valeurs) -> None:
        acte = scene.acte(entreprise, nom, **valeurs)
        Relance.objects.filter(pk=acte.pk).update(statut="envoyee", envoyee_le=datetime.fromisoformat(le))

    envoyee("A", "2026-06-28T22:00:00+00:00")  # midnight in Paris
    envoyee("B", "2026-06-28T21:59:00+00:00")
    envoyee("C", "2026-07-05T21:59:00+00:00", canal="recommande")
    envoyee("D", "2026-07-05T22:00:00+00:00")
    envoyee("E", "2026-07-01T09:00:00+00:00", canal="appel")
    semaine = lire_semaine(entreprise, LUNDI - 7 * UN_JOUR, LUNDI)
    assert (semaine.courriels, semaine.lettres, semaine.appels) == (1, 1, 1)


def test_promises_kept_and_broken_are_those_of_the_week(entreprise):
    client = entreprise_client(entreprise)

    def promettre(pour: date, **valeurs) -> None:
        champs = {"entreprise": entreprise, "client": client, "devise": "EUR", "montant": Decimal(100)}
        Promesse.objects.create(**champs, faite_le=date(2026, 6, 1), date_promise=pour, **valeurs)

    promettre(date(2026, 6, 20), tenue_le=LUNDI - 3 * UN_JOUR)
    promettre(date(2026, 6, 30))  # grace ends on Friday the 3rd
    promettre(date(2026, 7, 2))  # grace not over
    promettre(date(2026, 6, 22))  # said the week before
    promettre(date(2026, 6, 30), annulee_le=date(2026, 6, 29))
    semaine = lire_semaine(entreprise, LUNDI - 7 * UN_JOUR, LUNDI)
    assert (semaine.tenues, semaine.rompues) == (1, 1)


def test_an_invoice_is_newly_late_the_day_after_its_due_date(entreprise):
    client = entreprise_client(entreprise)
    for echeance, numero in [
        ("2026-06-27", "AVANT"),
        ("2026-06-28", "UN"),
        ("2026-07-04", "DEUX"),
        ("2026-07-05", "APRES"),
    ]:
        fabriques.fabriquer_facture(client, "50.00", date.fromisoformat(echeance), numero=numero)
    semaine = lire_semaine(entreprise, LUNDI - 7 * UN_JOUR, LUNDI)
    assert [(s.nombre, str(s.montant)) for s in semaine.retards] == [(2, "100.00")]
    assert [e.facture.numero for e in semaine.exemples] == ["UN", "DEUX"]


def test_it_goes_once_a_week_to_those_who_want_it(entreprise, gerant, mailoutbox):
    fabriques.fabriquer_membre(entreprise, "comptable", courriel="b@exemple.invalid", resume_hebdomadaire=True)
    fabriques.fabriquer_membre(entreprise, resume_hebdomadaire=False)
    fabriques.fabriquer_membre(entreprise, "lecture")
    recevoir(entreprise_client(entreprise), "1234.50", LUNDI - UN_JOUR)
    assert [envoyer(entreprise, LUNDI + n * UN_JOUR) for n in (0, 0, 1, 2, 7, 7)] == [
        True,
        False,
        False,
        False,
        True,
        False,
    ]
    assert [m.to[0] for m in mailoutbox] == ["gerante@exemple.invalid", "b@exemple.invalid"] * 2
    message = mailoutbox[0]
    for partie in (message.body, message.alternatives[0].content):
        assert "1 234,50 €" in partie.replace("\u202f", " ").replace("\xa0", " ")
    assert "29 juin 2026" in message.subject


def test_a_machine_that_slept_on_monday_sends_on_tuesday_and_no_later(entreprise, gerant):
    assert envoyer(entreprise, LUNDI + 2 * UN_JOUR) is False
    assert envoyer(entreprise, LUNDI + UN_JOUR) is True
    assert Reglages.objects.get().resume_envoye_le == LUNDI + UN_JOUR


def test_a_quiet_week_is_one_line_and_a_company_without_invoices_hears_nothing(entreprise, gerant, mailoutbox):
    autre = actes.entreprise_prete("autre")
    fabriques.fabriquer_membre(autre)
    assert envoyer(autre) is False
    assert envoyer(entreprise) is True
    assert "Rien à signaler" in mailoutbox[0].body
    assert "Rien à signaler" in mailoutbox[0].alternatives[0].content


def test_R13_it_tells_nothing_of_another_company(entreprise, gerant, mailoutbox):
    autre = actes.entreprise_prete("autre")
    recevoir(entreprise_client(autre), "77.00", LUNDI - UN_JOUR)
    fabriques.fabriquer_facture(fabriques.fabriquer_client(autre, "Ailleurs"), echeance=LUNDI - 3 * UN_JOUR)
    assert lire_semaine(entreprise, LUNDI - 7 * UN_JOUR, LUNDI).est_vide


def test_it_speaks_the_member_s_language(entreprise, gerant, monkeypatch, mailoutbox):
    type(gerant).objects.update(langue="en")
    monkeypatch.setattr(resume, "_", lambda mots: f"{translation.get_language()} %(entreprise)s %(jour)s")
    envoyer(entreprise)
    assert mailoutbox[0].subject.startswith("en ")
    assert '<html lang="en">' in mailoutbox[0].alternatives[0].content


def test_when_nobody_could_be_told_the_next_tick_tries_again(entreprise, gerant, settings):
    with pieges.serveur(pieges.Boite(), settings):
        pass  # stopped: its port answers nobody
    with pytest.raises(OSError, match="refused"):
        envoyer(entreprise)
    assert Reglages.objects.get().resume_envoye_le is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert envoyer(entreprise) is True


def test_it_asks_the_database_a_constant_number_of_times(entreprise, django_assert_max_num_queries):
    client = entreprise_client(entreprise)
    for n in range(8):
        fabriques.fabriquer_facture(client, "50.00", LUNDI - 3 * UN_JOUR, numero=f"R{n}")
        recevoir(client, "10.00", LUNDI - UN_JOUR)
    with django_assert_max_num_queries(16):
        lire_semaine(entreprise, LUNDI - 7 * UN_JOUR, LUNDI)
