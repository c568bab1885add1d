"""The pages of the ladders: what they show, what they write, to whom they open."""

import pytest

from journal.models import Evenement
from relances.edition import dupliquer
from relances.models import Affectation, Etape, Scenario
from tests import fabriques
from tests.pages import compter_requetes, connecter, connecter_role, texte
from tests.relances import scene
from tests.relances.actes import AU

LECTURES = ["echelles", "echelle", "echelle_imprimer"]
FORMULAIRES = [
    "echelle_modifier", "echelle_dupliquer", "echelle_retirer", "echelle_retablir", "echelon_nouveau",
    "echelon_modifier", "echelon_retirer",
]  # fmt: skip
ECHELONS = {"echelon_modifier", "echelon_retirer", "texte", "texte_courriel", "texte_lettre", "texte_restaurer"}
APERCUS = ["texte_courriel", "texte_lettre"]
ENVOIS = ["echelles_par_genre", "texte_restaurer"]
AFFECTATIONS = ["echelle_du_client", "echelle_de_la_facture"]
TOUTES = [*LECTURES, *FORMULAIRES, "texte", *APERCUS, *ENVOIS, *AFFECTATIONS]


@pytest.fixture
def echelle(essai):
    return Scenario.objects.get(entreprise=essai, genre_client="professionnel")


@pytest.fixture
def premiere(echelle):
    return echelle.etapes.get(lignee="premiere")


@pytest.fixture
def facture(essai):
    return scene.facture(scene.client(essai, "Transports Modèle"))


@pytest.fixture
def lien(adresse, echelle, premiere, facture):
    def adresse_de(nom):
        if nom in {"echelles", "echelles_par_genre"}:
            return adresse(nom)
        if nom in ECHELONS:
            return adresse(nom, pk=premiere.pk)
        return adresse(nom, pk={"echelle_du_client": facture.client_id, "echelle_de_la_facture": facture.pk}.get(
            nom, echelle.pk
        ))  # fmt: skip

    return adresse_de


def saisie(etape, **changees):
    return {
        "version": etape.version, "cle": "", "nom": etape.nom, "repere": "apres", "jours": etape.decalage,
        "canal": etape.canal, "delai_jours": etape.delai_jours, "accessoires": etape.accessoires, **changees,
    }  # fmt: skip


# Who gets in


@pytest.mark.parametrize("nom", [*LECTURES])
def test_every_member_reads_the_ladders_and_sees_no_button(essai, lien, nom):
    page = texte(connecter_role(essai, "lecture").get(lien(nom)))
    contenu = page[page.index('<main id="principal"') : page.index("</main>")]
    assert 'method="post"' not in contenu
    assert "/modifier/" not in contenu
    assert "/texte/" not in contenu


@pytest.mark.parametrize("nom", [*FORMULAIRES, "texte", *APERCUS])
@pytest.mark.parametrize("role", ["lecture", "comptable"])
def test_only_the_owner_changes_a_ladder_or_its_words(essai, lien, nom, role):
    assert connecter_role(essai, role).get(lien(nom)).status_code == 403


@pytest.mark.parametrize("nom", [*FORMULAIRES, "texte", *ENVOIS])
@pytest.mark.parametrize("role", ["lecture", "comptable"])
def test_nobody_else_writes(essai, lien, nom, role):
    assert connecter_role(essai, role).post(lien(nom), {"version": 1}).status_code == 403


@pytest.mark.parametrize("nom", AFFECTATIONS)
def test_a_bookkeeper_chooses_a_client_s_ladder_and_a_reader_does_not(essai, lien, nom):
    assert connecter_role(essai, "comptable").get(lien(nom)).status_code == 200
    assert connecter_role(essai, "lecture").get(lien(nom)).status_code == 403
    assert connecter_role(essai, "lecture").post(lien(nom)).status_code == 403


@pytest.mark.parametrize("nom", TOUTES)
def test_R13_nothing_exists_for_a_stranger_nor_under_another_company(essai, lien, nom):
    etranger = connecter(fabriques.fabriquer_membre(fabriques.fabriquer_entreprise("ailleurs")))
    for chemin in (lien(nom), lien(nom).replace("/essai/", "/ailleurs/")):
        if chemin.endswith(("/ailleurs/echelles/", "/ailleurs/echelles/types/")):
            continue  # their own
        methode = etranger.post if nom in ENVOIS else etranger.get
        assert methode(chemin).status_code == 404


@pytest.mark.parametrize("nom", TOUTES)
def test_a_wrong_method_is_refused(lien, gerante, client, nom):
    assert client.delete(lien(nom)).status_code == 405
    if nom in ENVOIS:
        assert client.get(lien(nom)).status_code == 405


# The list, one ladder, the page for the wall


