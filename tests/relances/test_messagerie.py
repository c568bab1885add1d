"""R8: what a failed hand-over means, and the connection that it goes through."""

import smtplib
import socket

import pytest
from django.core.mail import EmailMessage

from relances import messagerie
from relances.messagerie import BackendSMTP, Issue, classer, en_clair, vise_le_serveur
from tests.relances import pieges

REFUS, REPORT, DOUTE = Issue.REFUS, Issue.REPORT, Issue.DOUTE


def destinataire(code: int) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"compta@client.invalid": (code, b"5.1.1 no such user")})


# The failure; what it means before the content was begun; after; whether the next message would fail too.
TABLE = [
    (destinataire(550), REFUS, REFUS, False),
    (destinataire(553), REFUS, REFUS, False),
    (destinataire(450), REPORT, REPORT, False),
    (destinataire(421), REPORT, REPORT, False),
    (smtplib.SMTPDataError(554, b"spam"), REFUS, REFUS, False),
    (smtplib.SMTPDataError(552, b"too much"), REFUS, REFUS, False),
    (smtplib.SMTPDataError(451, b"later"), REPORT, REPORT, False),
    (smtplib.SMTPSenderRefused(552, b"5.3.4 too large", "nous@essai.invalid"), REFUS, REFUS, False),
    (smtplib.SMTPSenderRefused(550, b"who are you", "nous@essai.invalid"), REPORT, REPORT, True),
    (smtplib.SMTPSenderRefused(421, b"closing", "nous@essai.invalid"), REPORT, REPORT, True),
    (smtplib.SMTPAuthenticationError(535, b"bad password"), REPORT, REPORT, True),
    (smtplib.SMTPHeloError(501, b"no"), REPORT, REPORT, True),
    (smtplib.SMTPConnectError(554, b"not you"), REPORT, REPORT, True),
    (smtplib.SMTPNotSupportedError("STARTTLS"), REPORT, DOUTE, True),
    (smtplib.SMTPServerDisconnected("gone"), REPORT, DOUTE, True),
    (TimeoutError("timed out"), REPORT, DOUTE, True),
    (ConnectionResetError("reset"), REPORT, DOUTE, True),
    (ConnectionRefusedError("refused"), REPORT, DOUTE, True),
    (socket.gaierror("no such host"), REPORT, DOUTE, True),
    (ValueError("anything else"), REPORT, DOUTE, True),
]


@pytest.mark.parametrize(("erreur", "avant", "apres", "serveur"), TABLE, ids=lambda cas: repr(cas)[:40])
def test_R8_what_a_failure_means(erreur, avant, apres, serveur):
    assert classer(erreur, donnees_entamees=False) is avant
    assert classer(erreur, donnees_entamees=True) is apres
    assert vise_le_serveur(erreur) is serveur


@pytest.mark.parametrize(
    ("erreur", "mots"),
    [
        (destinataire(550), "550 5.1.1 no such user"),
        (smtplib.SMTPDataError(554, b"refus\xe9"), "554 refus\ufffd"),
        (smtplib.SMTPDataError(554, "déjà du texte"), "554 déjà du texte"),
        (TimeoutError("timed out"), "TimeoutError: timed out"),
        (smtplib.SMTPDataError(554, b"x" * 900), "554 " + "x" * 496),
    ],
    ids=["addressee", "bytes", "text", "other", "long"],
)
def test_the_server_s_own_words_are_kept(erreur, mots):
    assert en_clair(erreur) == mots


def ecrire(sujet: str = "Essai") -> EmailMessage:
    return EmailMessage(sujet, "Bonjour", "nous@essai.invalid", ["compta@client.invalid"])


def test_one_connection_serves_a_batch_without_the_delay_of_small_packets(settings):
    with pieges.serveur(pieges.Boite(), settings) as boite:
        connexion = BackendSMTP()
        connexion.open()
        prise = connexion.connection.sock
        assert prise.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert [connexion.send_messages([ecrire()]) for _ in range(2)] == [1, 1]
        assert connexion.connection.sock is prise
        connexion.close()
    assert len(boite.messages) == 2


def test_R8_it_knows_whether_the_content_was_begun(settings):
    with pieges.serveur(pieges.Boite(), settings):
        connexion = BackendSMTP()
        assert connexion.donnees_entamees is False
        connexion.open()
        assert connexion.donnees_entamees is False
        connexion.send_messages([ecrire()])
        assert connexion.donnees_entamees is True
        connexion.close()
        assert connexion.donnees_entamees is False


def test_R8_a_message_that_cannot_be_written_is_not_taken_for_the_one_before_it(settings):
    with pieges.serveur(pieges.Boite(), settings) as boite:
        connexion = BackendSMTP()
        connexion.open()
        connexion.send_messages([ecrire()])
        with pytest.raises(ValueError, match="Header"):
            connexion.send_messages([ecrire("deux\nlignes")])
        assert connexion.donnees_entamees is False
        connexion.close()
    assert len(boite.messages) == 1


def test_over_tls_the_conversation_is_followed_too(settings):
    assert BackendSMTP(use_ssl=True, use_tls=False).connection_class is messagerie.ConnexionSMTPS
    assert issubclass(messagerie.ConnexionSMTPS, smtplib.SMTP_SSL)
    assert BackendSMTP(use_ssl=False).connection_class is messagerie.ConnexionSMTP
