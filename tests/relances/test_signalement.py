"""R8: the sweep of claims that nobody finished. Letters nobody posted are in `test_poste`."""

import logging
from datetime import timedelta

import pytest

from entreprises.documents import conserver
from journal.models import Evenement
from relances import signalement, statuts
from relances.models import Relance
from relances.signalement import signaler, signaler_prises
from tests.relances import actes, scene
from tests.relances.actes import AU, INSTANT

pytestmark = pytest.mark.django_db
S = Relance.Statut
UNE_HEURE = timedelta(hours=1)
PRESQUE = UNE_HEURE - timedelta(microseconds=1)
RIEN = {"remises_en_file": 0, "douteuses": 0}


@pytest.fixture
def entreprise():
    return actes.entreprise_prete()


def prise(entreprise, nom: str = "Transports Modèle", **valeurs) -> Relance:
    champs = {"statut": "en_cours", "prise_le": INSTANT, "jeton_envoi": "a" * 32, **valeurs}
    return scene.acte(entreprise, nom, **champs)


@pytest.mark.parametrize(
    ("remise_le", "apres", "statut"),
    [
        (None, PRESQUE, S.EN_COURS),
        (None, UNE_HEURE, S.A_ENVOYER),
        (INSTANT, PRESQUE, S.EN_COURS),
        (INSTANT, UNE_HEURE, S.A_VERIFIER),
    ],
)
def test_R8_an_hour_after_the_claim_to_the_microsecond(entreprise, remise_le, apres, statut):
    acte = prise(entreprise, remise_le=remise_le)
    signaler_prises(entreprise, INSTANT + apres)
    acte.refresh_from_db()
    assert acte.statut == statut


def test_R8_a_claim_that_handed_nothing_over_goes_back_to_the_queue(entreprise):
    acte = prise(entreprise)
    document = conserver(entreprise, b"From: nous", "message/rfc822", "relance.eml")
    acte.pieces.create(entreprise=entreprise, document=document, role="courriel", nom="relance.eml")
    assert signaler_prises(entreprise, INSTANT + UNE_HEURE) == {"remises_en_file": 1, "douteuses": 0}
    acte.refresh_from_db()
    assert (acte.prise_le, acte.jeton_envoi, acte.prochaine_tentative_le) == (None, "", None)
    assert not acte.pieces.exists()
    assert acte.lignes.filter(est_active=True).exists()


def test_R8_a_claim_past_the_point_of_no_return_is_a_doubt_shown_and_journaled(entreprise):
    acte = prise(entreprise, remise_le=INSTANT)
    assert signaler_prises(entreprise, INSTANT + UNE_HEURE) == {"remises_en_file": 0, "douteuses": 1}
    acte.refresh_from_db()
    assert acte.remise_le == INSTANT
    assert acte.jeton_envoi  # its worker may still come back with the answer
    assert acte.erreur
    assert acte.lignes.filter(est_active=True).exists()
    assert Evenement.objects.get(client=acte.client).genre == "relance_douteuse"


def test_R8_a_second_sweep_finds_nothing(entreprise):
    prise(entreprise, remise_le=INSTANT)
    signaler_prises(entreprise, INSTANT + UNE_HEURE)
    assert signaler_prises(entreprise, INSTANT + 24 * UNE_HEURE) == RIEN


@pytest.mark.parametrize("statut", sorted(set(S.values) - {"en_cours"}))
def test_R8_only_claims_are_swept(entreprise, statut):
    acte = prise(entreprise, statut=statut, approuvee_le=INSTANT)
    assert signaler(entreprise, AU, INSTANT + 24 * UNE_HEURE) == {**RIEN, "lettres": 0}
    acte.refresh_from_db()
    assert acte.statut == statut


def test_R8_a_claim_settled_while_the_sweep_came_is_left_as_it_is(entreprise, monkeypatch):
    """Read again under the lock: its worker may have finished in between."""
    acte = prise(entreprise, remise_le=INSTANT)
    vraie = signalement.un_par_un

    def finir_avant(actes, geste):
        def alors(relance, client):
            Relance.objects.filter(pk=acte.pk).update(statut="envoyee")
            relance.refresh_from_db()
            return geste(relance, client)

        return vraie(actes, alors)

    monkeypatch.setattr(signalement, "un_par_un", finir_avant)
    assert signaler_prises(entreprise, INSTANT + UNE_HEURE) == RIEN
    acte.refresh_from_db()
    assert acte.statut == S.ENVOYEE


def test_R13_the_claims_of_another_company_are_left_alone(entreprise):
    prise(entreprise)
    assert signaler_prises(actes.entreprise_prete("autre"), INSTANT + UNE_HEURE) == RIEN


def test_a_poisoned_claim_does_not_keep_the_others_stuck(entreprise, monkeypatch, caplog):
    empoisonnee, autre = prise(entreprise), prise(entreprise, "Garage Fictif")
    vraie = statuts.remettre_en_file

    def casser(relance, *args):
        if relance.pk == empoisonnee.pk:
            raise ZeroDivisionError
        vraie(relance, *args)

    monkeypatch.setattr(statuts, "remettre_en_file", casser)
    with caplog.at_level(logging.ERROR):
        assert signaler_prises(entreprise, INSTANT + UNE_HEURE)["remises_en_file"] == 1
    assert f"act {empoisonnee.pk} set aside" in caplog.text
    autre.refresh_from_db()
    assert autre.statut == S.A_ENVOYER