def test_the_list_draws_each_ladder_and_says_whom_it_is_for(essai, gerante, client, adresse, echelle, facture):
    douce = dupliquer(echelle, "Plus douce", auteur=None)
    Affectation.objects.create(entreprise=essai, scenario=douce, client=facture.client)
    Affectation.objects.create(entreprise=essai, scenario=douce, facture=facture)
    page = texte(client.get(adresse("echelles")))
    assert page.index("Professionnels") < page.index("Particuliers") < page.index("Plus douce")
    for mots in ("1 client l’a en propre", "1 facture l’a en propre", "J+1 ouvré", "J−7", "escompte −3"):
        assert mots in page, mots


def test_the_list_costs_the_same_whatever_the_number_of_ladders(essai, gerante, client, adresse, echelle):
    avant = compter_requetes(client, adresse("echelles"))
    for n in range(5):
        dupliquer(echelle, f"Copie {n}", auteur=None)
    assert compter_requetes(client, adresse("echelles")) == avant


def test_a_company_without_a_ladder_is_told_what_it_means(db, ce_matin, client):
    vide = fabriques.fabriquer_entreprise("vide")
    client.force_login(fabriques.fabriquer_membre(vide))
    assert "Aucune échelle" in texte(client.get("/e/vide/echelles/"))


def test_the_page_for_the_wall_says_when_how_who_and_what(gerante, client, lien):
    page = texte(client.get(lien("echelle_imprimer")))
    for mots in ("J+7", "Lettre recommandée", "accord du gérant, toujours", "Deuxième rappel – [somme]", "8 jours"):
        assert mots in page, mots
    assert "{total" not in page


# Changing


def test_the_owner_moves_a_rung_and_is_told(gerante, client, lien, premiere, echelle):
    reponse = client.post(lien("echelon_modifier"), saisie(premiere, jours="9", nom="Petit mot"), follow=True)
    assert "Échelon enregistré" in texte(reponse)
    premiere.refresh_from_db()
    echelle.refresh_from_db()
    assert (premiere.decalage, premiere.nom, echelle.modifie_par) == (9, "Petit mot", gerante)
    assert "Modifiée le" in texte(reponse)


