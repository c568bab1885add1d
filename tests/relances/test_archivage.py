"""A client leaves the lists and comes back; never one who owes."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from clients.models import Client
from encaissements.encaissement import enregistrer_reglement
from factures.forms import FactureForm
from journal.ecriture import verifier
from relances.archivage import EncoreDu, archiver_client, retablir_client
from relances.models import Relance
from tests import fabriques
from tests.pages import texte
from tests.relances import actes, scene
from tests.relances.actes import AU, INSTANT


def test_a_client_is_archived_and_restored_once(db):
    client = fabriques.fabriquer_client(actes.entreprise_prete())
    assert [archiver_client(client, instant=INSTANT) for _ in range(2)] == [True, False]
    assert Client.objects.get().archive_le == INSTANT
    assert [retablir_client(client) for _ in range(2)] == [True, False]
    assert [e.contenu.faits for e in client.evenements.order_by("rang")] == [{"archive": True}, {"archive": False}]
    assert verifier(Client.objects.get()) == []


def test_what_is_owed_and_what_is_open_keep_it_in_the_lists(db):
    entreprise = actes.entreprise_prete()
    acte = scene.acte(entreprise, "Hôtel", "100.00")
    with pytest.raises(EncoreDu) as refus:
        archiver_client(acte.client, instant=INSTANT)
    assert refus.value.obstacles.nombre == 1
    assert refus.value.obstacles.actes == [acte]
    enregistrer_reglement(acte.client, acte.total, AU, aujourd_hui=AU)
    with pytest.raises(EncoreDu):  # the act is still there
        archiver_client(acte.client, instant=INSTANT)
    Relance.objects.filter(pk=acte.pk).update(statut="annulee")
    assert archiver_client(acte.client, instant=INSTANT)


def test_a_merged_client_comes_back_by_undoing_the_merge_only(db):
    entreprise = actes.entreprise_prete()
    garde, absorbe = (fabriques.fabriquer_client(entreprise, nom) for nom in "AB")
    Client.objects.filter(pk=absorbe.pk).update(archive_le=INSTANT, fusionne_dans=garde)
    with pytest.raises(ValidationError, match="défaites d’abord"):
        retablir_client(absorbe)


def test_an_archived_client_leaves_lists_and_forms_and_keeps_its_page(essai, gerante, client):
    parti = fabriques.fabriquer_client(essai, "Librairie Partie")
    archiver = reverse("relances:archiver", args=["essai", parti.pk])
    fiche = texte(client.post(archiver, follow=True))
    assert "Librairie Partie est archivé" in fiche
    assert "Client archivé." in fiche
    liste = reverse("clients:liste", args=["essai"])
    assert "Librairie Partie" not in texte(client.get(liste))
    assert "Librairie Partie" in texte(client.get(liste, {"etat": "archives"}))
    assert "Librairie Partie" not in FactureForm(entreprise=essai).noms_proposes()
    choix = texte(client.get(reverse("encaissements:nouveau", args=["essai"]), {"q": "librairie"}))
    assert "Librairie Partie" not in choix
    client.post(reverse("relances:retablir", args=["essai", parti.pk]))
    assert "Librairie Partie" in texte(client.get(liste))


def test_the_refusal_says_which_invoice_and_which_act_with_their_links(essai, gerante, client):
    acte = scene.acte(essai, "Hôtel <b>", statut="a_valider", motif_attente="approbation")
    page = texte(client.post(reverse("relances:archiver", args=["essai", acte.client_id]), follow=True))
    assert "ne peut pas être archivé" in page
    facture = acte.lignes.get().echeance.facture
    assert f'<a href="{reverse("factures:detail", args=["essai", facture.pk])}">{facture.numero}</a>' in page
    assert reverse("relances:acte", args=["essai", acte.pk]) in page


def test_an_archived_client_who_owes_again_shows_where_debts_are(essai, gerante, client):
    parti = fabriques.fabriquer_client(essai, "Librairie Partie", archive_le=INSTANT)
    fabriques.fabriquer_facture(parti)
    liste = reverse("clients:liste", args=["essai"])
    for etat in ("solde", "retard", "archives"):
        assert "Librairie Partie" in texte(client.get(liste, {"etat": etat})), etat
    assert "Librairie Partie" not in texte(client.get(liste))
