"""« Pourquoi ? » for an invoice and for a client: the decision of the night, in words, and the ladder."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factures.models import Facture
from relances.models import Reglages
from tests.relances import actes, scene


def test_R18_an_invoice_in_dispute_says_so_with_its_ladder(essai, gerante, client, adresse):
    scene.litige(essai)
    facture = Facture.objects.get(client__nom="Cabinet Durand-Témoin")
    page = client.get(adresse("pourquoi_facture", pk=facture.pk)).content.decode()
    assert "Litige ouvert le 4 juillet (Deux étagères manquent)" in page
    assert "Mise en demeure" in page
    assert "Rien ne part" in page


@pytest.mark.parametrize("nom", ["pourquoi_facture", "situation_client"])
def test_htmx_gets_the_very_fragment_that_the_page_holds(essai, gerante, client, adresse, nom):
    acte = scene.acte(essai, "Hôtel", statut="a_valider", motif_attente="approbation")
    pk = acte.lignes.get().echeance.facture_id if nom == "pourquoi_facture" else acte.client_id
    fragment = client.get(adresse(nom, pk=pk), headers={"HX-Request": "true"}).content.decode().strip()
    page = client.get(adresse(nom, pk=pk))
    assert fragment in page.content.decode()
    assert "<html" not in fragment
    assert "HX-Request" in page["Vary"]


def test_an_act_that_waits_is_not_a_rung_done(essai, gerante, client, adresse):
    acte = scene.acte(
        essai, "Hôtel", "905.43", actes.mise_en_demeure(essai), statut="a_valider", motif_attente="approbation"
    )
    (situation,) = client.get(adresse("situation_client", pk=acte.client_id)).context["situations"]
    assert situation.acte == acte
    etats = {marche.nom: marche.etat for marche in situation.marches}
    assert etats["Mise en demeure"] == "en_cours"
    assert etats["Deuxième relance"] == "faite"
    assert situation.niveau.nom == "Deuxième relance"


def test_the_next_rung_has_its_date(essai, gerante, client, adresse):
    debiteur = scene.client(essai, "Nouveau", telephone="01 99 00 00 00")
    facture = scene.facture(debiteur, retard=-20, connue_le=scene.AU)
    (situation,) = client.get(adresse("pourquoi_facture", pk=facture.pk)).context["situations"]
    assert situation.prochaine == "Avant l’échéance"
    assert situation.prochaine_le == scene.AU + timedelta(days=13)


def test_a_settled_invoice_waits_for_nothing(essai, gerante, client, adresse):
    facture = scene.facture(scene.client(essai, "Soldé"))
    facture.echeances.update(solde=0)
    type(facture).objects.update(solde=0)
    assert "n’attend plus de relance" in client.get(adresse("pourquoi_facture", pk=facture.pk)).content.decode()


def test_R17_is_told(essai, gerante, client, adresse):
    facture = scene.facture(scene.client(essai, "Attend"))
    Reglages.objects.update(reglements_a_jour_au=scene.AU - timedelta(days=20))
    assert "Règlements connus jusqu’au" in client.get(adresse("pourquoi_facture", pk=facture.pk)).content.decode()


def test_the_number_of_queries_does_not_depend_on_the_number_of_invoices(essai, gerante, client, adresse):
    debiteur = scene.client(essai, "Gros")

    def requetes():
        lien = adresse("situation_client", pk=debiteur.pk)
        client.get(lien)
        with CaptureQueriesContext(connection) as capture:
            client.get(lien)
        return len(capture)

    scene.facture(debiteur)
    peu = requetes()
    for jours in range(20):
        scene.facture(debiteur, retard=jours)
    assert requetes() == peu
