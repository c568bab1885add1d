"""Ready-made settings of mail providers: server, port, security, and what their users stumble on."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from entreprises.models import ServeurCourriel

STARTTLS, TLS = ServeurCourriel.Securite.STARTTLS, ServeurCourriel.Securite.TLS


@dataclass(frozen=True)
class Fournisseur:
    """`conseil`: where the login and the password are found. `est_routeur`: sends for programs, has no mailboxes."""

    code: str
    nom: str
    hote: str
    port: int
    securite: ServeurCourriel.Securite
    conseil: Any
    identifiant: str = ""
    est_routeur: bool = False


_ADRESSE = _("L’identifiant est l’adresse complète ; le mot de passe est celui de la boîte.")
_OVH = _(
    "L’adresse complète et le mot de passe de la boîte. "
    "E-mail Pro et Exchange ont un autre serveur : voyez votre espace client."
)
_ORANGE = _(
    "L’adresse Orange complète et son mot de passe. "
    "L’envoi depuis un logiciel s’autorise dans les réglages de la messagerie."
)
_FREE = _("L’adresse Free et son mot de passe. Le SMTP authentifié s’active d’abord dans votre espace abonné.")
_GOOGLE = _(
    "Il faut un mot de passe d’application, à créer dans votre compte Google : le mot de passe habituel est refusé."
)
_MICROSOFT = _(
    "« SMTP authentifié » doit être permis pour cette boîte dans l’administration de Microsoft 365. "
    "Avec la double authentification, il faut un mot de passe d’application."
)
_VIDEOTRON = _("L’adresse complète et son mot de passe. Si le port 465 ne répond pas, essayez 587 avec STARTTLS.")
_BREVO = _("L’identifiant et la clé SMTP se créent dans votre compte. L’adresse de l’expéditeur doit y être vérifiée.")
_MAILJET = _(
    "L’identifiant est la clé d’API, le mot de passe la clé secrète. L’adresse de l’expéditeur doit y être vérifiée."
)
_POSTMARK = _("L’identifiant et le mot de passe sont tous deux le jeton du serveur Postmark.")
_SENDGRID = _(
    "L’identifiant est le mot « apikey », le mot de passe une clé d’API. "
    "L’adresse de l’expéditeur doit y être vérifiée."
)

FOURNISSEURS = (
    Fournisseur("ovh", "OVHcloud (MX Plan)", "ssl0.ovh.net", 465, TLS, _OVH),
    Fournisseur("gandi", "Gandi", "mail.gandi.net", 465, TLS, _ADRESSE),
    Fournisseur("ionos", "IONOS", "smtp.ionos.fr", 465, TLS, _ADRESSE),
    Fournisseur("infomaniak", "Infomaniak", "mail.infomaniak.com", 465, TLS, _ADRESSE),
    Fournisseur("orange", "Orange", "smtp.orange.fr", 465, TLS, _ORANGE),
    Fournisseur("free", "Free", "smtp.free.fr", 465, TLS, _FREE),
    Fournisseur("sfr", "SFR", "smtp.sfr.fr", 465, TLS, _ADRESSE),
    Fournisseur("google", "Gmail, Google Workspace", "smtp.gmail.com", 587, STARTTLS, _GOOGLE),
    Fournisseur("microsoft", "Microsoft 365", "smtp.office365.com", 587, STARTTLS, _MICROSOFT),
    Fournisseur("videotron", "Vidéotron", "smtp.videotron.ca", 465, TLS, _VIDEOTRON),
    Fournisseur("bell", "Bell", "smtphm.sympatico.ca", 587, STARTTLS, _ADRESSE),
    Fournisseur("brevo", "Brevo", "smtp-relay.brevo.com", 465, TLS, _BREVO, est_routeur=True),
    Fournisseur("mailjet", "Mailjet", "in-v3.mailjet.com", 587, STARTTLS, _MAILJET, est_routeur=True),
    Fournisseur("postmark", "Postmark", "smtp.postmarkapp.com", 587, STARTTLS, _POSTMARK, est_routeur=True),
    Fournisseur("sendgrid", "SendGrid", "smtp.sendgrid.net", 587, STARTTLS, _SENDGRID, "apikey", est_routeur=True),
)
PAR_CODE = {fournisseur.code: fournisseur for fournisseur in FOURNISSEURS}


def conseil_de(code: str) -> str:
    """What the users of this provider stumble on; nothing for an unknown one."""
    return str(PAR_CODE[code].conseil) if code in PAR_CODE else ""
