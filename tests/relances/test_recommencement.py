"""R1: a person restarts the ladder of an invoice, with a reason; what was done stays."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clients.models import Contact
from encaissements.encaissement import enregistrer_reglement
from factures.models import Echeance, EvenementFacture
from journal.ecriture import verifier
from journal.models import Evenement
from relances.models import LigneRelance, Relance
from relances.planification import planifier
from relances.recommencement import recommencer_l_echelle
from relances.rejeu import rejouer
from tests import fabriques
from tests.relances import actes, scene
from tests.relances.fabrique_nuit import LUNDI, entreprise_prete, instant, partie

pytestmark = pytest.mark.django_db
JOUR = timedelta(days=1)
MOTIF = "Nouvel interlocuteur, il n’a rien reçu"


@pytest.fixture
def entreprise():
    return entreprise_prete()


@pytest.fixture
def facture(entreprise):
    """Three weeks of the night on an invoice known in time: two rungs have left, the last one on day 19."""
    client = fabriques.fabriquer_client(entreprise, "Hôtel Spécimen")
    Contact.objects.filter(client=client).update(telephone="01 99 00 00 00")
    facture = fabriques.fabriquer_facture(client, "500.00", echeance=LUNDI)
    passer_les_nuits(entreprise, LUNDI, 20)
    assert LigneRelance.objects.filter(cycle=1).count() > 1
    return facture


def passer_les_nuits(entreprise, depuis, nombre):
    for n in range(nombre):
        jour = depuis + n * JOUR
        assert planifier(entreprise, jour, instant=instant(jour)).ecartes == []
        for acte in Relance.objects.ouvertes():
            partie(acte, jour)


def noms(cycle):
    lignes = LigneRelance.objects.filter(cycle=cycle).order_by("relance__date_decision")
    return list(lignes.values_list("etape__nom", "relance__date_decision"))


def test_R1_the_restarted_ladder_begins_with_the_gentle_rung_after_the_interval(entreprise, facture):
    dernier = Relance.objects.order_by("date_decision").last().date_decision
    le = dernier + JOUR
    assert recommencer_l_echelle(facture, motif=MOTIF, aujourd_hui=le) == 1
    passer_les_nuits(entreprise, le, 15)
    premiers = noms(cycle=2)
    attendu = entreprise.calendrier().prochain_ouvre(dernier + 5 * JOUR)
    assert premiers[0] == ("Reprise du compte", attendu)
    assert len(premiers) > 1
    assert noms(cycle=1)[-1][1] == dernier


def test_the_journal_says_who_and_why_and_links_the_invoice(entreprise, facture):
    auteur = fabriques.fabriquer_membre(entreprise)
    recommencer_l_echelle(facture, motif=f"  {MOTIF} ", aujourd_hui=LUNDI + 21 * JOUR, auteur=auteur)
    evenement = Evenement.objects.filter(client=facture.client).latest("rang")
    assert (evenement.genre, evenement.auteur) == ("echelle", auteur)
    assert evenement.contenu.faits == {"cycle": 2, "motif": MOTIF}
    assert EvenementFacture.objects.filter(evenement=evenement, facture=facture).exists()
    facture.client.refresh_from_db()
    assert verifier(facture.client) == []


def test_the_client_s_other_invoices_stay_where_they_are(entreprise, facture):
    autre = fabriques.fabriquer_facture(facture.client, "70.00", echeance=LUNDI + 15 * JOUR)
    passer_les_nuits(entreprise, LUNDI + 20 * JOUR, 10)
    assert LigneRelance.objects.filter(echeance__facture=autre, etape__isnull=False).exists()
    assert recommencer_l_echelle(facture, motif=MOTIF, aujourd_hui=LUNDI + 30 * JOUR) == 1
    assert Echeance.objects.get(facture=autre).cycle == 1


def test_an_act_that_is_open_must_be_finished_first(entreprise, facture):
    ouvert = Relance.objects.order_by("date_decision").last()
    Relance.objects.filter(pk=ouvert.pk).update(statut="a_verifier", remise_le=instant(LUNDI))
    with pytest.raises(ValidationError, match="Un acte est en cours"):
        recommencer_l_echelle(facture, motif=MOTIF, aujourd_hui=LUNDI + 21 * JOUR)
    assert Echeance.objects.get(facture=facture).cycle == 1


def test_a_second_click_changes_nothing(facture):
    recommencer_l_echelle(facture, motif=MOTIF, aujourd_hui=LUNDI + 21 * JOUR)
    with pytest.raises(ValidationError, match="n’a pas commencé"):
        recommencer_l_echelle(facture, motif=MOTIF, aujourd_hui=LUNDI + 21 * JOUR)
    assert Echeance.objects.get(facture=facture).cycle == 2


def test_a_settled_invoice_has_nothing_to_restart(facture):
    paye_le = LUNDI + 20 * JOUR
    enregistrer_reglement(facture.client, Decimal("500.00"), paye_le, aujourd_hui=paye_le)
    with pytest.raises(ValidationError, match="plus rien n’y est dû"):
        recommencer_l_echelle(facture, motif=MOTIF, aujourd_hui=LUNDI + 21 * JOUR)


def test_a_reason_is_asked_for(facture):
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        recommencer_l_echelle(facture, motif="  ", aujourd_hui=LUNDI)


def test_a_replay_climbs_every_ladder_once(entreprise, facture):
    avant = rejouer(entreprise, LUNDI, LUNDI + 40 * JOUR)
    recommencer_l_echelle(facture, motif=MOTIF, aujourd_hui=LUNDI + 21 * JOUR)
    assert rejouer(entreprise, LUNDI, LUNDI + 40 * JOUR) == avant


def test_the_database_refuses_a_cycle_without_its_day(facture):
    with pytest.raises(IntegrityError), transaction.atomic():
        Echeance.objects.filter(facture=facture).update(cycle=2)


# The page


@pytest.fixture
def relancee(essai, gerante):
    """Its second reminder has left."""
    seconde = actes.etape_de(essai, nom="Deuxième relance")
    acte = scene.acte(essai, "Hôtel", etape=seconde, statut="envoyee", envoyee_le=scene.INSTANT)
    return acte.lignes.get().echeance.facture


def test_the_owner_restarts_it_from_the_invoice_s_page(relancee, client, adresse):
    page = adresse("recommencer", pk=relancee.pk)
    assert page in client.get(adresse("pourquoi_facture", pk=relancee.pk)).content.decode()
    assert "Dites pourquoi" not in client.get(page).content.decode()
    suite = client.post(page, {"motif": MOTIF}, follow=True)
    contenu = suite.content.decode()
    assert suite.redirect_chain[-1][0].endswith(f"/factures/{relancee.pk}/")
    assert "L’échelle recommence" in contenu
    assert "Échelle recommencée" in contenu
    assert MOTIF in contenu
    assert page not in client.get(adresse("pourquoi_facture", pk=relancee.pk)).content.decode()


def test_a_refusal_keeps_what_was_typed(relancee, client, adresse):
    seconde = Relance.objects.filter(etape__nom="Deuxième relance")
    seconde.update(statut="a_verifier", envoyee_le=None, remise_le=scene.INSTANT)
    contenu = client.post(adresse("recommencer", pk=relancee.pk), {"motif": MOTIF}).content.decode()
    assert "Un acte est en cours" in contenu
    assert MOTIF in contenu


def test_a_reader_is_not_offered_it(relancee, essai, client, adresse):
    client.force_login(fabriques.fabriquer_membre(essai, role="lecture"))
    page = adresse("recommencer", pk=relancee.pk)
    assert page not in client.get(adresse("pourquoi_facture", pk=relancee.pk)).content.decode()
    assert client.post(page, {"motif": MOTIF}).status_code == 403
    assert Echeance.objects.get(facture=relancee).cycle == 1
