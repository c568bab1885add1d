"""Invitations: the message, the link, the page it opens, what it gives and when it gives nothing."""

import re
import smtplib
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail, signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client as Navigateur
from django.urls import reverse
from django.utils import timezone

from entreprises.invitations import SEL, accepter, inviter_par_courriel, signer
from entreprises.membres import changer_role
from entreprises.models import Adhesion, Invitation, Utilisateur
from tests.fabriques import fabriquer_entreprise, fabriquer_membre
from tests.pages import connecter, texte

pytestmark = pytest.mark.django_db
NEUF = "neuf@exemple.invalid"
PHRASE = "chêne-et-roseau-12"
ENTREE = {"prenom": "Paule", "nom": "Martin", "mot_de_passe": PHRASE, "confirmation": PHRASE}


@pytest.fixture(autouse=True)
def serveur_de_courriel(settings):
    """With a mail server set, the link travels in the message only."""
    settings.EMAIL_URL = "smtp://serveur.invalid"
    cache.clear()


@pytest.fixture
def entreprise():
    return fabriquer_entreprise()


@pytest.fixture
def gerant(entreprise):
    return fabriquer_membre(entreprise)


def inviter(gerant: Utilisateur, courriel: str = NEUF, role: str = "comptable", **plus: Any) -> Any:
    return connecter(gerant).post(
        "/e/essai/membres/inviter/", {"courriel": courriel, "role": role, **plus}, follow=True
    )


def lien(numero: int = -1) -> str:
    """The path of the link in a message sent."""
    return re.search(r"https?://[^/]+(/invitation/\S+)", mail.outbox[numero].body)[1]


def test_someone_without_an_account_is_invited_sets_a_password_and_comes_in(gerant):
    page = inviter(gerant, approuve_mises_en_demeure="on")
    assert f"Invitation envoyée à {NEUF}" in texte(page)
    assert mail.outbox[0].to == [NEUF]
    assert mail.outbox[0].subject == "Menuiserie Modèle vous invite dans Recouvrement"
    assert mail.outbox[0].reply_to == [gerant.email]
    assert "Claire Exemple vous invite" in mail.outbox[0].body
    venu = Navigateur()
    porte = venu.get(lien())
    assert "Rejoindre Menuiserie Modèle" in texte(porte)
    assert porte.headers["Referrer-Policy"] == "strict-origin"
    assert "no-store" in porte.headers["Cache-Control"]
    assert venu.post(lien(), ENTREE).url == "/e/essai/"
    assert venu.get("/e/essai/entreprise/").status_code == 200
    adhesion = Adhesion.objects.get(utilisateur__email=NEUF)
    assert (adhesion.role, adhesion.approuve_mises_en_demeure) == ("comptable", True)
    assert str(adhesion.utilisateur) == "Paule Martin"
    assert adhesion.utilisateur.check_password(PHRASE)
    invitation = Invitation.objects.get()
    assert (invitation.acceptee_par, bool(invitation.acceptee_le)) == (adhesion.utilisateur, True)


def test_someone_who_has_an_account_signs_in_and_comes_back(gerant):
    connu = fabriquer_membre(fabriquer_entreprise("autre"), courriel=NEUF)
    inviter(gerant, NEUF.upper())
    venu = Navigateur()
    page = texte(venu.get(lien()))
    assert "connectez-vous, vous reviendrez ici" in page
    assert 'type="password"' not in page
    suite = venu.post(reverse("account_login"), {"login": NEUF, "password": "motdepasse", "next": lien()})
    assert suite.url == lien()
    assert not Adhesion.objects.filter(entreprise__slug="essai", utilisateur=connu).exists()  # reading accepts nothing
    assert "Accepter l’invitation" in texte(venu.get(lien()))
    assert venu.post(lien()).url == "/e/essai/"
    assert Adhesion.objects.get(entreprise__slug="essai", utilisateur=connu).role == "comptable"


def test_an_account_cannot_be_made_over_another(gerant):
    fabriquer_membre(fabriquer_entreprise("autre"), courriel=NEUF)
    inviter(gerant)
    assert "connectez-vous" in texte(Navigateur().post(lien(), ENTREE))
    assert not Utilisateur.objects.get(email=NEUF).check_password(PHRASE)
    assert not Adhesion.objects.filter(entreprise__slug="essai", utilisateur__email=NEUF).exists()


