"""Deciding about an act from the screen: approve, hold, switch the channel, settle a doubt. Never twice."""

from decimal import Decimal

import pytest

from encaissements.encaissement import enregistrer_reglement
from entreprises.documents import lire
from journal.models import Evenement
from relances import envoi
from relances.composition import composer
from relances.models import Reglages, Relance
from suivi.models import Pause
from tests import fabriques
from tests.relances import actes, scene


@pytest.fixture
def courriel(essai):
    return scene.acte(essai, "Transports Modèle", "2736.00", statut="a_valider", motif_attente="envoi_manuel")


@pytest.fixture
def formelle(essai):
    return scene.acte(
        essai, "Hôtel des Trois Marées", "905.43", actes.mise_en_demeure(essai),
        statut="a_valider", motif_attente="approbation",
    )  # fmt: skip


def poster(client, lien, acte, **donnees):
    reponse = client.post(lien, {"version": acte.version, **donnees}, follow=True)
    acte.refresh_from_db()
    return reponse


def test_an_approved_email_leaves_and_is_found_in_the_outbox(essai, gerante, client, adresse, courriel):
    reponse = poster(client, adresse("approuver", pk=courriel.pk), courriel)
    assert courriel.statut == "a_envoyer"
    assert courriel.approuvee_par == gerante
    assert "Approuvé" in reponse.content.decode()
    envoi.envoyer(essai, scene.AU, scene.INSTANT)
    boite = client.get(adresse("boite_envoi"), {"etat": "parties", "q": "transports"})
    assert courriel in boite.context["page"].object_list


def test_a_double_click_approves_once_and_shows_the_act_as_it_is(essai, gerante, client, adresse, courriel):
    vue = courriel.version
    for _ in range(2):
        reponse = client.post(adresse("approuver", pk=courriel.pk), {"version": vue}, follow=True)
    assert reponse.status_code == 200
    assert "rien n’a été fait deux fois" in reponse.content.decode()
    assert Evenement.objects.filter(genre="relance_approuvee").count() == 1


def test_after_an_act_the_next_one_opens(essai, gerante, client, adresse, courriel):
    suivante = scene.acte(essai, "Suivante", statut="a_valider", motif_attente="envoi_manuel")
    page = client.get(adresse("acte", pk=courriel.pk))
    assert page.context["suivant"] == suivante.pk
    reponse = client.post(adresse("approuver", pk=courriel.pk), {"version": courriel.version, "suivant": suivante.pk})
    assert reponse["Location"] == adresse("acte", pk=suivante.pk)


@pytest.mark.parametrize("suivant", ["", "999999", "-1", "abc", "9" * 40])
def test_a_next_act_that_makes_no_sense_leads_to_the_queue(essai, gerante, client, adresse, courriel, suivant):
    reponse = client.post(adresse("approuver", pk=courriel.pk), {"version": courriel.version, "suivant": suivant})
    assert reponse["Location"] == adresse("a_faire")


def test_R7_a_formal_demand_is_asked_about_twice(essai, gerante, client, adresse, formelle):
    reponse = poster(client, adresse("approuver", pk=formelle.pk), formelle)
    assert formelle.statut == "a_valider"
    assert 'name="confirme"' in reponse.content.decode()
    poster(client, adresse("approuver", pk=formelle.pk), formelle, confirme="1")
    assert formelle.statut == "a_envoyer"


def test_R7_a_bookkeeper_without_delegation_is_refused_in_words(essai, client, adresse, formelle):
    client.force_login(fabriques.fabriquer_membre(essai, "comptable"))
    for donnees in ({}, {"confirme": "1"}):
        reponse = poster(client, adresse("approuver", pk=formelle.pk), formelle, **donnees)
        assert reponse.status_code == 403
        assert "Seul le gérant" in reponse.content.decode()
    assert formelle.statut == "a_valider"


