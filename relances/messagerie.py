"""Hand a message to a mail server, and know what a failure means.

Only three outcomes matter to an act (R8): refused for good, not accepted for now (a retry is safe), or doubtful: the
server may have taken it, so nobody but a person may say whether it left. For the person who set the server, a failure
is also of a kind (`Panne`), that tells what to correct.
"""

import ipaddress
import smtplib
import socket
import ssl
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

TROP_GRAND = 552
ADRESSES_ATTRIBUEES = ipaddress.IPv6Network("2000::/3")  # RFC 4291 §2.4; NAT64 and old private forms are outside
DELAI_NODELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
ADRESSES_ESSAYEES = 3


class Issue(StrEnum):
    """What a failed hand-over means."""

    REFUS = "refus"  # the server answered no, for this message, for good
    REPORT = "report"  # not accepted: a later try can't make a second message
    DOUTE = "doute"  # the server may have accepted it


class Panne(StrEnum):
    """What went wrong with a mail server, for the person who set it."""

    NOM = "nom"  # no such name
    INTERDITE = "interdite"  # the name leads into a private network
    REFUSEE = "refusee"  # nothing listens on that port
    DELAI = "delai"  # no answer
    COUPURE = "coupure"  # the line was dropped
    TLS = "tls"  # no secure line: certificate, or port and security that don't go together
    SANS_TLS = "sans_tls"
    IDENTIFIANTS = "identifiants"
    SANS_CONNEXION = "sans_connexion"  # it takes no login
    EXPEDITEUR = "expediteur"
    DESTINATAIRE = "destinataire"
    MESSAGE = "message"
    ILLISIBLE = "illisible"  # the password that we keep can't be read any more
    AUTRE = "autre"


class AdresseInterdite(OSError):
    """The server's name leads to this machine or to a private network."""


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


class _EnUtf8(str):
    """Text that smtplib, which knows ASCII only, sends as UTF-8 (RFC 4616): passwords have accents too."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return str.encode(self, "utf-8", errors)


class _Gardee(_Suivie):
    """Goes to public addresses only. The name is looked up here, once, and what is checked is what is connected to."""

    def login(self, user: str, password: str, **options: Any) -> Any:
        return super().login(_EnUtf8(user), _EnUtf8(password), **options)  # type: ignore[misc]

    def auth(self, mechanism: str, authobject: Any, **options: Any) -> Any:
        def repondre(*defi: Any) -> str | None:
            reponse = authobject(*defi)
            return None if reponse is None else _EnUtf8(reponse)

        return super().auth(mechanism, repondre, **options)  # type: ignore[misc]

    def _get_socket(self, host: str, port: int, timeout: Any) -> Any:
        dernier: OSError = AdresseInterdite(host)
        for adresse in adresses_permises(host, port)[:ADRESSES_ESSAYEES]:
            try:
                return super()._get_socket(adresse, port, timeout)  # type: ignore[misc]
            except OSError as erreur:
                dernier = erreur
        raise dernier


class ConnexionGardee(_Gardee, smtplib.SMTP):
    """Plain or STARTTLS, to a public address."""


class ConnexionGardeeS(_Gardee, smtplib.SMTP_SSL):
    """TLS from the first byte, to a public address."""


def adresses_permises(hote: str, port: int) -> list[str]:
    """The addresses of this name. AdresseInterdite when one of them is not public, unless the installation allows it:
    a company's settings must not make the server talk to its own network."""
    trouvees = dict.fromkeys(str(lue[4][0]) for lue in socket.getaddrinfo(hote, port, type=socket.SOCK_STREAM))
    if not settings.SMTP_LOCAL_AUTORISE and not all(map(est_publique, trouvees)):
        raise AdresseInterdite(hote)
    return list(trouvees)


def est_publique(adresse: str) -> bool:
    """Is this IP address one of the Internet's? An IPv4 address inside an IPv6 one is looked at by itself."""
    ip = ipaddress.ip_address(adresse.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        cachees = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if any(cachee is not None and not cachee.is_global for cachee in cachees):
            return False
        if ip.ipv4_mapped is None:
            return ip in ADRESSES_ATTRIBUEES and ip.is_global
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast


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


class BackendEntreprise(BackendSMTP):
    """A company's own server."""

    @property
    def connection_class(self) -> Any:
        return ConnexionGardeeS if self.use_ssl else ConnexionGardee


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
    """The server's own words, for the person who must act on them. Without the null character, which PostgreSQL
    refuses."""
    return _mots(erreur).replace("\0", " ")[:500]


def _mots(erreur: Exception) -> str:
    if isinstance(erreur, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {texte.decode('utf-8', 'replace')}" for code, texte in erreur.recipients.values())
    if isinstance(erreur, smtplib.SMTPResponseException):
        texte = erreur.smtp_error
        texte = texte.decode("utf-8", "replace") if isinstance(texte, bytes) else str(texte)
        return f"{erreur.smtp_code} {texte}"
    return f"{type(erreur).__name__}: {erreur}"


IDENTIFIANTS_EXIGES = 530  # RFC 4954
GENRES: tuple[tuple[type[BaseException], Panne], ...] = (
    (AdresseInterdite, Panne.INTERDITE),
    (socket.gaierror, Panne.NOM),
    (UnicodeError, Panne.NOM),
    (ConnectionRefusedError, Panne.REFUSEE),
    (TimeoutError, Panne.DELAI),
    (ssl.SSLError, Panne.TLS),
    (smtplib.SMTPAuthenticationError, Panne.IDENTIFIANTS),
    (smtplib.SMTPSenderRefused, Panne.EXPEDITEUR),
    (smtplib.SMTPRecipientsRefused, Panne.DESTINATAIRE),
    (smtplib.SMTPDataError, Panne.MESSAGE),
    (smtplib.SMTPServerDisconnected, Panne.COUPURE),
    (ConnectionError, Panne.COUPURE),
)
"""The first that fits."""


def genre_de_panne(erreur: Exception) -> Panne:
    """What to correct in the settings of the server, as far as its failure tells."""
    if isinstance(erreur, smtplib.SMTPNotSupportedError):
        return Panne.SANS_TLS if "STARTTLS" in str(erreur) else Panne.SANS_CONNEXION
    if _code(erreur) == IDENTIFIANTS_EXIGES:
        return Panne.IDENTIFIANTS
    return next((panne for genre, panne in GENRES if isinstance(erreur, genre)), Panne.AUTRE)