def test_another_address_is_told_so_and_gets_nothing(gerant):
    autre = connecter(fabriquer_membre(fabriquer_entreprise("autre"), courriel="autre@exemple.invalid"))
    inviter(gerant)
    assert "Vous êtes connecté avec une autre adresse : autre@exemple.invalid" in texte(autre.get(lien()))
    assert "une autre adresse" in texte(autre.post(lien()))
    assert autre.get("/e/essai/").status_code == 404
    sortie = autre.post(reverse("account_logout"), {"next": lien()})
    assert sortie.url == lien()


def test_the_address_itself_decides_in_the_workflow_too(entreprise, gerant):
    invitation, _neuve = inviter_par_courriel(entreprise, NEUF, "lecture", gerant, timezone.now())
    with pytest.raises(PermissionDenied):
        accepter(invitation, fabriquer_membre(fabriquer_entreprise("autre")), timezone.now())


def test_a_link_serves_once(gerant):
    inviter(gerant)
    venu, second = Navigateur(), Navigateur()
    venu.post(lien(), ENTREE)
    assert venu.post(lien()).url == "/e/essai/"  # the same person, twice
    reponse = second.post(lien(), ENTREE)
    assert (reponse.status_code, "Cette invitation a déjà servi" in texte(reponse)) == (410, True)
    assert Utilisateur.objects.filter(email=NEUF).count() == 1
    assert Adhesion.objects.filter(utilisateur__email=NEUF).count() == 1


def test_a_link_works_seven_days(gerant):
    with time_machine.travel(datetime(2026, 11, 1, 9, 0, tzinfo=timezone.get_default_timezone()), tick=False):
        inviter(gerant)
    with time_machine.travel(datetime(2026, 11, 8, 8, 59, tzinfo=timezone.get_default_timezone()), tick=False):
        assert Navigateur().get(lien()).status_code == 200
    with time_machine.travel(datetime(2026, 11, 8, 9, 1, tzinfo=timezone.get_default_timezone()), tick=False):
        reponse = Navigateur().post(lien(), ENTREE)
        assert (reponse.status_code, "Cette invitation a expiré" in texte(reponse)) == (410, True)
        assert "expirée" in texte(connecter(gerant).get("/e/essai/membres/"))
        inviter(gerant, role="lecture")  # asked anew, with another role
        assert Navigateur().get(lien()).status_code == 200
        assert Invitation.objects.en_attente().get().role == "lecture"
    assert not Utilisateur.objects.filter(email=NEUF).exists()


def test_the_row_s_own_date_counts_even_when_the_link_is_fresh(gerant):
    inviter(gerant)
    Invitation.objects.update(expire_le=timezone.now() - timedelta(seconds=1))
    assert Navigateur().get(lien()).status_code == 410


def test_sending_again_gives_seven_more_days(gerant):
    inviter(gerant)
    Invitation.objects.update(expire_le=timezone.now() - timedelta(days=1))
    pk = Invitation.objects.get().pk
    page = connecter(gerant).post(f"/e/essai/membres/invitations/{pk}/renvoyer/", follow=True)
    assert "Invitation envoyée" in texte(page)
    assert len(mail.outbox) == 2
    assert Navigateur().get(lien()).status_code == 200
    assert Invitation.objects.get().expire_le > timezone.now() + timedelta(days=6)


def test_an_old_link_stays_shut_when_the_invitation_was_sent_again(gerant):
    with time_machine.travel(datetime(2026, 11, 1, 9, 0, tzinfo=timezone.get_default_timezone()), tick=False):
        inviter(gerant)
    with time_machine.travel(datetime(2026, 11, 9, 9, 0, tzinfo=timezone.get_default_timezone()), tick=False):
        connecter(gerant).post(f"/e/essai/membres/invitations/{Invitation.objects.get().pk}/renvoyer/")
        assert [Navigateur().get(lien(numero)).status_code for numero in (0, 1)] == [410, 200]


