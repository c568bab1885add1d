"""The morning digest: once, to the owners, before anything leaves. Its page is in `test_vues_avis`."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.utils.translation import get_language

from entreprises.models import Utilisateur
from relances import avis
from relances.avis import SEL, VALIDITE, envoyer_avis, nuit_signee, signer
from relances.models import Nuit, Reglages
from tests import fabriques
from tests.relances import actes, pieges, scene
from tests.relances.actes import AU, INSTANT

pytestmark = pytest.mark.django_db
UN_JOUR = timedelta(days=1)


@pytest.fixture
def entreprise():
    return actes.entreprise_prete()


@pytest.fixture
def nuit(entreprise):
    return Nuit.objects.create(entreprise=entreprise, date_nuit=AU, statut="terminee")


@pytest.fixture
def gerant(entreprise):
    return fabriques.fabriquer_membre(entreprise, courriel="gerante@exemple.invalid")


@pytest.fixture
def acte(entreprise):
    return scene.acte(entreprise, "Transports Modèle", "2736.00")


def envoyer(entreprise, au=AU) -> bool:
    return envoyer_avis(entreprise, au, INSTANT + (au - AU))


def test_it_tells_the_owner_what_leaves_with_a_link_to_hold_it(entreprise, nuit, gerant, acte, mailoutbox, settings):
    scene.acte(entreprise, "Garage Fictif", "99.00")
    settings.ADRESSE_PUBLIQUE = "https://recouvrement.invalid"
    assert envoyer(entreprise) is True
    (message,) = mailoutbox
    assert message.to == ["gerante@exemple.invalid"]
    assert "2 relances partent ce matin" in message.subject
    assert "Transports Modèle : Première relance, 2 736,00" in message.body.replace("\u202f", " ").replace("\xa0", " ")
    assert "Garage Fictif" in message.body
    lien = next(ligne for ligne in message.body.splitlines() if ligne.startswith("https://recouvrement.invalid/"))
    assert nuit_signee(lien.rstrip("/").rpartition("/")[2]) == nuit
    nuit.refresh_from_db()
    assert nuit.avis_envoye_le == INSTANT


@pytest.mark.parametrize("langue", ["fr", "en"])
def test_it_speaks_the_owner_s_language(entreprise, nuit, gerant, acte, mailoutbox, monkeypatch, langue):
    Utilisateur.objects.filter(pk=gerant.pk).update(langue=langue)
    monkeypatch.setattr(avis, "ngettext", lambda *mots: f"{get_language()} %(nombre)d %(entreprise)s")
    envoyer(entreprise)
    assert mailoutbox[0].subject == f"{langue} 1 {entreprise.nom}"


def test_one_act_is_told_in_the_singular(entreprise, nuit, gerant, acte, mailoutbox):
    envoyer(entreprise)
    assert "1 relance part ce matin" in mailoutbox[0].subject


def test_it_is_sent_once_however_many_ticks(entreprise, nuit, gerant, acte, mailoutbox):
    assert [envoyer(entreprise) for _ in range(3)] == [True, False, False]
    assert len(mailoutbox) == 1


def test_a_tick_that_comes_between_the_reading_and_the_claim_does_not_send_it_twice(
    entreprise, nuit, gerant, acte, mailoutbox, monkeypatch
):
    vraie = avis.partantes

    def devancer(entreprise):
        monkeypatch.setattr(avis, "partantes", vraie)
        assert envoyer(entreprise) is True
        return vraie(entreprise)

    monkeypatch.setattr(avis, "partantes", devancer)
    assert envoyer(entreprise) is False
    assert len(mailoutbox) == 1


def test_only_the_owners_in_office_are_told(entreprise, nuit, acte, mailoutbox):
    fabriques.fabriquer_membre(entreprise, courriel="un@exemple.invalid")
    fabriques.fabriquer_membre(entreprise, courriel="deux@exemple.invalid")
    fabriques.fabriquer_membre(entreprise, "comptable", approuve_mises_en_demeure=True)
    fabriques.fabriquer_membre(entreprise, "lecture")
    fabriques.fabriquer_membre(entreprise, est_active=False)
    Utilisateur.objects.filter(pk=fabriques.fabriquer_membre(entreprise).pk).update(is_active=False)
    fabriques.fabriquer_membre(actes.entreprise_prete("autre"))
    envoyer(entreprise)
    assert [message.to for message in mailoutbox] == [["un@exemple.invalid"], ["deux@exemple.invalid"]]


def test_R13_it_tells_nothing_of_another_company(entreprise, nuit, gerant, acte, mailoutbox):
    scene.acte(actes.entreprise_prete("autre"), "Ailleurs")
    envoyer(entreprise)
    assert "Ailleurs" not in mailoutbox[0].body


def test_without_any_owner_nothing_is_claimed(entreprise, nuit, acte, mailoutbox):
    assert envoyer(entreprise) is False
    nuit.refresh_from_db()
    assert (mailoutbox, nuit.avis_envoye_le) == ([], None)


@pytest.mark.parametrize("valeurs", [{"statut": "a_valider"}, {"canal": "appel"}, {"canal": "courrier"}])
def test_nothing_is_told_when_no_email_leaves(entreprise, nuit, gerant, mailoutbox, valeurs):
    scene.acte(entreprise, "Transports Modèle", **valeurs)
    assert envoyer(entreprise) is False
    assert mailoutbox == []


@pytest.mark.parametrize(("jours", "part"), [(0, True), (1, True), (2, True), (3, False), (4, False), (6, False)])
def test_it_is_sent_on_sending_days_alone(entreprise, gerant, acte, mailoutbox, jours, part):
    """From Wednesday 8 July 2026: Saturday, Sunday, and Tuesday the 14th, a holiday."""
    Nuit.objects.create(entreprise=entreprise, date_nuit=AU + jours * UN_JOUR, statut="terminee")
    assert envoyer(entreprise, AU + jours * UN_JOUR) is part
    assert len(mailoutbox) == int(part)


def test_it_follows_the_days_that_the_company_chose(entreprise, nuit, gerant, acte, mailoutbox):
    Reglages.objects.update(jours_envoi=[0, 1])  # Monday, Tuesday
    assert envoyer(entreprise) is False


def test_it_waits_for_the_night(entreprise, gerant, acte, mailoutbox):
    assert envoyer(entreprise) is False
    Nuit.objects.create(entreprise=entreprise, date_nuit=AU - UN_JOUR, statut="terminee")
    assert envoyer(entreprise) is False
    assert mailoutbox == []


# A mail server that fails


def test_a_server_that_is_down_is_tried_again_and_said(entreprise, nuit, gerant, acte, settings):
    with pieges.serveur(pieges.Boite(), settings):
        pass  # stopped: its port answers nobody
    with pytest.raises(OSError, match="refused"):
        envoyer(entreprise)
    nuit.refresh_from_db()
    assert nuit.avis_envoye_le is None
    with pieges.serveur(pieges.Boite(), settings) as boite:
        assert envoyer(entreprise) is True
    assert len(boite.messages) == 1


class RefuseUn(pieges.Boite):
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("faux"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def test_one_bad_address_does_not_have_the_other_owners_told_again_at_every_tick(
    entreprise, nuit, acte, settings, caplog
):
    fabriques.fabriquer_membre(entreprise, courriel="faux@exemple.invalid")
    fabriques.fabriquer_membre(entreprise, courriel="vrai@exemple.invalid")
    with pieges.serveur(RefuseUn(), settings) as boite:
        assert [envoyer(entreprise) for _ in range(3)] == [True, False, False]
    assert len(boite.messages) == 1
    assert "faux@exemple.invalid" in caplog.text


@pytest.mark.parametrize("piege", [pieges.RaccrocheApresLesDonnees, pieges.SeTait])
def test_a_digest_that_may_have_left_is_not_sent_again(entreprise, nuit, gerant, acte, settings, piege):
    with pieges.serveur(piege(), settings) as boite:
        assert [envoyer(entreprise) for _ in range(2)] == [True, False]
    assert len(boite.messages) == 1


# The signed link


def test_the_link_leads_to_its_night_for_two_days(nuit):
    with time_machine.travel(INSTANT, tick=False):
        jeton = signer(nuit)
    for age, ouvre in ((VALIDITE, True), (VALIDITE + timedelta(seconds=1), False)):
        with time_machine.travel(INSTANT + age, tick=False):
            if ouvre:
                assert nuit_signee(jeton) == nuit
            else:
                with pytest.raises(signing.SignatureExpired):
                    nuit_signee(jeton)


@pytest.mark.parametrize("sorte", ["empty", "garbage", "altered", "another salt", "another key"])
def test_a_link_that_is_not_ours_is_refused(nuit, sorte):
    jeton = signer(nuit)
    faux = {
        "empty": "",
        "garbage": "abc:def:ghi",
        "altered": ("A" if jeton[0] != "A" else "B") + jeton[1:],
        "another salt": signing.dumps({"nuit": nuit.pk}, salt="autre"),
        "another key": signing.dumps({"nuit": nuit.pk}, key="autre", salt=SEL),
    }[sorte]
    with pytest.raises(signing.BadSignature):
        nuit_signee(faux)


def test_a_link_to_a_night_that_is_gone_finds_nothing(nuit):
    jeton = signing.dumps({"nuit": nuit.pk + 1}, salt=SEL)
    with pytest.raises(Nuit.DoesNotExist):
        nuit_signee(jeton)
