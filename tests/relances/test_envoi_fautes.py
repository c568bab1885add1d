"""R8: whatever breaks, nothing is lost, nothing leaves twice, and what is doubtful is shown."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from encaissements.encaissement import enregistrer_reglement
from entreprises.documents import lire
from relances import envoi, signalement
from relances.models import LigneRelance, Relance
from tests import fabriques
from tests.relances import actes, pieges
from tests.relances.actes import AU, INSTANT

pytestmark = pytest.mark.django_db(transaction=True)
S = Relance.Statut


class Mort(BaseException):
    """The worker is killed: no handler of ours sees it."""


@pytest.fixture
def relance():
    entreprise = actes.entreprise_prete()
    facture = fabriques.fabriquer_facture(fabriques.fabriquer_client(entreprise), echeance=actes.ECHEANCE)
    return actes.fabriquer_relance(facture)


def envoyer(relance, instant=INSTANT):
    bilan = envoi.envoyer(relance.entreprise, AU, instant)
    relance.refresh_from_db()
    return bilan


def test_R8_a_good_server_takes_it_once_and_a_second_run_sends_nothing(relance, settings):
    with pieges.serveur(pieges.Boite(), settings) as boite:
        assert envoyer(relance).envoyees == [relance.pk]
        assert envoyer(relance).envoyees == []
    assert relance.statut == S.ENVOYEE
    assert len(boite.messages) == 1
    assert relance.message_id.encode() in boite.messages[0]


def test_R6_what_left_is_the_document_that_is_kept(relance, settings):
    with pieges.serveur(pieges.Boite(), settings) as boite:
        envoyer(relance)
    piece = relance.pieces.get(role="courriel")
    assert lire(piece.document).rstrip() == boite.messages[0].rstrip()


@pytest.mark.parametrize("etape", ["prendre", "preparer", "engager", "transmettre", "conclure"])
@pytest.mark.parametrize("moment", ["avant", "apres"])
def test_R8_a_worker_killed_at_each_step_loses_nothing_and_sends_nothing_twice(
    relance, settings, monkeypatch, etape, moment
):
    vraie = getattr(envoi, etape)

    def mourir(*args, **kwargs):
        if moment == "apres":
            vraie(*args, **kwargs)
        raise Mort

    with pieges.serveur(pieges.Boite(), settings) as boite:
        monkeypatch.setattr(envoi, etape, mourir)
        with pytest.raises(Mort):
            envoyer(relance)
        monkeypatch.setattr(envoi, etape, vraie)
        plus_tard = INSTANT + timedelta(hours=2)
        signalement.signaler(relance.entreprise, AU, plus_tard)
        envoyer(relance, plus_tard)
    parties = len(boite.messages)
    assert parties <= 1
    # Either it left and we know it, or nobody may say so without looking: it is shown, and never sent by itself.
    assert relance.statut == (S.A_VERIFIER if relance.remise_le and relance.envoyee_le is None else S.ENVOYEE)
    assert parties == 1 or relance.statut == S.A_VERIFIER


def test_R8_a_server_that_refuses_the_addressee_frees_the_rung(relance, settings):
    with pieges.serveur(pieges.RefuseLeDestinataire(), settings) as boite:
        assert envoyer(relance).refusees == [relance.pk]
    assert boite.messages == []
    assert (relance.statut, relance.erreur) == (S.ECHEC, "550 5.1.1 no such user")
    assert not relance.lignes.filter(est_active=True).exists()
    assert relance.lignes.get().echeance.a_examiner_le == AU


def test_R8_a_temporary_refusal_is_tried_again_later_and_not_for_ever(relance, settings):
    instant = INSTANT
    with pieges.serveur(pieges.Reporte(), settings):
        for tentative in range(1, envoi.TENTATIVES):
            assert envoyer(relance, instant).reportees == [relance.pk]
            assert relance.statut == S.A_ENVOYER
            assert envoyer(relance, instant).reportees == []  # not before its time
            assert relance.tentatives == tentative
            instant = relance.prochaine_tentative_le
        assert envoyer(relance, instant).refusees == [relance.pk]


@pytest.mark.parametrize("boite", [pieges.RaccrocheApresLesDonnees, pieges.SeTait])
def test_R8_silence_after_the_data_is_a_doubt_that_nothing_resends(relance, settings, boite):
    with pieges.serveur(boite(), settings) as piege:
        assert envoyer(relance).douteuses == [relance.pk]
        assert relance.statut == S.A_VERIFIER
        envoyer(relance, INSTANT + timedelta(days=1))
    assert len(piege.messages) == 1
    assert LigneRelance.objects.filter(relance=relance, est_active=True).exists()


def test_R8_a_line_dropped_before_the_data_is_known_not_to_have_been_accepted(relance, settings):
    with pieges.serveur(pieges.RaccrocheAvantLesDonnees(), settings):
        assert envoyer(relance).reportees == [relance.pk]
    assert (relance.statut, relance.remise_le) == (S.A_ENVOYER, None)


def test_R8_a_server_that_is_down_stops_the_batch_after_one_try(settings):
    entreprise = actes.entreprise_prete()
    relances = [
        actes.fabriquer_relance(fabriques.fabriquer_facture(fabriques.fabriquer_client(entreprise, f"Client {n}")))
        for n in range(3)
    ]
    settings.EMAIL_BACKEND = "relances.messagerie.BackendSMTP"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    bilan = envoi.envoyer(entreprise, AU, INSTANT)
    assert bilan.reportees == [relances[0].pk]
    assert set(Relance.objects.filter(pk__in=[r.pk for r in relances]).values_list("statut", flat=True)) == {
        S.A_ENVOYER
    }


def test_R8_a_poisoned_act_is_set_aside_and_the_others_leave(settings, monkeypatch):
    entreprise = actes.entreprise_prete()
    relances = [
        actes.fabriquer_relance(fabriques.fabriquer_facture(fabriques.fabriquer_client(entreprise, f"Client {n}")))
        for n in range(3)
    ]
    vraie = envoi.construire

    def construire(relance, *args, **kwargs):
        if relance.pk == relances[1].pk:
            raise ZeroDivisionError
        return vraie(relance, *args, **kwargs)

    monkeypatch.setattr(envoi, "construire", construire)
    with pieges.serveur(pieges.Boite(), settings) as boite:
        bilan = envoi.envoyer(entreprise, AU, INSTANT)
    assert (bilan.envoyees, bilan.ecartees) == ([relances[0].pk, relances[2].pk], [relances[1].pk])
    assert len(boite.messages) == 2
    relances[1].refresh_from_db()
    assert (relances[1].statut, relances[1].motif_attente) == (S.A_VALIDER, "anomalie")


def test_R4_an_invoice_paid_before_the_sending_cancels_the_act(relance, settings):
    facture = relance.lignes.get().echeance.facture
    enregistrer_reglement(
        facture.client, facture.solde, AU, facture.devise, aujourd_hui=AU, repartition={facture.pk: facture.solde}
    )
    with pieges.serveur(pieges.Boite(), settings) as boite:
        envoyer(relance)
    assert boite.messages == []
    assert (relance.statut, relance.annulee_motif) == (S.ANNULEE, "soldee")


def test_R4_an_invoice_paid_while_the_message_is_rendered_does_not_leave(relance, settings, monkeypatch):
    facture = relance.lignes.get().echeance.facture
    vraie = envoi.preparer

    def preparer(prise):
        message = vraie(prise)
        enregistrer_reglement(
            facture.client, facture.solde, AU, facture.devise, aujourd_hui=AU, repartition={facture.pk: facture.solde}
        )
        return message

    monkeypatch.setattr(envoi, "preparer", preparer)
    with pieges.serveur(pieges.Boite(), settings) as boite:
        envoyer(relance)
    assert boite.messages == []
    assert relance.statut == S.ANNULEE


def test_R4_a_part_payment_before_the_sending_lowers_what_is_asked(relance, settings):
    facture = relance.lignes.get().echeance.facture
    enregistrer_reglement(facture.client, facture.solde / 4, AU, facture.devise, aujourd_hui=AU)
    with pieges.serveur(pieges.Boite(), settings):
        envoyer(relance)
    assert relance.statut == S.ENVOYEE
    assert relance.total == facture.solde * 3 / 4


def test_R14_nothing_leaves_on_a_day_that_is_not_a_sending_day(relance, settings):
    dimanche = AU + timedelta(days=4)
    assert not envoi.est_jour_d_envoi(relance.entreprise, dimanche)
    with pieges.serveur(pieges.Boite(), settings) as boite:
        envoi.envoyer(relance.entreprise, dimanche, INSTANT + timedelta(days=4))
    assert boite.messages == []


def test_R8_two_workers_at_once_send_each_act_once(settings):
    entreprise = actes.entreprise_prete()
    for n in range(6):
        actes.fabriquer_relance(fabriques.fabriquer_facture(fabriques.fabriquer_client(entreprise, f"Client {n}")))

    def travailler(_):
        try:
            return envoi.envoyer(entreprise, AU, INSTANT).envoyees
        finally:
            connections.close_all()

    with pieges.serveur(pieges.Boite(), settings) as boite, ThreadPoolExecutor(2) as ouvriers:
        listes = list(ouvriers.map(travailler, range(2)))
    assert sorted(listes[0] + listes[1]) == sorted(set(listes[0] + listes[1]))
    assert len(boite.messages) == 6
    assert Relance.objects.filter(statut=S.ENVOYEE, date_decision=AU).count() == 6
