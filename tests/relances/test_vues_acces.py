"""Every page of the ladder: the wrong method, a role that is too low, a stranger."""

import pytest

from tests import fabriques
from tests.relances import scene

LECTURES = [
    "a_faire",
    "reperes",
    "nombre_a_faire",
    "acte",
    "lettre",
    "apercu_courriel",
    "boite_envoi",
    "envoi",
    "retards",
    "pourquoi_facture",
    "situation_client",
    "reglages_etat",
    "courriers",
    "lettre_essai",
]
GESTES = [
    "imprimer", "courriers_imprimer", "approuver", "retenir", "canal", "partie", "non_partie", "repondu",
    "conclure_appel", "poster", "suivre", "a_jour",
    "courriel_essai", "courriel_retirer",
    "archiver", "retablir",
]  # fmt: skip
MIXTES = ["courriers_numeros", "approuver_lot", "reglages", "outrepasser"]
SANS_CLE = {
    "courriers",
    "lettre_essai",
    "courriers_imprimer",
    "courriers_numeros",
    "a_faire",
    "reperes",
    "nombre_a_faire",
    "outrepasser",
    "boite_envoi",
    "retards",
    "a_jour",
    "approuver_lot",
    "reglages",
}
SANS_CLE |= {"reglages_etat", "courriel_essai", "courriel_retirer"}


@pytest.fixture
def lien(essai, adresse):
    """The address of each page for one letter of one client."""
    acte = scene.acte(essai, "Hôtel des Trois Marées", "905.43", statut="a_valider", motif_attente="approbation")
    lettre = scene.acte(essai, "SCI du Sapin Bleu", canal="courrier")
    cles = {
        "lettre": lettre.pk,
        "pourquoi_facture": acte.lignes.get().echeance.facture_id,
        "situation_client": acte.client_id,
        "archiver": acte.client_id,
        "retablir": acte.client_id,
    }
    return lambda nom: adresse(nom) if nom in SANS_CLE else adresse(nom, pk=cles.get(nom, acte.pk))


@pytest.mark.parametrize("nom", LECTURES)
def test_a_page_that_only_reads_works_for_a_read_only_member_and_refuses_a_post(essai, lien, client, nom):
    client.force_login(fabriques.fabriquer_membre(essai, "lecture"))
    assert client.get(lien(nom)).status_code == 200
    assert client.post(lien(nom)).status_code == 405


@pytest.mark.parametrize("nom", GESTES)
def test_a_step_refuses_a_get_and_a_read_only_member(essai, lien, client, nom):
    client.force_login(fabriques.fabriquer_membre(essai, "lecture"))
    assert client.get(lien(nom)).status_code == 405
    assert client.post(lien(nom), {"version": 1}).status_code == 403


@pytest.mark.parametrize("nom", MIXTES)
def test_a_form_page_refuses_other_methods_and_a_read_only_member(essai, lien, client, nom):
    client.force_login(fabriques.fabriquer_membre(essai, "lecture"))
    assert client.get(lien(nom)).status_code == 403
    assert client.put(lien(nom)).status_code == 405


@pytest.mark.parametrize("nom", [*LECTURES, *MIXTES])
def test_R13_the_company_does_not_exist_for_a_stranger(essai, lien, client, nom):
    ailleurs = fabriques.fabriquer_entreprise("ailleurs")
    client.force_login(fabriques.fabriquer_membre(ailleurs))
    assert client.get(lien(nom)).status_code == 404


@pytest.mark.parametrize("nom", [*GESTES, *MIXTES])
def test_R13_a_stranger_can_do_nothing(essai, lien, client, nom):
    ailleurs = fabriques.fabriquer_entreprise("ailleurs")
    client.force_login(fabriques.fabriquer_membre(ailleurs))
    assert client.post(lien(nom), {"version": 1}).status_code == 404


@pytest.mark.parametrize("nom", ["acte", "lettre", "apercu_courriel", "envoi", "pourquoi_facture", "situation_client"])
def test_R13_another_company_s_row_is_not_found_from_one_s_own(essai, lien, client, nom):
    ailleurs = fabriques.fabriquer_entreprise("ailleurs")
    client.force_login(fabriques.fabriquer_membre(ailleurs))
    assert client.get(lien(nom).replace("/e/essai/", "/e/ailleurs/")).status_code == 404


@pytest.mark.parametrize("nom", [nom for nom in GESTES if nom not in SANS_CLE])
def test_R13_another_company_s_act_can_t_be_touched_from_one_s_own(essai, lien, client, nom):
    ailleurs = fabriques.fabriquer_entreprise("ailleurs")
    client.force_login(fabriques.fabriquer_membre(ailleurs))
    donnees = {"version": 1, "resultat": "refus", "postee_le": "2026-07-08", "suivi": "recue", "le": "2026-07-08"}
    assert client.post(lien(nom).replace("/e/essai/", "/e/ailleurs/"), donnees).status_code == 404


def test_nobody_enters_without_signing_in(essai, lien, client):
    reponse = client.get(lien("a_faire"))
    assert reponse.status_code == 302
    assert "/compte/" in reponse["Location"]