def test_a_withdrawn_invitation_opens_nothing(gerant):
    inviter(gerant)
    pk = Invitation.objects.get().pk
    page = connecter(gerant).post(f"/e/essai/membres/invitations/{pk}/retirer/", follow=True)
    assert "son lien n’ouvre plus rien" in texte(page)
    reponse = Navigateur().post(lien(), ENTREE)
    assert (reponse.status_code, "a été retirée" in texte(reponse)) == (410, True)
    page = connecter(gerant).post(f"/e/essai/membres/invitations/{pk}/renvoyer/", follow=True)
    assert "n’attend plus" in texte(page)
    assert len(mail.outbox) == 1


def test_a_closed_company_takes_nobody_in(entreprise, gerant):
    inviter(gerant)
    entreprise.cloturee_le = timezone.now()
    entreprise.save()
    reponse = Navigateur().post(lien(), ENTREE)
    assert (reponse.status_code, "est fermée" in texte(reponse)) == (410, True)


def jetons_faux(invitation: Invitation) -> list[str]:
    autre = signing.dumps({"invitation": invitation.pk, "courriel": "x@exemple.invalid"}, salt=SEL)
    ailleurs = signing.dumps({"invitation": invitation.pk, "courriel": invitation.courriel}, salt="relances.avis")
    inconnue = signing.dumps({"invitation": 10**6, "courriel": invitation.courriel}, salt=SEL)
    return [str(invitation.pk), "x", signer(invitation)[:-1], f"{signer(invitation)}x", autre, ailleurs, inconnue]


def test_a_forged_link_says_nothing(gerant):
    inviter(gerant)
    for jeton in jetons_faux(Invitation.objects.get()):
        reponse = Navigateur().get(f"/invitation/{jeton}/")
        assert reponse.status_code == 404, jeton
        assert "Menuiserie" not in texte(reponse)


@pytest.mark.parametrize(
    ("changes", "dit"),
    [
        ({"confirmation": "autre-chose-12"}, "Les deux mots de passe sont différents"),
        ({"mot_de_passe": "court", "confirmation": "court"}, "trop court"),
        ({"mot_de_passe": "neuf@exemple", "confirmation": "neuf@exemple"}, "trop semblable"),
        ({"prenom": ""}, "obligatoire"),
    ],
)
def test_a_poor_password_is_refused_and_the_name_kept(gerant, changes, dit):
    inviter(gerant)
    page = texte(Navigateur().post(lien(), {**ENTREE, **changes}))
    assert dit in page
    assert 'value="Martin"' in page
    assert PHRASE not in page
    assert not Utilisateur.objects.filter(email=NEUF).exists()


@pytest.mark.parametrize(("courriel", "dit"), [("pas-une-adresse", "adresse"), ("", "obligatoire")])
def test_a_wrong_address_is_refused_at_its_field(gerant, courriel, dit):
    page = texte(inviter(gerant, courriel))
    assert dit in page
    assert mail.outbox == []
    assert not Invitation.objects.exists()


def test_a_member_is_not_invited(entreprise, gerant):
    autre = fabriquer_membre(entreprise, "lecture")
    assert "est déjà membre" in texte(inviter(gerant, autre.email.upper()))
    assert mail.outbox == []


def test_a_double_click_invites_once(gerant):
    inviter(gerant)
    assert "attend déjà" in texte(inviter(gerant, NEUF.upper()))
    assert len(mail.outbox) == 1
    assert "avec un autre rôle" in texte(inviter(gerant, role="gerant"))
    assert Invitation.objects.get().role == "comptable"


def test_two_pending_invitations_of_one_address_cannot_be(entreprise, gerant):
    valeurs = {"entreprise": entreprise, "role": "lecture", "par": gerant, "expire_le": timezone.now()}
    Invitation.objects.create(courriel=NEUF, **valeurs)
    with pytest.raises(IntegrityError, match="invitation_une_en_attente"), transaction.atomic():
        Invitation.objects.create(courriel=NEUF.upper(), **valeurs)


def test_only_an_owner_invites(entreprise, gerant):
    for role in ("comptable", "lecture"):
        membre = fabriquer_membre(entreprise, role, approuve_mises_en_demeure=True)
        assert connecter(membre).post("/e/essai/membres/inviter/", {"courriel": NEUF, "role": role}).status_code == 403
        with pytest.raises(PermissionDenied):
            inviter_par_courriel(entreprise, NEUF, role, membre, timezone.now())
    assert not Invitation.objects.exists()