def test_R7_a_bookkeeper_with_a_delegation_may(essai, client, adresse, formelle):
    client.force_login(fabriques.fabriquer_membre(essai, "comptable", approuve_mises_en_demeure=True))
    poster(client, adresse("approuver", pk=formelle.pk), formelle, confirme="1")
    assert formelle.statut == "a_envoyer"


def test_above_the_ceiling_only_the_owner_approves(essai, client, adresse, courriel):
    Reglages.objects.update(plafond_approbation="1000.00")
    client.force_login(fabriques.fabriquer_membre(essai, "comptable"))
    reponse = poster(client, adresse("approuver", pk=courriel.pk), courriel)
    assert reponse.status_code == 403
    assert "plafond" in reponse.content.decode()
    assert "barre-actions" in reponse.content.decode()
    assert courriel.statut == "a_valider"


def test_R6_what_was_previewed_is_what_is_frozen(essai, gerante, client, adresse, formelle):
    apercu = client.get(adresse("acte", pk=formelle.pk)).context["volet"].contenu
    prevu = composer(formelle, scene.AU)
    poster(client, adresse("approuver", pk=formelle.pk), formelle, confirme="1")
    assert formelle.figee_le is not None
    assert (formelle.objet, formelle.corps) == (prevu.objet, prevu.corps)
    assert (formelle.objet, formelle.delai_le) == (apercu.message.objet, apercu.delai_le)
    fige = client.get(adresse("acte", pk=formelle.pk)).context["volet"].contenu
    assert fige.est_fige
    assert fige.feuille.pieces == apercu.feuille.pieces
    assert fige.feuille.adresse == apercu.feuille.adresse


def test_what_changed_since_it_was_shown_comes_back_to_be_read(essai, gerante, client, adresse, courriel):
    enregistrer_reglement(
        courriel.client, montant=Decimal("736.00"), date_reglement=scene.AU, devise="EUR", aujourd_hui=scene.AU
    )
    reponse = poster(client, adresse("approuver", pk=courriel.pk), courriel)
    assert "relisez-le" in reponse.content.decode()
    assert (courriel.statut, str(courriel.total)) == ("a_valider", "2000.00")


def test_what_was_paid_meanwhile_is_cancelled_and_said(essai, gerante, client, adresse, courriel):
    enregistrer_reglement(
        courriel.client, montant=courriel.total, date_reglement=scene.AU, devise="EUR", aujourd_hui=scene.AU
    )
    reponse = poster(client, adresse("approuver", pk=courriel.pk), courriel)
    assert courriel.statut == "annulee"
    assert "plus rien n’est dû" in reponse.content.decode()


def test_an_act_without_address_is_refused_in_words(essai, gerante, client, adresse):
    acte = scene.acte(essai, "Sans Adresse", statut="a_valider", motif_attente="contact_manquant", courriel="")
    reponse = poster(client, adresse("approuver", pk=acte.pk), acte)
    assert "n’a pas d’adresse" in reponse.content.decode()
    assert acte.statut == "a_valider"


def test_holding_an_act_keeps_it_for_a_person(essai, gerante, client, adresse):
    acte = scene.acte(essai, "En partance")
    poster(client, adresse("retenir", pk=acte.pk), acte)
    assert (acte.statut, acte.motif_attente) == ("a_valider", "retenue")
    envoi.envoyer(essai, scene.AU, scene.INSTANT)
    acte.refresh_from_db()
    assert acte.statut == "a_valider"


def test_the_channel_changes_and_the_act_stays_open(essai, gerante, client, adresse, courriel):
    reponse = poster(client, adresse("canal", pk=courriel.pk), courriel, canal="courrier")
    assert courriel.canal == "courrier"
    assert reponse.redirect_chain[-1][0] == adresse("acte", pk=courriel.pk)


@pytest.mark.parametrize("canal", ["recommande", "pigeon", ""])
def test_a_channel_that_does_not_fit_is_refused(essai, gerante, client, adresse, courriel, canal):
    reponse = poster(client, adresse("canal", pk=courriel.pk), courriel, canal=canal)
    assert "ne convient pas" in reponse.content.decode()
    assert courriel.canal == "courriel"


