"""The morning digest: once, to the owners, before anything leaves. Its page is in `test_vues_avis`."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.core.mail import get_connection
from django.utils.translation import get_language

from entreprises.models import Adhesion, ServeurCourriel, Utilisateur
from entreprises.secrets import SecretIllisible
from relances import avis, serveur
from relances.avis import SEL, VALIDITE, AccesFerme, envoyer_avis, laisse_le_temps, lire_jeton, signer
from relances.models import Nuit, Reglages, Relance
from suivi.models import Tache
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
def adhesion(entreprise, gerant):
    return Adhesion.objects.get(utilisateur=gerant)


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
    destination = lire_jeton(lien.rstrip("/").rpartition("/")[2])
    assert (destination.nuit, destination.adhesion.utilisateur) == (nuit, gerant)
    html = message.alternatives[0].content
    assert lien in html
    assert "Transports Modèle" in html
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


def test_only_the_members_in_office_who_want_it_are_told(entreprise, nuit, acte, mailoutbox):
    fabriques.fabriquer_membre(entreprise, courriel="un@exemple.invalid")
    fabriques.fabriquer_membre(entreprise, "comptable", courriel="deux@exemple.invalid", avis_matin=True)
    fabriques.fabriquer_membre(entreprise, avis_matin=False)
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


@pytest.mark.parametrize(
    ("valeurs", "mots"),
    [
        ({"statut": "a_valider"}, "une relance à approuver"),
        ({"canal": "appel"}, "un appel à passer"),
        ({"canal": "courrier"}, "une lettre à poster"),
        ({"statut": "a_verifier"}, "un envoi à vérifier"),
    ],
)
def test_what_waits_is_told_on_the_morning_it_was_decided_then_no_more(
    entreprise, nuit, gerant, mailoutbox, valeurs, mots
):
    acte = scene.acte(entreprise, "Transports Modèle", **valeurs)
    Relance.objects.filter(pk=acte.pk).update(date_decision=AU - UN_JOUR)
    assert envoyer(entreprise) is False
    Relance.objects.filter(pk=acte.pk).update(date_decision=AU)
    assert envoyer(entreprise) is True
    (message,) = mailoutbox
    assert "rien ne part ce matin" in message.subject
    assert mots in message.body
    assert mots in message.alternatives[0].content
    assert "Transports" not in message.body


def test_tasks_of_the_day_are_counted(entreprise, nuit, gerant, acte, mailoutbox):
    for jour in (AU, AU + UN_JOUR):
        Tache.objects.create(entreprise=entreprise, client=acte.client, pour_le=jour)
    envoyer(entreprise)
    assert "une tâche à faire" in mailoutbox[0].body


def test_nothing_is_told_when_nothing_leaves_nor_waits(entreprise, nuit, gerant, mailoutbox):
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


def test_where_the_installation_has_no_server_it_leaves_by_the_company_s_own(
    entreprise, nuit, gerant, acte, mailoutbox, monkeypatch
):
    ServeurCourriel.objects.create(
        entreprise=entreprise, hote="smtp.modele.invalid", expediteur_courriel="compta@modele.invalid"
    )
    ouverts = []

    def connexion_de(propre):
        ouverts.append(propre.hote)
        return get_connection()

    monkeypatch.setattr(serveur, "connexion_de", connexion_de)
    assert envoyer(entreprise) is True
    assert ouverts == ["smtp.modele.invalid"]
    assert "compta@modele.invalid" in mailoutbox[0].from_email


def test_a_password_that_can_t_be_read_is_said_and_tried_again(entreprise, nuit, gerant, acte, monkeypatch):
    ServeurCourriel.objects.create(entreprise=entreprise, hote="smtp.modele.invalid", expediteur_courriel="a@b.invalid")

    def illisible(propre):
        raise SecretIllisible

    monkeypatch.setattr(serveur, "connexion_de", illisible)
    with pytest.raises(SecretIllisible):
        envoyer(entreprise)
    nuit.refresh_from_db()
    assert nuit.avis_envoye_le is None


# The signed link


def test_the_link_leads_to_its_night_for_two_days(nuit, adhesion):
    with time_machine.travel(INSTANT, tick=False):
        jeton = signer(nuit, adhesion)
    for age, ouvre in ((VALIDITE, True), (VALIDITE + timedelta(seconds=1), False)):
        with time_machine.travel(INSTANT + age, tick=False):
            if ouvre:
                assert lire_jeton(jeton).nuit == nuit
            else:
                with pytest.raises(signing.SignatureExpired):
                    lire_jeton(jeton)


@pytest.mark.parametrize("sorte", ["empty", "garbage", "altered", "another salt", "another key"])
def test_a_link_that_is_not_ours_is_refused(nuit, adhesion, sorte):
    jeton = signer(nuit, adhesion)
    faux = {
        "empty": "",
        "garbage": "abc:def:ghi",
        "altered": ("A" if jeton[0] != "A" else "B") + jeton[1:],
        "another salt": signing.dumps({"nuit": nuit.pk}, salt="autre"),
        "another key": signing.dumps({"nuit": nuit.pk}, key="autre", salt=SEL),
    }[sorte]
    with pytest.raises(signing.BadSignature):
        lire_jeton(faux)


def test_a_link_to_a_night_that_is_gone_finds_nothing(nuit):
    jeton = signing.dumps({"nuit": nuit.pk + 1}, salt=SEL)
    with pytest.raises(Nuit.DoesNotExist):
        lire_jeton(jeton)


@pytest.mark.parametrize("cause", ["membership", "account", "company", "another company's member"])
def test_a_link_stops_working_with_the_access_it_was_made_for(entreprise, nuit, gerant, adhesion, cause):
    if cause == "membership":
        Adhesion.objects.update(est_active=False)
    elif cause == "account":
        Utilisateur.objects.update(is_active=False)
    elif cause == "company":
        type(entreprise).objects.update(cloturee_le=INSTANT)
    else:
        adhesion = fabriques.fabriquer_membre(actes.entreprise_prete("autre")).adhesions.get()
    with time_machine.travel(INSTANT, tick=False), pytest.raises(AccesFerme):
        lire_jeton(signer(nuit, adhesion))


# Time to hold


@pytest.mark.parametrize(
    ("avis_a", "envoi_a", "minutes", "passe"),
    [
        (None, "09:30", 0, True),
        (0, "09:30", 29, False),
        (0, "09:30", 30, True),
        (0, "07:40", 9, False),
        (0, "07:40", 10, True),  # the company itself put its two hours closer
        (0, "07:00", 29, False),  # settings that make no sense leave half an hour
    ],
)
def test_sending_leaves_half_an_hour_after_the_digest(entreprise, nuit, avis_a, envoi_a, minutes, passe):
    Reglages.objects.update(heure_envoi=envoi_a)
    if avis_a is not None:
        Nuit.objects.update(avis_envoye_le=INSTANT)
    reglages = Reglages.objects.get()
    assert laisse_le_temps(reglages, AU, INSTANT + timedelta(minutes=minutes)) is passe
    assert laisse_le_temps(reglages, AU + UN_JOUR, INSTANT) is True
