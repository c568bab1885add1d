"""Rungs and ladders changed: order, history that is not rewritten, nobody reminded twice, everything woken."""

from datetime import date, timedelta

import pytest

from entreprises.modeles import Perimee
from factures.models import Echeance
from relances.avertissements import avertir
from relances.decision import decider, verifier
from relances.echelles import installer
from relances.echelons import ajouter_echelon, modifier_echelon, retirer_echelon
from relances.edition import dupliquer, modifier_echelle, prevoir_retablissement, retablir, retirer_echelle
from relances.models import Affectation, Etape, LigneRelance, Relance, Scenario, TexteEtape
from relances.planification import planifier
from relances.redaction import ajouter_version, derniere_version
from tests import fabriques
from tests.relances import actes
from tests.relances.actes import AU, INSTANT

pytestmark = pytest.mark.django_db
SIGNE = {"auteur": None, "aujourd_hui": AU}


@pytest.fixture
def essai():
    return actes.entreprise_prete()


@pytest.fixture
def echelle(essai):
    return Scenario.objects.get(entreprise=essai, genre_client="professionnel")


def etape_de(echelle, lignee):
    return echelle.etapes.en_vigueur().get(lignee=lignee)


def noms(echelle):
    return [e.nom for e in echelle.etapes.en_vigueur().order_by("rang")]


def valeurs(**changees):
    return {
        "nom": "Rappel doux", "ancre": "echeance", "decalage": 10, "en_jours_ouvres": False, "canal": "courriel",
        "accessoires": "aucun", "delai_jours": 7, "est_formelle": False, "demande_approbation": False, **changees,
    }  # fmt: skip


def relancee(essai, lignee="premiere", **valeurs_relance):
    """A client whose invoice, 8 days late, got this rung on AU."""
    echelle = Scenario.objects.get(entreprise=essai, genre_client="professionnel")
    facture = fabriques.fabriquer_facture(fabriques.fabriquer_client(essai))
    champs = {"statut": "envoyee", "envoyee_le": INSTANT, **valeurs_relance}
    return actes.fabriquer_relance(facture, etape=etape_de(echelle, lignee), **champs)


def suite(essai, client, au):
    (examen,) = decider(essai, au, [client.pk])
    (decision,) = examen.decisions
    return decision.verdict.value, decision.echelon and decision.echelon.nom


# Order


@pytest.mark.parametrize(
    ("changees", "rang"),
    [({"decalage": -20}, 0), ({"decalage": 10}, 5), ({"decalage": 7}, 5), ({"decalage": 90}, 7),
     ({"decalage": 1}, 2), ({"ancre": "fin_delai", "decalage": 5}, 7), ({"ancre": "escompte", "decalage": -1}, 2)],
)  # fmt: skip
def test_a_new_rung_finds_its_place_by_its_date(echelle, changees, rang):
    ajouter_echelon(echelle, "abc", valeurs(**changees), **SIGNE)
    assert noms(echelle).index("Rappel doux") == rang
    assert list(echelle.etapes.en_vigueur().order_by("rang").values_list("rang", flat=True)) == list(range(1, 9))


def test_the_same_rung_added_twice_is_added_once_with_words_in_each_language(echelle):
    premiere = ajouter_echelon(echelle, "abc", valeurs(), **SIGNE)
    assert ajouter_echelon(echelle, "abc", valeurs(), **SIGNE) == premiere
    assert echelle.etapes.en_vigueur().count() == 8
    assert sorted(TexteEtape.objects.filter(etape=premiere).values_list("langue", flat=True)) == ["en", "fr"]


# History


def test_a_rung_that_nobody_acted_is_changed_in_place(echelle):
    etape = etape_de(echelle, "premiere")
    changee = modifier_echelon(etape, 1, {"decalage": 9}, **SIGNE)
    assert (changee.pk, changee.decalage, changee.version) == (etape.pk, 9, 2)


def test_the_name_and_the_deadline_of_an_acted_rung_are_changed_in_place(essai, echelle):
    relancee(essai)
    etape = etape_de(echelle, "premiere")
    assert modifier_echelon(etape, 1, {"nom": "Petit mot", "delai_jours": 9}, **SIGNE).pk == etape.pk


