"""The master switch: turned on in sight of what would leave tomorrow, turned off at once."""

import pytest

from relances.models import Reglages, Relance
from tests import fabriques
from tests.pages import texte
from tests.relances import scene


@pytest.fixture
def valeurs(essai):
    Reglages.objects.update(envoi_automatique=False)
    return {
        "version": Reglages.objects.get().version, "envoi_automatique": "on", "heure_avis": "07:30",
        "heure_envoi": "10:15", "jours_envoi": ["0", "1", "2", "4"], "seuil": "15,50", "seuil_appel": "150",
        "seuil_recommande": "0", "plafond_approbation": "", "approbation_jusqu_au": "", "delai_apres_envoi": "7",
        "grace_promesse": "3", "plafond_bienveillance": "", "fraicheur_reglements": "4",
    }  # fmt: skip


def caches(page) -> dict[str, list[str]]:
    """What the page of confirmation would post."""
    donnees = {"confirme": "oui"}
    for champ in page.context["form"]:
        html = champ.as_hidden()
        lues = [morceau.split('"')[0] for morceau in html.split('value="')[1:]]
        donnees[champ.html_name] = lues
    return donnees


def test_turning_it_on_shows_what_would_leave_and_writes_nothing_yet(essai, gerante, client, adresse, valeurs):
    scene.facture(scene.client(essai, "Demain matin"), retard=-6, connue_le=scene.AU.replace(day=1))
    page = client.post(adresse("reglages"), valeurs)
    vue = texte(page)
    assert "Voici ce qui partirait le" in vue
    assert "Demain matin" in vue
    (prevue,) = page.context["repetition"].prevues
    assert prevue.vers
    assert prevue.vers in vue
    assert prevue.relance.etape.nom in vue
    reglages = Reglages.objects.get()
    assert (reglages.envoi_automatique, str(reglages.seuil)) == (False, "0.00")
    assert not Relance.objects.exists()


def test_what_was_typed_reaches_the_confirmation_whole(essai, gerante, client, adresse, valeurs):
    page = client.post(adresse("reglages"), valeurs)
    assert client.post(adresse("reglages"), caches(page)).status_code == 302
    reglages = Reglages.objects.get()
    assert (reglages.envoi_automatique, str(reglages.seuil), reglages.jours_envoi) == (True, "15.50", [0, 1, 2, 4])
    assert f"{reglages.heure_envoi:%H:%M}" == "10:15"


def test_a_confirmation_that_is_out_of_date_turns_nothing_on(essai, gerante, client, adresse, valeurs):
    page = client.post(adresse("reglages"), valeurs)
    Reglages.objects.update(version=9)
    assert "modifiée entre-temps" in texte(client.post(adresse("reglages"), caches(page)))
    assert not Reglages.objects.get().envoi_automatique


def test_once_on_the_other_settings_are_saved_without_asking_again(essai, gerante, client, adresse, valeurs):
    Reglages.objects.update(envoi_automatique=True)
    assert client.post(adresse("reglages"), valeurs).status_code == 302


def test_turning_it_off_is_immediate_even_from_an_old_page(essai, gerante, client, adresse, valeurs):
    Reglages.objects.update(envoi_automatique=True, version=7)
    assert "Éteindre tout de suite" in texte(client.get(adresse("reglages")))
    client.post(adresse("reglages"), {"action": "eteindre"})
    reglages = Reglages.objects.get()
    assert (reglages.envoi_automatique, reglages.version) == (False, 8)
    assert "Éteindre tout de suite" not in texte(client.get(adresse("reglages")))


def test_unticking_it_is_immediate_too(essai, gerante, client, adresse, valeurs):
    Reglages.objects.update(envoi_automatique=True)
    del valeurs["envoi_automatique"]
    assert client.post(adresse("reglages"), valeurs).status_code == 302
    assert not Reglages.objects.get().envoi_automatique


@pytest.mark.parametrize("role", ["comptable", "lecture"])
def test_only_the_owner_touches_the_switch(essai, client, adresse, valeurs, role):
    client.force_login(fabriques.fabriquer_membre(essai, role))
    for donnees in (valeurs | {"confirme": "oui"}, {"action": "eteindre"}):
        assert client.post(adresse("reglages"), donnees).status_code == 403
    assert client.get(adresse("reglages_etat")).status_code == 200


def test_the_state_of_the_switch_is_told_on_the_company_s_page(essai, gerante, client, adresse):
    assert "allumé" in texte(client.get(adresse("reglages_etat")))
    Reglages.objects.update(envoi_automatique=False)
    assert "éteint" in texte(client.get(adresse("reglages_etat")))
    Reglages.objects.update(jours_envoi=[6])
    assert "Aucun jour d’envoi n’est un jour travaillé" in texte(client.get(adresse("reglages_etat")))
