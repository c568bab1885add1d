"""The digest's page: opened by its signed link, it shows what leaves this morning and lets one hold any of it."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.urls import reverse

from journal.models import Evenement
from relances.avis import SEL, signer
from relances.models import Nuit
from suivi.models import Pause
from tests import fabriques
from tests.relances import actes, scene


@pytest.fixture
def membre(essai):
    return fabriques.fabriquer_membre(essai).adhesions.get()


@pytest.fixture
def lien(essai, membre):
    nuit = Nuit.objects.create(entreprise=essai, date_nuit=scene.AU, statut="terminee")
    return reverse("avis", kwargs={"jeton": signer(nuit, membre)})


def test_it_opens_without_signing_in_and_tells_no_one(essai, lien, client):
    scene.acte(essai, "Transports Modèle", "2736.00")
    scene.acte(essai, "Attend Encore", statut="a_valider", motif_attente="approbation")
    reponse = client.get(lien)
    page = reponse.content.decode()
    assert reponse.status_code == 200
    assert "Transports Modèle" in page
    assert "Attend Encore" not in page
    assert "no-store" in reponse["Cache-Control"]
    assert reponse["Referrer-Policy"] == "strict-origin"
    assert "noindex" in reponse["X-Robots-Tag"]
    assert "compta" not in page  # no address of a debtor


def test_retenir_holds_the_act_once_and_the_journal_names_the_member(essai, lien, membre, client):
    acte = scene.acte(essai, "Transports Modèle")
    donnees = {"acte": acte.pk, "version": acte.version}
    assert "Retenu" in client.post(lien, donnees, follow=True).content.decode()
    assert "changé entre-temps" in client.post(lien, donnees, follow=True).content.decode()
    acte.refresh_from_db()
    assert (acte.statut, acte.motif_attente) == ("a_valider", "retenue")
    evenement = Evenement.objects.get(genre="relance_retenue")
    assert evenement.auteur == membre.utilisateur


def test_R13_the_link_of_a_company_holds_nothing_of_another(essai, lien, client):
    autre = actes.entreprise_prete("autre")
    acte = scene.acte(autre, "Ailleurs")
    client.post(lien, {"acte": acte.pk, "version": acte.version})
    acte.refresh_from_db()
    assert acte.statut == "a_envoyer"


def test_a_link_older_than_two_days_says_so(essai, lien, client):
    with time_machine.travel(scene.INSTANT + timedelta(days=3)):
        reponse = client.get(lien)
    assert reponse.status_code == 410
    assert "deux jours" in reponse.content.decode()


@pytest.mark.parametrize("sorte", ["forge", "a:b:c", "autre sel"])
def test_a_forged_link_finds_nothing(db, client, sorte):
    jeton = signing.dumps({"nuit": 1}, salt="autre") if sorte == "autre sel" else sorte
    reponse = client.get(reverse("avis", kwargs={"jeton": jeton}))
    assert reponse.status_code == 404
    assert reponse["Referrer-Policy"] == "strict-origin"


@pytest.mark.parametrize("contenu", [{"nuit": 999}, {"autre": 1}, [1], "texte"])
def test_a_token_of_ours_that_leads_nowhere_finds_nothing(db, ce_matin, client, contenu):
    jeton = signing.dumps(contenu, salt=SEL)
    assert client.get(reverse("avis", kwargs={"jeton": jeton})).status_code == 404


def test_other_methods_are_refused(essai, lien, client):
    assert client.put(lien).status_code == 405


def test_with_nothing_left_to_leave_it_says_so(essai, lien, client):
    assert "Rien ne part" in client.get(lien).content.decode()


def test_il_a_repondu_pauses_the_client_and_takes_the_act_off_the_page(essai, lien, membre, client):
    acte = scene.acte(essai, "Transports Modèle")
    reste = scene.acte(essai, "Garage Fictif")
    donnees = {"acte": acte.pk, "version": acte.version, "geste": "repondu"}
    page = client.post(lien, donnees, follow=True).content.decode()
    assert "a répondu" in page
    assert page.count("avis-actes") == 1
    assert "Retenir l’envoi à Transports" not in page
    assert "Retenir l’envoi à Garage Fictif" in page
    reste.refresh_from_db()
    assert reste.statut == "a_envoyer"
    assert Pause.objects.get(client=acte.client).au == scene.AU + timedelta(days=4)
    acte.refresh_from_db()
    assert acte.statut != "a_envoyer"
    client.post(lien, donnees)
    assert Pause.objects.count() == 1


def test_tout_retenir_holds_what_was_shown_and_says_what_changed(essai, lien, client):
    vus = [scene.acte(essai, nom) for nom in ("Un", "Deux", "Trois")]
    donnees = {"geste": "tout", "tous": [f"{a.pk}:{a.version}" for a in vus]}
    type(vus[0]).objects.filter(pk=vus[0].pk).update(version=9)
    page = client.post(lien, donnees, follow=True).content.decode()
    assert "2 envois retenus" in page
    assert "ont changé" in page
    assert [type(a).objects.get(pk=a.pk).statut for a in vus] == ["a_envoyer", "a_valider", "a_valider"]
    assert client.post(lien, {"geste": "tout"}).status_code == 302


def test_a_member_who_only_reads_sees_and_holds_nothing(essai, lien, membre, client):
    type(membre).objects.update(role="lecture")
    acte = scene.acte(essai, "Transports Modèle")
    page = client.get(lien).content.decode()
    assert "Transports Modèle" in page
    assert "Retenir l’envoi" not in page
    assert client.post(lien, {"acte": acte.pk, "version": acte.version}).status_code == 403
    acte.refresh_from_db()
    assert acte.statut == "a_envoyer"


def test_the_page_speaks_the_language_of_its_member(essai, lien, membre, client):
    type(membre.utilisateur).objects.update(langue="en")
    assert '<html lang="en"' in client.get(lien, headers={"accept-language": "fr"}).content.decode()


def test_the_link_of_a_member_who_left_opens_nothing(essai, lien, membre, client):
    acte = scene.acte(essai, "Transports Modèle")
    type(membre).objects.update(est_active=False)
    reponse = client.post(lien, {"acte": acte.pk, "version": acte.version})
    assert reponse.status_code == 410
    assert "Transports" not in reponse.content.decode()
    acte.refresh_from_db()
    assert acte.statut == "a_envoyer"