def test_an_acted_rung_that_moves_is_replaced_and_keeps_its_past_and_its_words(essai, echelle):
    relancee(essai)
    ancienne = etape_de(echelle, "premiere")
    ajouter_version(ancienne, "fr", "Mes mots", "{total.echu}", auteur=None)
    nouvelle = modifier_echelon(ancienne, 1, {"decalage": 10}, **SIGNE)
    ancienne.refresh_from_db()
    assert (ancienne.decalage, ancienne.retiree_le) == (7, AU)
    assert (nouvelle.decalage, nouvelle.lignee, nouvelle.rang) == (10, "premiere", ancienne.rang)
    assert derniere_version(nouvelle, "fr").objet == "Mes mots"
    assert LigneRelance.objects.filter(etape=ancienne).exists()


@pytest.mark.parametrize("decalage", [3, 7, 10, 14])
def test_R1_who_got_the_rung_before_it_moved_does_not_get_it_again(essai, echelle, decalage):
    relance = relancee(essai)
    modifier_echelon(etape_de(echelle, "premiere"), 1, {"decalage": decalage, "canal": "courrier"}, **SIGNE)
    for jours in range(1, 40):
        verdict, nom = suite(essai, relance.client, AU + timedelta(days=jours))
        assert nom != "Première relance", jours
        if verdict == "relancer":
            break
    assert nom == "Deuxième relance"


def test_R1_moving_a_rung_twice_and_back_still_counts_what_was_done(essai, echelle):
    relance = relancee(essai)
    for version, decalage in ((1, 12), (1, 7)):
        modifier_echelon(etape_de(echelle, "premiere"), version, {"decalage": decalage}, **SIGNE)
        relancee(essai)  # the new one is acted too, for another client
    assert echelle.etapes.filter(lignee="premiere").count() == 3
    assert suite(essai, relance.client, date(2026, 7, 14)) == ("attendre", "Deuxième relance")


def test_a_rung_copied_before_lines_were_kept_takes_one_when_it_is_replaced(essai, echelle):
    relance = relancee(essai)
    Etape.objects.update(lignee="")
    etape = echelle.etapes.en_vigueur().get(nom="Première relance")
    nouvelle = modifier_echelon(etape, 1, {"decalage": 12}, **SIGNE)
    assert nouvelle.lignee
    assert suite(essai, relance.client, date(2026, 7, 13)) == ("attendre", "Deuxième relance")


# Acts already prepared


def test_an_act_prepared_under_a_rung_that_moved_is_cancelled_by_the_night_and_decided_again(essai, echelle):
    relance = relancee(essai, statut="a_valider", motif_attente="envoi_manuel", envoyee_le=None, date_decision=AU)
    modifier_echelon(etape_de(echelle, "premiere"), 1, {"canal": "courrier"}, **SIGNE)
    assert verifier(Relance.objects.get(pk=relance.pk), AU).motif.code == "echelon_retire"
    planifier(essai, AU, instant=INSTANT)
    relance.refresh_from_db()
    assert (relance.statut, relance.annulee_motif) == ("annulee", "echelon_retire")
    refaite = Relance.objects.get(client=relance.client, statut__in=Relance.STATUTS_OUVERTS)
    assert (refaite.etape.lignee, refaite.canal) == ("premiere", "courrier")


def test_a_printed_letter_is_not_called_back_when_its_rung_moves(essai, echelle):
    """It may be in the bag for the post: cancelled, it would leave all the same, and a second one after it."""
    relance = relancee(
        essai, statut="a_envoyer", canal="courrier", envoyee_le=None, date_decision=AU, imprimee_le=INSTANT
    )
    modifier_echelon(etape_de(echelle, "premiere"), 1, {"decalage": 9}, **SIGNE)
    planifier(essai, AU, instant=INSTANT)
    relance.refresh_from_db()
    assert relance.statut == "a_envoyer"
    assert Relance.objects.ouvertes().count() == 1


def test_an_act_of_a_rung_that_is_still_there_is_cancelled_for_its_own_reason(essai):
    relance = relancee(essai, statut="a_valider", motif_attente="envoi_manuel", envoyee_le=None)
    Echeance.objects.update(solde=0)
    assert verifier(relance, AU).motif.code == "soldee"


