"""Hand a message to a mail server, and know what a failure means.

Only three outcomes matter to an act (R8): refused for good, not accepted for now (a retry is safe), or doubtful: the
server may have taken it, so nobody but a person may say whether it left.
"""

import smtplib
import socket
from enum import StrEnum
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

TROP_GRAND = 552
DELAI_NODELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Issue(StrEnum):
    """What a failed hand-over means."""

    REFUS = "refus"  # the server answered no, for this message, for good
    REPORT = "report"  # not accepted: a later try can't make a second message
    DOUTE = "doute"  # the server may have accepted it


class _Suivie:
    """An SMTP conversation that remembers whether the message's content was begun."""

    donnees_entamees = False
    sock: Any

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        reponse = super().connect(*args, **kwargs)  # type: ignore[misc]
        # Without this the kernel waits 40 ms for more to send, at each of the three turns of a message.
        self.sock.setsockopt(*DELAI_NODELAY)
        return reponse

    def data(self, msg: Any) -> Any:
        self.donnees_entamees = True
        return super().data(msg)  # type: ignore[misc]

    def sendmail(self, *args: Any, **kwargs: Any) -> Any:
        self.donnees_entamees = False
        return super().sendmail(*args, **kwargs)  # type: ignore[misc]


class ConnexionSMTP(_Suivie, smtplib.SMTP):
    """Plain or STARTTLS."""


class ConnexionSMTPS(_Suivie, smtplib.SMTP_SSL):
    """TLS from the first byte."""


class BackendSMTP(EmailBackend):
    """Django's SMTP backend, on one connection per batch, with the delay of small packets removed."""

    @property
    def connection_class(self) -> Any:
        return ConnexionSMTPS if self.use_ssl else ConnexionSMTP

    def _send(self, email_message: Any) -> bool:
        # A message that can't even be written down must not be taken for the one before it.
        connexion: Any = self.connection
        if connexion is not None:
            connexion.donnees_entamees = False
        return bool(super()._send(email_message))  # type: ignore[misc]

    @property
    def donnees_entamees(self) -> bool:
        """Was the content of the last message begun on the open connection?"""
        return bool(getattr(self.connection, "donnees_entamees", False))


def _code(erreur: Exception) -> int:
    if isinstance(erreur, smtplib.SMTPRecipientsRefused):
        return max((code for code, _ in erreur.recipients.values()), default=0)
    return erreur.smtp_code if isinstance(erreur, smtplib.SMTPResponseException) else 0


def classer(erreur: Exception, donnees_entamees: bool) -> Issue:
    """What this failure of a hand-over means. `donnees_entamees`: the content had begun to be sent.

    RFC 5321 §4.2.1: a 4yz reply is transient, a 5yz permanent; §4.5.3.2.6: after the final dot, silence tells nothing.
    """
    code = _code(erreur)
    if not vise_le_serveur(erreur):
        return Issue.REFUS if code >= 500 else Issue.REPORT
    if isinstance(erreur, smtplib.SMTPResponseException):
        return Issue.REPORT  # sender, login or greeting refused: the server's settings, not this message
    return Issue.DOUTE if donnees_entamees else Issue.REPORT


def vise_le_serveur(erreur: Exception) -> bool:
    """The server itself failed, so the next message would fail too. Not one too large for it (RFC 1870: 552, said
    before the content)."""
    if isinstance(erreur, smtplib.SMTPSenderRefused):
        return erreur.smtp_code != TROP_GRAND
    return not isinstance(erreur, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)


def en_clair(erreur: Exception) -> str:
    """The server's own words, for the person who must act on them."""
    if isinstance(erreur, smtplib.SMTPRecipientsRefused):
        reponses = [f"{code} {texte.decode('utf-8', 'replace')}" for code, texte in erreur.recipients.values()]
        return "; ".join(reponses)[:500]
    if isinstance(erreur, smtplib.SMTPResponseException):
        texte = erreur.smtp_error
        texte = texte.decode("utf-8", "replace") if isinstance(texte, bytes) else str(texte)
        return f"{erreur.smtp_code} {texte}"[:500]
    return f"{type(erreur).__name__}: {erreur}"[:500]
