"""Pauses of an invoice, a client, the whole company; « il a répondu »."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from factures.models import Echeance
from journal.models import Evenement
from suivi.models import Pause
from suivi.pauses import il_a_repondu, lever_pause, mettre_en_pause
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture

pytestmark = pytest.mark.django_db
AU = date(2026, 11, 20)


def au(jours):
    return AU + timedelta(days=jours)


@pytest.fixture
def factures():
    """Two invoices of one client, one of another, one of another company."""
    entreprise = fabriquer_entreprise()
    client = fabriquer_client(entreprise)
    autrui = fabriquer_client(fabriquer_entreprise("autre"))
    return {
        "a": fabriquer_facture(client),
        "b": fabriquer_facture(client),
        "c": fabriquer_facture(fabriquer_client(entreprise)),
        "d": fabriquer_facture(autrui),
    }


def pauser(factures, portee, **valeurs):
    a = factures["a"]
    cible = {"facture": {"facture": a}, "client": {"client": a.client}, "entreprise": {}}[portee]
    return mettre_en_pause(a.entreprise, **cible, **{"du": AU, "au": au(9), "aujourd_hui": AU, **valeurs})


@pytest.mark.parametrize(
    ("portee", "reveillees", "lignes"), [("facture", "a", 2), ("client", "ab", 2), ("entreprise", "abc", 0)]
)
def test_lifting_a_pause_wakes_what_it_held_and_nothing_else(factures, portee, reveillees, lignes):
    pause = pauser(factures, portee, motif=" Congés ")
    assert pause.motif == "Congés"
    Echeance.objects.update(a_examiner_le=au(10))
    lever_pause(pause, aujourd_hui=au(3))
    vues = "".join(nom for nom, f in factures.items() if f.echeances.get().a_examiner_le == au(3))
    assert vues == reveillees
    assert Evenement.objects.count() == lignes
    assert factures["a"].evenements.count() == (2 if portee == "facture" else 0)
    with pytest.raises(ValidationError, match="déjà levée"):
        lever_pause(pause, aujourd_hui=au(3))


def test_a_pause_of_an_invoice_names_its_client(factures):
    assert pauser(factures, "facture").client == factures["a"].client


def test_a_pause_holds_from_its_first_day_to_its_last(factures):
    pauser(factures, "client", du=au(2))
    en_cours = {n: Pause.objects.all().en_cours(au(n)).exists() for n in (1, 2, 9, 10)}
    assert list(en_cours.values()) == [False, True, True, False]


@pytest.mark.parametrize("valeurs", [{"du": au(5), "au": au(4)}, {"du": au(-9), "au": au(-1)}])
def test_a_pause_that_is_over_before_it_begins_is_refused(factures, valeurs):
    with pytest.raises(ValidationError, match="finit après son début"):
        pauser(factures, "client", **valeurs)


def test_R13_a_pause_never_reaches_another_company(factures):
    with pytest.raises(ValueError, match="another company"):
        mettre_en_pause(factures["a"].entreprise, client=factures["d"].client, du=AU, aujourd_hui=AU)


def test_an_answer_gives_five_days_of_quiet_and_a_second_click_adds_nothing(factures):
    client = factures["a"].client
    pause = il_a_repondu(client, aujourd_hui=AU)
    assert (pause.du, pause.au) == (AU, au(4))
    assert il_a_repondu(client, aujourd_hui=AU) == pause
    assert client.evenements.count() == 2  # the pause, and the task to reply
    assert il_a_repondu(client, aujourd_hui=au(1)).au == au(5)
    sans_fin = pauser(factures, "client", au=None, du=au(2), aujourd_hui=au(2))
    assert il_a_repondu(client, aujourd_hui=au(2)) == sans_fin
