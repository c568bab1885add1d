"""Closing a company, opening it again, and its erasure: the other company is untouched, byte for byte."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from archivage import effacement, tasks
from archivage.cloture import cloturer, retenir_ce_qui_part, rouvrir
from archivage.effacement import a_effacer, effacer, ordre_de_suppression
from archivage.exportation import chemin_de, demander
from clients.models import Client
from entreprises.models import Adhesion, Document, Entreprise, Utilisateur
from journal.ecriture import verifier
from journal.models import ContenuEvenement, Evenement
from relances.models import Relance
from tests import fabriques
from tests.archivage.monde import fabriquer_complet, releve

pytestmark = pytest.mark.django_db
TRENTE = timedelta(days=30)


@pytest.fixture
def complet():
    return fabriquer_complet("essai")


def clore(entreprise, nom="Menuiserie Modèle", auteur=None) -> bool:
    maintenant = timezone.now()
    fait = cloturer(entreprise, nom, au=entreprise.date_locale(maintenant), instant=maintenant, auteur=auteur)
    entreprise.refresh_from_db()
    return fait


@pytest.mark.parametrize("nom", ["", "Menuiserie", "oui"])
def test_the_wrong_name_closes_nothing(complet, nom):
    with pytest.raises(ValidationError):
        clore(complet.entreprise, nom)
    complet.entreprise.refresh_from_db()
    assert complet.entreprise.cloturee_le is None


def test_closing_holds_what_was_about_to_leave_and_sets_the_day_of_the_erasure(complet):
    assert clore(complet.entreprise, " menuiserie   MODELE ") is True
    complet.lettre.refresh_from_db()
    assert (complet.lettre.statut, complet.lettre.motif_attente) == ("a_valider", "retenue")
    assert complet.entreprise.effacement_prevu_le == complet.monde.aujourd_hui + TRENTE
    prevu = complet.entreprise.effacement_prevu_le
    assert clore(complet.entreprise) is False  # a second click moves nothing
    assert complet.entreprise.effacement_prevu_le == prevu
    assert retenir_ce_qui_part(complet.entreprise, timezone.now()) == 0


def test_an_email_claimed_and_not_handed_over_is_held_and_one_handed_over_is_left(complet):
    complet.lettre.statut = "annulee"
    complet.lettre.save()
    maintenant = timezone.now()
    actes = []
    for n, remise in enumerate((None, maintenant)):
        client = fabriques.fabriquer_client(complet.entreprise, f"C{n}")
        actes.append(
            Relance.objects.create(
                entreprise=complet.entreprise, client=client, devise="EUR", etape=complet.lettre.etape,
                canal="courriel", statut="en_cours", date_decision=complet.monde.aujourd_hui, remise_le=remise,
                approuvee_le=maintenant,
            )
        )  # fmt: skip
    clore(complet.entreprise)
    assert [Relance.objects.get(pk=a.pk).statut for a in actes] == ["a_valider", "en_cours"]


def test_it_can_be_opened_again_until_the_day_of_the_erasure(complet):
    clore(complet.entreprise)
    prevu = complet.entreprise.effacement_prevu_le
    assert rouvrir(complet.entreprise, au=prevu, instant=timezone.now(), auteur=None) is False
    assert rouvrir(complet.entreprise, au=prevu - timedelta(days=1), instant=timezone.now(), auteur=None) is True
    complet.entreprise.refresh_from_db()
    assert (complet.entreprise.cloturee_le, complet.entreprise.effacement_prevu_le) == (None, None)
    assert rouvrir(complet.entreprise, au=prevu - TRENTE, instant=timezone.now(), auteur=None) is False


def test_only_a_closed_company_whose_delay_is_over_is_erased(complet):
    maintenant = timezone.now()
    avant = releve(complet.entreprise)
    effacer(complet.entreprise.pk, maintenant + 400 * TRENTE, maintenant + TRENTE)
    assert releve(complet.entreprise) == avant
    clore(complet.entreprise)
    avant = releve(complet.entreprise)
    assert a_effacer(maintenant + TRENTE - timedelta(days=1)) == []
    effacer(complet.entreprise.pk, maintenant + TRENTE - timedelta(days=1), maintenant + TRENTE)
    assert releve(complet.entreprise) == avant
    assert a_effacer(maintenant + TRENTE + timedelta(hours=1)) == [complet.entreprise.pk]


@pytest.fixture
def efface(complet, monkeypatch):
    """Erased by chunks of two rows, each turn cut after one of them."""
    autre = fabriquer_complet("ailleurs")
    partage = fabriques.fabriquer_membre(complet.entreprise, "comptable", "partage@exemple.invalid")
    Adhesion.objects.create(entreprise=autre.entreprise, utilisateur=partage, role="comptable")
    export = demander(complet.entreprise, complet.monde.gerant)
    tasks.exporter(export.pk)
    export.refresh_from_db()
    clore(complet.entreprise)
    avant, chemins = releve(autre.entreprise), [d.chemin for d in Document.objects.de(complet.entreprise)]
    lignes = Evenement.objects.filter(entreprise=complet.entreprise).count()
    monkeypatch.setattr(effacement, "LOT", 2)
    maintenant = timezone.now() + TRENTE + timedelta(days=1)
    tours = 0
    while effacer(complet.entreprise.pk, maintenant, timezone.now()):
        tours += 1
    assert tours > 30
    connection.check_constraints()
    return {"autre": autre, "avant": avant, "chemins": chemins, "export": export, "lignes": lignes, "partage": partage}


def test_the_other_company_is_untouched_byte_for_byte(efface):
    assert releve(efface["autre"].entreprise) == efface["avant"]


def test_nothing_that_names_anyone_is_left(complet, efface):
    entreprise = Entreprise.objects.get(pk=complet.entreprise.pk)
    reste = releve(entreprise)
    for mot in (
        "Menuiserie",
        "Spécimen",
        "quai du Modèle",
        "etageres",
        "étagères",
        "732829320",
        "compta@",
        "F-1",
        "FR14",
    ):
        assert mot not in reste, mot
    assert entreprise.effacee_le is not None
    assert [m.__name__ for m in ordre_de_suppression() if m.objects.filter(entreprise=entreprise).exists()] == []
    assert not any(default_storage.exists(chemin) for chemin in efface["chemins"])
    assert not chemin_de(efface["export"]).exists()


def test_the_chain_of_the_journal_still_verifies(complet, efface):
    clients = list(Client.objects.filter(entreprise=complet.entreprise))
    assert [verifier(client) for client in clients] == [[] for _ in clients]
    lignes = Evenement.objects.filter(entreprise=complet.entreprise)
    assert lignes.count() == efface["lignes"] > 0
    assert not ContenuEvenement.objects.filter(evenement__in=lignes).exists()


def test_who_had_this_company_alone_enters_no_more(complet, efface, client):
    etats = dict(Utilisateur.objects.values_list("email", "is_active"))
    assert etats[complet.monde.gerant.email] is False
    assert etats["partage@exemple.invalid"] is True
    client.force_login(efface["partage"])
    for slug in ("essai", f"effacee-{complet.entreprise.pk}"):
        assert client.get(f"/e/{slug}/factures/").status_code == 404
    assert not Entreprise.objects.accessibles(efface["partage"]).filter(pk=complet.entreprise.pk).exists()


def test_done_again_it_does_nothing(complet, efface):
    reste = releve(complet.entreprise)
    assert a_effacer(timezone.now() + 99 * TRENTE) == []
    assert effacer(complet.entreprise.pk, timezone.now() + 99 * TRENTE, timezone.now() + TRENTE) is False
    assert releve(complet.entreprise) == reste


def test_the_tick_erases_what_is_due(complet):
    clore(complet.entreprise)
    Entreprise.objects.filter(pk=complet.entreprise.pk).update(effacement_prevu_le=complet.monde.aujourd_hui)
    tasks.reprendre()
    complet.entreprise.refresh_from_db()
    assert complet.entreprise.effacee_le is not None
