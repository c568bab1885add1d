"""The settings of the ladder: the owner's alone, and what would leave is said before the switch is turned."""

from datetime import time

import pytest

from relances.ecrans import repetition
from relances.models import Reglages, Relance
from tests import fabriques
from tests.relances import scene


@pytest.fixture
def valeurs(essai):
    reglages = Reglages.objects.get(entreprise=essai)
    return {
        "version": reglages.version, "envoi_automatique": "on", "heure_avis": "07:30", "heure_envoi": "10:15",
        "jours_envoi": ["0", "1", "2"], "seuil": "15,50", "seuil_appel": "150", "seuil_recommande": "0",
        "plafond_approbation": "5 000,00", "approbation_jusqu_au": "", "delai_apres_envoi": "7", "grace_promesse": "3",
        "plafond_bienveillance": "", "fraicheur_reglements": "4",
    }  # fmt: skip


def test_the_owner_changes_them(essai, gerante, client, adresse, valeurs):
    assert client.post(adresse("reglages"), valeurs).status_code == 302
    reglages = Reglages.objects.get(entreprise=essai)
    assert (reglages.heure_envoi, reglages.jours_envoi) == (time(10, 15), [0, 1, 2])
    assert (str(reglages.seuil), str(reglages.plafond_approbation)) == ("15.50", "5000.00")


def test_a_bookkeeper_may_not(essai, client, adresse, valeurs):
    client.force_login(fabriques.fabriquer_membre(essai, "comptable"))
    assert client.get(adresse("reglages")).status_code == 403
    assert client.post(adresse("reglages"), valeurs).status_code == 403


@pytest.mark.parametrize(
    ("champ", "valeur", "mots"),
    [
        ("jours_envoi", [], "au moins un jour"),
        ("seuil", "-1", "n’est pas négatif"),
        ("heure_avis", "10:30", "avant l’envoi"),
        ("heure_envoi", "25:00", "heure valide"),
        ("fraicheur_reglements", "", "obligatoire"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_at_its_field(
    essai, gerante, client, adresse, valeurs, champ, valeur, mots
):
    reponse = client.post(adresse("reglages"), {**valeurs, champ: valeur})
    assert mots in " ".join(reponse.context["form"].errors[champ])
    assert Reglages.objects.get(entreprise=essai).heure_envoi == time(9, 30)


def test_a_form_that_is_out_of_date_writes_nothing(essai, gerante, client, adresse, valeurs):
    client.post(adresse("reglages"), {**valeurs, "heure_envoi": "11:00"})
    reponse = client.post(adresse("reglages"), valeurs)
    assert "modifiée entre-temps" in reponse.content.decode()
    assert Reglages.objects.get(entreprise=essai).heure_envoi == time(11, 0)


def test_the_page_rehearses_what_would_leave_tomorrow_and_writes_nothing(essai, gerante, client, adresse):
    Reglages.objects.update(envoi_automatique=False)
    scene.facture(scene.client(essai, "Demain matin"), retard=-6, connue_le=scene.AU.replace(day=1))
    scene.facture(scene.client(essai, "Sans courriel", courriel=""), retard=-6)
    repetition = client.get(adresse("reglages")).context["repetition"]
    assert {p.relance.client.nom: p.est_sans_personne for p in repetition.prevues} == {
        "Demain matin": True, "Sans courriel": False
    }  # fmt: skip
    assert repetition.partiraient == 1
    assert not Relance.objects.exists()


def test_a_company_too_large_to_rehearse_on_a_page_says_so(essai, gerante, client, adresse, monkeypatch):
    monkeypatch.setattr(repetition, "CLIENTS_AU_PLUS", 0)
    scene.facture(scene.client(essai, "Un"))
    assert "trop longue" in client.get(adresse("reglages")).content.decode()