def test_a_change_wakes_what_climbs_the_ladder_and_only_that(essai, echelle):
    pro = fabriques.fabriquer_facture(fabriques.fabriquer_client(essai))
    mairie = fabriques.fabriquer_facture(fabriques.fabriquer_client(essai, "Mairie", genre="public"))
    ailleurs = actes.entreprise_prete("ailleurs")
    autre = fabriques.fabriquer_facture(fabriques.fabriquer_client(ailleurs))
    loin = date(2027, 1, 1)
    Echeance.objects.update(a_examiner_le=loin)
    modifier_echelon(etape_de(echelle, "premiere"), 1, {"decalage": 5}, **SIGNE)
    dates = {e.facture_id: e.a_examiner_le for e in Echeance.objects.all()}
    assert dates == {pro.pk: AU, mairie.pk: loin, autre.pk: loin}


# Stale pages, second clicks


def test_a_second_click_changes_nothing_and_an_older_page_is_refused(essai, echelle):
    relancee(essai)
    etape = etape_de(echelle, "premiere")
    nouvelle = modifier_echelon(etape, 1, {"decalage": 10}, **SIGNE)
    assert modifier_echelon(etape, 1, {"decalage": 10}, **SIGNE) == nouvelle
    with pytest.raises(Perimee):
        modifier_echelon(etape, 1, {"decalage": 11}, **SIGNE)
    assert echelle.etapes.filter(lignee="premiere").count() == 2


def test_a_rung_is_retired_once_and_the_last_one_stays(essai, echelle):
    etapes = list(echelle.etapes.en_vigueur().order_by("rang"))
    for etape in etapes[:-1]:
        etape.refresh_from_db()
        retirer_echelon(etape, etape.version, **SIGNE)
    retirer_echelon(etapes[0], 1, **SIGNE)
    etapes[-1].refresh_from_db()
    with pytest.raises(Exception, match="au moins un échelon"):
        retirer_echelon(etapes[-1], etapes[-1].version, **SIGNE)
    assert echelle.etapes.en_vigueur().count() == 1
    assert echelle.etapes.count() == 7


def test_R2_what_was_retired_is_no_longer_asked_for_and_the_next_rung_is(essai, echelle):
    facture = fabriques.fabriquer_facture(fabriques.fabriquer_client(essai))
    retirer_echelon(etape_de(echelle, "appel"), 1, **SIGNE)
    assert suite(essai, facture.client, AU) == ("relancer", "Première relance")


# Ladders


def test_a_copy_has_its_own_rungs_and_words_and_nobody_climbs_it(essai, echelle):
    ajouter_version(etape_de(echelle, "premiere"), "fr", "Mes mots", "{total.echu}", auteur=None)
    copie = dupliquer(echelle, "Plus douce", auteur=None)
    assert noms(copie) == noms(echelle)
    texte = derniere_version(etape_de(copie, "premiere"), "fr")
    assert (texte.objet, texte.numero_version) == ("Mes mots", 1)
    assert not Affectation.objects.filter(scenario=copie).exists()
    with pytest.raises(Exception, match="déjà ce nom"):
        dupliquer(echelle, "Plus douce", auteur=None)
    installer(essai)
    assert Affectation.objects.get(entreprise=essai, genre_client="professionnel").scenario == echelle


def test_a_ladder_that_someone_climbs_is_not_retired(echelle):
    with pytest.raises(Exception, match="choisissez d’abord"):
        retirer_echelle(echelle, **SIGNE)
    copie = dupliquer(echelle, "Plus douce", auteur=None)
    retirer_echelle(copie, **SIGNE)
    copie.refresh_from_db()
    assert copie.retire_le == AU


def test_the_name_and_the_rhythm_are_written_if_nobody_else_did(echelle):
    changes = {"nom": "Pros", "intervalle_minimum": 6}
    modifier_echelle(echelle, 1, **changes, **SIGNE)
    modifier_echelle(echelle, 1, **changes, **SIGNE)
    with pytest.raises(Perimee):
        modifier_echelle(echelle, 1, nom="Autre", intervalle_minimum=6, **SIGNE)
    echelle.refresh_from_db()
    assert (echelle.nom, echelle.version) == ("Pros", 2)