@pytest.mark.parametrize(("geste", "statut"), [("partie", "envoyee"), ("non_partie", "echec")])
def test_R8_a_person_settles_a_doubt_once(essai, gerante, client, adresse, geste, statut):
    acte = scene.acte(essai, "Douteux", statut="a_verifier", prise_le=scene.INSTANT, remise_le=scene.INSTANT)
    vue = acte.version
    for _ in range(2):
        reponse = client.post(adresse(geste, pk=acte.pk), {"version": vue}, follow=True)
        acte.refresh_from_db()
        assert acte.statut == statut
    assert "deux fois" in reponse.content.decode()


def test_il_a_repondu_pauses_five_days_and_a_second_click_adds_nothing(essai, gerante, client, adresse, courriel):
    for _ in range(2):
        client.post(adresse("repondu", pk=courriel.pk), {"version": courriel.version}, follow=True)
    pause = Pause.objects.get(client=courriel.client)
    assert (pause.au - pause.du).days == 4
    client.get(adresse("a_faire"))
    courriel.refresh_from_db()
    assert courriel.statut == "annulee"


@pytest.mark.parametrize("version", ["", "abc", "0", "-3", "9" * 40])
def test_a_version_that_makes_no_sense_does_nothing(essai, gerante, client, adresse, courriel, version):
    reponse = client.post(adresse("approuver", pk=courriel.pk), {"version": version}, follow=True)
    assert reponse.status_code == 200
    courriel.refresh_from_db()
    assert courriel.statut == "a_valider"


def test_a_batch_approves_what_is_ticked_and_tells_what_changed(essai, gerante, client, adresse, courriel, formelle):
    autre = scene.acte(essai, "Change", statut="a_valider", motif_attente="envoi_manuel")
    pas_coche = scene.acte(essai, "Pas coché", statut="a_valider", motif_attente="envoi_manuel")
    page = client.get(adresse("approuver_lot"))
    assert formelle not in page.context["actes"]
    assert page.context["totaux"] == [("EUR", courriel.total + autre.total + pas_coche.total, 3)]
    enregistrer_reglement(
        autre.client, montant=Decimal("200.00"), date_reglement=scene.AU, devise="EUR", aujourd_hui=scene.AU
    )
    choix = [f"{courriel.pk}:{courriel.version}", f"{autre.pk}:{autre.version}", f"{formelle.pk}:1", "x:y", "1"]
    reponse = client.post(adresse("approuver_lot"), {"acte": choix})
    assert [acte.pk for acte, _ in reponse.context["bilan"].changees] == [autre.pk]
    statuts = dict(Relance.objects.filter(statut__in=["a_valider", "a_envoyer"]).values_list("pk", "statut"))
    assert statuts == {
        courriel.pk: "a_envoyer", autre.pk: "a_valider", formelle.pk: "a_valider", pas_coche.pk: "a_valider"
    }  # fmt: skip


def test_a_batch_posted_twice_approves_once(essai, gerante, client, adresse, courriel):
    choix = {"acte": [f"{courriel.pk}:{courriel.version}"]}
    client.post(adresse("approuver_lot"), choix)
    client.post(adresse("approuver_lot"), choix)
    assert Evenement.objects.filter(genre="relance_approuvee").count() == 1


def test_R6_the_message_kept_is_the_message_shown(essai, gerante, client, adresse, courriel):
    poster(client, adresse("approuver", pk=courriel.pk), courriel)
    envoi.envoyer(essai, scene.AU, scene.INSTANT)
    courriel.refresh_from_db()
    message = client.get(adresse("envoi", pk=courriel.pk)).context["message"]
    assert dict(message.en_tetes)["Identifiant"] == courriel.message_id
    assert dict(message.en_tetes)["Objet"] == courriel.objet
    assert message.texte
    brut = lire(courriel.pieces.get(role="courriel").document)
    assert courriel.message_id.encode() in brut
