"""Getting out, from the screen: the owner alone, and what a closed company still lets one do."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from archivage import tasks
from archivage.exportation import chemin_de, demander
from archivage.models import Export
from entreprises.models import Entreprise
from importations.models import Importation
from importations.reprise import a_reprendre
from tests.archivage.monde import fabriquer_complet
from tests.fabriques import fabriquer_entreprise, fabriquer_membre
from tests.pages import connecter, connecter_role

pytestmark = pytest.mark.django_db
PAGES = ["export", "cloture"]


@pytest.fixture
def complet():
    return fabriquer_complet("essai")


@pytest.fixture
def gerant(complet):
    return connecter(complet.monde.gerant)


def adresse(nom: str, **cles) -> str:
    return reverse(f"archivage:{nom}", kwargs={"slug": "essai", **cles})


def corps(reponse) -> str:
    return unescape(reponse.content.decode())


@pytest.fixture
def pret(complet) -> Export:
    export = demander(complet.entreprise, complet.monde.gerant)
    tasks.exporter(export.pk)
    export.refresh_from_db()
    return export


def test_the_owner_asks_for_everything_follows_it_and_downloads_it(complet, gerant):
    reponse = gerant.post(adresse("export"), follow=True)
    page = corps(reponse)
    export = Export.objects.get()
    assert reponse.redirect_chain == [(adresse("etat", pk=export.pk), 302)]
    assert "Télécharger l’archive" in page
    assert export.sha256 in page
    archive = gerant.get(adresse("telecharger", pk=export.pk))
    assert b"".join(archive.streaming_content) == chemin_de(export).read_bytes()
    assert re.search(r'attachment; filename="essai-\d{4}-\d\d-\d\d\.zip"', archive["Content-Disposition"])
    assert "no-store" in archive["Cache-Control"]
    assert "Claire Exemple" in corps(gerant.get(adresse("export")))


def test_what_htmx_swaps_in_is_what_a_reload_shows(complet, gerant):
    export = demander(complet.entreprise, complet.monde.gerant)
    page = adresse("etat", pk=export.pk)
    assert "hx-trigger" in corps(gerant.get(page))
    tasks.exporter(export.pk)
    fragment = corps(gerant.get(page, headers={"HX-Request": "true"}))
    entiere = corps(gerant.get(page))
    assert fragment.strip() in entiere
    assert "hx-trigger" not in fragment


def test_an_archive_that_expired_or_was_lost_is_not_found(complet, gerant, pret):
    Export.objects.update(expire_le=timezone.now() - timedelta(minutes=1))
    assert gerant.get(adresse("telecharger", pk=pret.pk)).status_code == 404
    Export.objects.update(expire_le=timezone.now() + timedelta(days=1))
    chemin_de(pret).unlink()
    assert gerant.get(adresse("telecharger", pk=pret.pk)).status_code == 404


@pytest.mark.parametrize("role", ["comptable", "lecture"])
def test_only_the_owner_gets_out(complet, pret, role):
    autre = connecter_role(complet.entreprise, role)
    for page in (
        adresse("export"),
        adresse("cloture"),
        adresse("etat", pk=pret.pk),
        adresse("telecharger", pk=pret.pk),
    ):
        assert autre.get(page).status_code == 403, page
    for page in (adresse("export"), adresse("cloture"), adresse("rouvrir")):
        assert autre.post(page, {"nom": "Menuiserie Modèle"}).status_code == 403, page
    complet.entreprise.refresh_from_db()
    assert complet.entreprise.cloturee_le is None


def test_R13_for_a_stranger_nothing_of_it_exists(complet, pret):
    ailleurs = fabriquer_entreprise("ailleurs")
    etranger = connecter(fabriquer_membre(ailleurs))
    for nom in ("etat", "telecharger"):
        assert etranger.get(adresse(nom, pk=pret.pk)).status_code == 404
        assert etranger.get(adresse(nom, pk=pret.pk).replace("/essai/", "/ailleurs/")).status_code == 404
    for nom in ("export", "cloture", "rouvrir"):
        assert etranger.post(adresse(nom)).status_code == 404


def test_closing_asks_for_the_name_and_keeps_what_was_typed(complet, gerant):
    page = corps(gerant.post(adresse("cloture"), {"nom": "Menuiserie"}))
    assert "recopiez « Menuiserie Modèle »" in page
    assert 'value="Menuiserie"' in page
    gerant.post(adresse("cloture"), {"nom": "Menuiserie Modèle"})
    assert "plus rien ne part" in corps(gerant.get(adresse("cloture"))).lower()
    complet.entreprise.refresh_from_db()
    assert complet.entreprise.cloturee_le is not None


def test_a_closed_company_reads_and_exports_and_enters_nothing(complet, gerant, pret):
    gerant.post(adresse("cloture"), {"nom": "Menuiserie Modèle"})
    monde = complet.monde
    saisie = reverse("factures:annuler", kwargs={"slug": "essai", "pk": monde.facture.pk})
    reponse = gerant.post(saisie, {"motif": "x"})
    assert reponse.status_code == 403
    assert "Cette entreprise est clôturée" in corps(reponse)
    monde.facture.refresh_from_db()
    assert monde.facture.annulee_le is None
    for page in ("relances:courriel", "suivi:pauses"):  # they read and write at one address
        assert gerant.post(reverse(page, kwargs={"slug": "essai"}), {"du": "2026-08-01"}).status_code == 403, page
    lecture = gerant.get(reverse("factures:liste", kwargs={"slug": "essai"}))
    assert lecture.status_code == 200
    assert "Effacement prévu le" in corps(lecture)
    archive = gerant.get(adresse("telecharger", pk=pret.pk))
    assert archive.status_code == 200
    assert b"".join(archive.streaming_content).startswith(b"PK")
    assert gerant.post(adresse("export")).status_code == 302


def test_an_import_under_way_stops_with_the_company(complet, gerant):
    Importation.objects.update(statut="en_attente")
    assert a_reprendre(timezone.now()) != []
    gerant.post(adresse("cloture"), {"nom": "Menuiserie Modèle"})
    assert a_reprendre(timezone.now()) == []


def test_it_is_opened_again_from_the_same_page(complet, gerant):
    gerant.post(adresse("cloture"), {"nom": "Menuiserie Modèle"})
    assert "Rouvrir l’entreprise" in corps(gerant.get(adresse("cloture")))
    assert "est rouverte" in corps(gerant.post(adresse("rouvrir"), follow=True))
    assert "n’est pas clôturée" in corps(gerant.post(adresse("rouvrir"), follow=True))
    assert Entreprise.objects.get(slug="essai").cloturee_le is None


def test_other_methods_are_refused(complet, gerant, pret):
    assert gerant.get(adresse("rouvrir")).status_code == 405
    assert gerant.post(adresse("telecharger", pk=pret.pk)).status_code == 405
    assert gerant.put(adresse("export")).status_code == 405