def test_a_new_ladder_has_nothing_to_give_back(echelle):
    assert prevoir_retablissement(echelle).est_vide


def test_the_default_form_comes_back_and_nothing_is_deleted(essai, echelle):
    relancee(essai)
    avant = [(e.nom, e.decalage, e.canal) for e in echelle.etapes.en_vigueur().order_by("rang")]
    modifier_echelle(echelle, 1, nom="À moi", intervalle_minimum=9, **SIGNE)
    modifier_echelon(etape_de(echelle, "premiere"), 1, {"decalage": 12, "nom": "Petit mot"}, **SIGNE)
    retirer_echelon(etape_de(echelle, "deuxieme"), 1, **SIGNE)
    ajouter_echelon(echelle, "abc", valeurs(), **SIGNE)
    ajouter_version(etape_de(echelle, "appel"), "fr", "Mes mots", "{total.echu}", auteur=None)
    textes = TexteEtape.objects.count()
    echelle.refresh_from_db()
    prevu = prevoir_retablissement(echelle)
    assert [e.cle for e in prevu.recreees] == ["deuxieme"]
    assert [e.nom for e in prevu.retirees] == ["Rappel doux"]
    assert [(e.nom, langue) for e, langue in prevu.textes] == [("Appel", "fr")]
    retablir(echelle, echelle.version, **SIGNE)
    echelle.refresh_from_db()
    assert [(e.nom, e.decalage, e.canal) for e in echelle.etapes.en_vigueur().order_by("rang")] == avant
    assert (echelle.nom, echelle.intervalle_minimum) == ("À moi", 5)
    assert derniere_version(etape_de(echelle, "appel"), "fr").numero_version == 3
    assert TexteEtape.objects.count() > textes
    assert prevoir_retablissement(echelle).est_vide


def test_R1_giving_the_default_form_back_repeats_nothing(essai, echelle):
    relance = relancee(essai)
    retirer_echelon(etape_de(echelle, "premiere"), 1, **SIGNE)
    modifier_echelon(etape_de(echelle, "deuxieme"), 1, {"decalage": 20}, **SIGNE)
    echelle.refresh_from_db()
    retablir(echelle, echelle.version, **SIGNE)
    assert suite(essai, relance.client, AU + timedelta(days=6)) == ("attendre", "Deuxième relance")


def test_a_page_that_is_out_of_date_gives_nothing_back(echelle):
    modifier_echelon(etape_de(echelle, "premiere"), 1, {"decalage": 12}, **SIGNE)
    with pytest.raises(Perimee):
        retablir(echelle, 1, **SIGNE)


# What looks odd


@pytest.mark.parametrize("pays", ["FR", "BE", "LU", "CH", "CA"])
def test_nothing_is_odd_in_a_default_ladder(pays):
    entreprise = fabriques.fabriquer_entreprise(pays=pays)
    installer(entreprise)
    for scenario in Scenario.objects.all():
        assert avertir(scenario, list(scenario.etapes.en_vigueur())) == []


@pytest.mark.parametrize(
    ("changees", "mots"),
    [
        ({"decalage": 9}, "séparés que de 2 jours"),
        ({"decalage": 35}, "vient après la mise en demeure"),
        ({"ancre": "fin_delai", "decalage": 3, "est_formelle": False}, None),
        ({"decalage": 45, "est_formelle": True, "demande_approbation": True}, "preuve de réception"),
        ({"decalage": 45, "est_formelle": True, "demande_approbation": True, "delai_jours": 5}, "moins de huit"),
    ],
)
def test_what_is_odd_is_told(echelle, changees, mots):
    ajouter_echelon(echelle, "abc", valeurs(**changees), **SIGNE)
    phrases = " ".join(avertir(echelle, list(echelle.etapes.en_vigueur())))
    assert (mots in phrases) if mots else phrases == ""


def test_a_ladder_without_a_formal_demand_says_so(echelle):
    retirer_echelon(etape_de(echelle, "mise_en_demeure"), 1, **SIGNE)
    assert "n’a pas de mise en demeure" in " ".join(avertir(echelle, list(echelle.etapes.en_vigueur())))