def test_the_role_comes_from_the_row_and_from_nothing_posted(gerant):
    inviter(gerant, role="lecture", approuve_mises_en_demeure="on")
    Navigateur().post(
        lien(), {**ENTREE, "role": "gerant", "approuve_mises_en_demeure": "on", "courriel": "a@b.invalid"}
    )
    adhesion = Adhesion.objects.get(utilisateur__email=NEUF)
    assert (adhesion.role, adhesion.approuve_mises_en_demeure) == ("lecture", False)


def test_whoever_is_no_longer_an_owner_leaves_no_invitation_behind(entreprise, gerant):
    second = fabriquer_membre(entreprise)
    inviter(second)
    sienne = Adhesion.objects.get(utilisateur=second)
    changer_role(sienne, sienne.version, "comptable", False, timezone.now())
    assert Navigateur().get(lien()).status_code == 410
    assert not Invitation.objects.en_attente().exists()


def test_someone_who_became_a_member_meanwhile_keeps_their_role(entreprise, gerant):
    inviter(gerant, role="lecture")
    membre = fabriquer_membre(entreprise, "comptable", courriel=NEUF)
    assert connecter(membre).post(lien()).url == "/e/essai/"
    assert Adhesion.objects.get(utilisateur=membre).role == "comptable"


def test_a_former_member_comes_back_with_the_role_of_the_invitation(entreprise, gerant):
    ancien = fabriquer_membre(entreprise, "gerant", courriel=NEUF, est_active=False)
    inviter(gerant, role="lecture")
    connecter(ancien).post(lien())
    adhesion = Adhesion.objects.get(utilisateur=ancien)
    assert (adhesion.role, adhesion.est_active) == ("lecture", True)


def test_names_that_users_wrote_never_break_a_header(entreprise, gerant):
    entreprise.nom = "Modèle\r\nBcc: pirate@exemple.invalid"
    entreprise.save()
    gerant.first_name = "Claire\nBcc: pirate@exemple.invalid"
    gerant.save()
    inviter(gerant)
    assert mail.outbox[0].subject == "Modèle Bcc: pirate@exemple.invalid vous invite dans Recouvrement"
    assert "\nBcc" not in mail.outbox[0].body
    assert mail.outbox[0].recipients() == [NEUF]


def test_a_message_that_did_not_leave_is_told_and_can_be_sent_again(gerant, monkeypatch):
    def refuser(*_args: Any, **_mots: Any) -> None:
        raise smtplib.SMTPServerDisconnected("closed")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuser)
    assert "le courriel n’est pas parti" in texte(inviter(gerant))
    assert Invitation.objects.en_attente().count() == 1


def test_without_a_mail_server_the_owner_alone_is_given_the_link(entreprise, gerant, settings):
    settings.EMAIL_URL = ""
    assert "transmettez vous-même" in texte(inviter(gerant))
    page = texte(connecter(gerant).get("/e/essai/membres/"))
    trouve = re.search(r'value="https?://[^/]+(/invitation/[^"]+)"', page)
    assert Navigateur().get(trouve[1]).status_code == 200
    assert "/invitation/" not in texte(connecter(fabriquer_membre(entreprise, "comptable")).get("/e/essai/membres/"))
    settings.EMAIL_URL = "smtp://serveur.invalid"
    assert "/invitation/" not in texte(connecter(gerant).get("/e/essai/membres/"))


def test_nobody_writes_to_strangers_without_end(gerant, settings):
    settings.ACCOUNT_RATE_LIMITS = {"invitation": "2/h/user"}
    pages = [texte(inviter(gerant, f"n{i}@exemple.invalid")) for i in range(3)]
    assert len(mail.outbox) == 2
    assert "Trop d’invitations" in pages[-1]


def test_a_wrong_role_is_refused_by_the_workflow(entreprise, gerant):
    with pytest.raises(ValidationError, match="n’existe pas"):
        inviter_par_courriel(entreprise, NEUF, "roi", gerant, timezone.now())
