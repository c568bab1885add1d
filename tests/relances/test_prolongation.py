"""A due date put off: with a reason, never under an open act; the ladder counts from the new one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from encaissements.encaissement import enregistrer_reglement
from factures.models import Echeance
from relances.prolongation import reporter_l_echeance
from tests.encaissements.verite import rien_ne_differe
from tests.fabriques import fabriquer_facture
from tests.pages import connecter, fabriquer_monde, texte
from tests.relances import actes

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde():
    return fabriquer_monde()


def reporter(monde, nouvelle, echeance=None, motif="Convenu au téléphone"):
    echeance = echeance or monde.facture.echeances.get()
    return reporter_l_echeance(echeance, nouvelle, motif=motif, aujourd_hui=monde.aujourd_hui, auteur=monde.gerant)


def test_the_due_date_moves_and_the_journal_tells_both(monde):
    avant = monde.facture.echeances.get().date_echeance
    Echeance.objects.update(a_examiner_le=None)
    apres = monde.aujourd_hui + timedelta(days=15)
    reportee = reporter(monde, apres)
    assert (reportee.date_echeance, reportee.a_examiner_le) == (apres, monde.aujourd_hui)
    ligne = monde.facture.evenements.order_by("-rang").first()
    assert ligne.contenu.faits["changements"] == {"date_echeance": [avant.isoformat(), apres.isoformat()]}
    page = texte(
        connecter(monde.gerant).get(reverse("factures:detail", kwargs={"slug": "essai", "pk": monde.facture.pk}))
    )
    assert "Convenu au téléphone" in page
    assert "échéance : " in page
    rien_ne_differe()


def test_another_order_of_instalments_is_another_split_of_what_was_paid(monde):
    jours = [monde.aujourd_hui - timedelta(days=n) for n in (40, 10)]
    facture = fabriquer_facture(monde.client, "100.00", parts=[(jours[0], "60.00"), (jours[1], "40.00")])
    au, somme = monde.aujourd_hui, Decimal("30.00")
    enregistrer_reglement(monde.client, somme, au, aujourd_hui=au, repartition={facture: somme})
    premiere = facture.echeances.get(rang=1)
    assert premiere.solde == 30
    reporter(monde, monde.aujourd_hui + timedelta(days=30), premiere)
    assert [int(e.solde) for e in facture.echeances.order_by("rang")] == [60, 10]
    rien_ne_differe()


@pytest.mark.parametrize(
    ("jours", "motif", "champ"),
    [(5, " ", "motif"), (-100, "x", "date_echeance"), (5000, "x", "date_echeance")],
)
def test_a_reason_and_a_later_day_are_needed(monde, jours, motif, champ):
    with pytest.raises(ValidationError) as refus:
        reporter(monde, monde.aujourd_hui + timedelta(days=jours), motif=motif)
    assert champ in refus.value.message_dict


def test_nothing_moves_under_an_open_act_nor_once_it_is_settled(monde):
    actes.installer(monde.entreprise)
    actes.fabriquer_relance(monde.facture, etape=actes.premiere_relance(monde.entreprise))
    avant = monde.facture.echeances.get().date_echeance
    with pytest.raises(ValidationError, match="Un acte est en cours"):
        reporter(monde, monde.aujourd_hui + timedelta(days=15))
    assert monde.facture.echeances.get().date_echeance == avant
    soldee = fabriquer_facture(monde.client, "10.00", monde.aujourd_hui)
    soldee.echeances.update(solde=0)
    with pytest.raises(ValidationError, match="Rien n’est plus dû"):
        reporter(monde, date(2030, 1, 1), soldee.echeances.get())


def test_the_page_proposes_the_open_instalments_and_keeps_what_was_typed(monde):
    gerant = connecter(monde.gerant)
    adresse = reverse("relances:prolonger", kwargs={"slug": "essai", "pk": monde.facture.pk})
    echeance = monde.facture.echeances.get()
    saisie = {"echeance": echeance.pk, "date_echeance": echeance.date_echeance.isoformat(), "motif": "Accord"}
    page = texte(gerant.post(adresse, saisie))
    assert "La nouvelle date vient après le" in page
    assert 'value="Accord"' in page
    nouvelle = monde.aujourd_hui + timedelta(days=15)
    assert gerant.post(adresse, {**saisie, "date_echeance": nouvelle.isoformat()}).status_code == 302
    assert monde.facture.echeances.get().date_echeance == nouvelle
    monde.facture.echeances.update(solde=0)
    assert "Rien n’est plus dû" in texte(gerant.get(adresse))