@pytest.mark.parametrize(
    ("changees", "champ", "mots"),
    [
        ({"jours": "-1"}, "jours", "supérieure ou égale"),
        ({"jours": "9999"}, "jours", "inférieure ou égale"),
        ({"jours": "0", "repere": "avant"}, "jours", "au moins un jour"),
        ({"nom": " deuxième  relance "}, "nom", "porte déjà ce nom"),
        ({"nom": "  "}, "nom", "obligatoire"),
        ({"canal": "recommande"}, "canal", "réservée à la mise en demeure"),
        ({"canal": "appel", "est_formelle": "on"}, "canal", "s’écrit"),
        ({"canal": "pigeon"}, "canal", "Sélectionnez"),
        ({"repere": "avant", "est_formelle": "on"}, "est_formelle", "Rien n’est dû"),
        ({"repere": "avant", "accessoires": "principe"}, "accessoires", "ni pénalités"),
        ({"delai_jours": "0"}, "delai_jours", "supérieure ou égale"),
        ({"version": "0", "jours": "9"}, "__all__", "entre-temps"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_field(gerante, client, lien, premiere, changees, champ, mots):
    reponse = client.post(lien("echelon_modifier"), saisie(premiere, **changees))
    assert mots in " ".join(reponse.context["form"].errors[champ])
    assert Etape.objects.get(pk=premiere.pk).decalage == 7


def test_the_rung_after_the_deadline_wants_another_formal_demand(gerante, client, adresse, echelle):
    demeure = echelle.etapes.get(lignee="mise_en_demeure")
    donnees = saisie(demeure, repere="fin_delai", est_formelle="on")
    reponse = client.post(adresse("echelon_modifier", pk=demeure.pk), donnees)
    assert "une autre mise en demeure" in " ".join(reponse.context["form"].errors["repere"])


def test_the_gentle_start_of_an_old_stock_stays_a_reminder(gerante, client, adresse, echelle):
    reprise = echelle.etapes.get(lignee="reprise")
    reponse = client.post(adresse("echelon_modifier", pk=reprise.pk), saisie(reprise, repere="avant"))
    assert "reste un simple rappel" in " ".join(reponse.context["form"].errors["repere"])


def test_a_formal_demand_asks_for_approval_whatever_is_ticked(gerante, client, lien, premiere):
    client.post(lien("echelon_modifier"), saisie(premiere, est_formelle="on", canal="recommande"))
    premiere.refresh_from_db()
    assert premiere.demande_approbation


def test_a_stale_form_shows_both_values_and_loses_nothing(gerante, client, lien, premiere):
    client.post(lien("echelon_modifier"), saisie(premiere, nom="Le sien"))
    reponse = client.post(lien("echelon_modifier"), saisie(premiere, nom="Le mien"))
    assert "« Le sien »" in texte(reponse)
    assert 'value="Le mien"' in texte(reponse)
    encore = client.post(lien("echelon_modifier"), saisie(premiere, nom="Le mien", version=2))
    assert encore.status_code == 302


def test_a_rung_is_added_once_for_two_clicks_and_leads_to_its_words(gerante, client, lien, premiere, echelle):
    page = client.get(lien("echelon_nouveau"))
    donnees = saisie(premiere, nom="Rappel doux", jours="22", cle=page.context["form"]["cle"].value())
    del donnees["version"]
    premier = client.post(lien("echelon_nouveau"), donnees)
    assert "/texte/" in premier.url
    deja = client.post(lien("echelon_nouveau"), donnees)
    assert echelle.etapes.filter(nom="Rappel doux").count() == 1
    assert "porte déjà ce nom" in texte(deja) or deja.url == premier.url


def test_a_rung_is_retired_after_a_page_that_says_what_it_means(gerante, client, lien, premiere):
    assert "Ce qu’il a fait reste" in texte(client.get(lien("echelon_retirer")))
    assert "entre-temps" in texte(client.post(lien("echelon_retirer"), {"version": 9}, follow=True))
    client.post(lien("echelon_retirer"), {"version": 1})
    premiere.refresh_from_db()
    assert premiere.retiree_le == AU
    assert client.get(lien("echelon_modifier")).status_code == 302
    assert client.get(lien("texte")).status_code == 302


def test_a_ladder_is_renamed_copied_given_back_and_retired(gerante, client, lien, adresse, echelle):
    client.post(lien("echelle_modifier"), {"version": 1, "nom": "Pros", "intervalle_minimum": "6"})
    assert "déjà ce nom" in texte(client.post(lien("echelle_dupliquer"), {"nom": "pros"}))
    copie = client.post(lien("echelle_dupliquer"), {"nom": "Plus douce"})
    douce = Scenario.objects.get(nom="Plus douce")
    assert copie.url == adresse("echelle", pk=douce.pk)
    assert "5 jours au moins" in texte(client.get(lien("echelle_retablir")))
    echelle.refresh_from_db()
    client.post(lien("echelle_retablir"), {"version": echelle.version})
    echelle.refresh_from_db()
    assert (echelle.nom, echelle.intervalle_minimum) == ("Pros", 5)
    assert "Rien à rétablir" in texte(client.get(lien("echelle_retablir")))
    assert "sert encore" in texte(client.post(lien("echelle_retirer"), follow=True))
    client.post(adresse("echelle_retirer", pk=douce.pk))
    douce.refresh_from_db()
    assert douce.retire_le == AU
    assert "Plus douce" not in texte(client.get(adresse("echelles")))
    assert "Plus douce" in texte(client.get(adresse("echelles"), {"retirees": "1"}))


# Who climbs which


def test_each_kind_of_client_takes_the_ladder_chosen_for_it(essai, gerante, client, lien, echelle):
    douce = dupliquer(echelle, "Plus douce", auteur=None)
    autres = Affectation.objects.exclude(genre_client="professionnel").values_list("genre_client", "scenario_id")
    donnees = {"professionnel": douce.pk, **dict(autres)}
    assert "Échelles enregistrées" in texte(client.post(lien("echelles_par_genre"), donnees, follow=True))
    assert Affectation.objects.get(genre_client="professionnel").scenario == douce
    assert "Rien n’a changé" in texte(client.post(lien("echelles_par_genre"), donnees, follow=True))


@pytest.mark.parametrize("nom", AFFECTATIONS)
def test_a_client_or_an_invoice_takes_a_ladder_then_follows_again(essai, gerante, client, lien, echelle, nom):
    douce = dupliquer(echelle, "Plus douce", auteur=None)
    assert "Professionnels" in texte(client.get(lien(nom)))
    assert "Échelle changée" in texte(client.post(lien(nom), {"scenario": douce.pk}, follow=True))
    assert Affectation.objects.filter(scenario=douce).count() == 1
    client.post(lien(nom), {"scenario": ""})
    assert not Affectation.objects.filter(scenario=douce).exists()
    assert Evenement.objects.filter(genre="echelle").count() == 2


def test_R13_another_company_s_ladder_is_not_to_be_chosen(essai, gerante, client, lien):
    ailleurs = fabriques.fabriquer_entreprise("ailleurs")
    sienne = Scenario.objects.create(entreprise=ailleurs, nom="La leur")
    reponse = client.post(lien("echelle_du_client"), {"scenario": sienne.pk})
    assert "n’existe plus" in texte(reponse)
    assert "La leur" not in texte(reponse)


def test_the_client_s_and_the_invoice_s_pages_say_which_ladder_and_where_to_change_it(
    essai, gerante, client, adresse, lien, echelle, facture
):
    for page, changer in (
        (adresse("situation_client", pk=facture.client_id), lien("echelle_du_client")),
        (adresse("pourquoi_facture", pk=facture.pk), lien("echelle_de_la_facture")),
    ):
        lue = texte(client.get(page))
        assert ">Professionnels</a>" in lue
        assert changer in lue
        lecteur = texte(connecter_role(essai, "lecture").get(page))
        assert ">Professionnels</a>" in lecteur
        assert changer not in lecteur
