"""What went wrong with a mail server, in plain words, with what to do about it. The server's own words stay beside."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from entreprises.fournisseurs import conseil_de
from relances.messagerie import Panne, en_clair, genre_de_panne

PHRASES: dict[Panne, Any] = {
    Panne.NOM: _("Aucun serveur ne porte ce nom : vérifiez son orthographe."),
    Panne.INTERDITE: _("Ce nom mène à un réseau privé, que cette installation n’appelle pas."),
    Panne.REFUSEE: _("Le serveur existe, mais il refuse la connexion sur ce port : vérifiez le port."),
    Panne.DELAI: _("Le serveur ne répond pas. Vérifiez son nom et le port, puis réessayez."),
    Panne.COUPURE: _(
        "Le serveur a raccroché. Le port et la sécurité ne vont peut-être pas ensemble : 465 avec TLS, 587 "
        "avec STARTTLS."
    ),
    Panne.TLS: _(
        "La connexion sécurisée a échoué : le certificat du serveur n’est pas reconnu pour ce nom, ou le "
        "port et la sécurité ne vont pas ensemble (465 avec TLS, 587 avec STARTTLS)."
    ),
    Panne.SANS_TLS: _("Ce serveur ne propose pas STARTTLS sur ce port : essayez le port 465 avec TLS."),
    Panne.IDENTIFIANTS: _("Le serveur refuse l’identifiant ou le mot de passe."),
    Panne.SANS_CONNEXION: _(
        "Ce serveur ne demande pas d’identifiant sur ce port : changez de port, ou laissez l’identifiant vide."
    ),
    Panne.EXPEDITEUR: _(
        "Le serveur refuse l’adresse de l’expéditeur : ce compte n’a pas le droit d’écrire en son nom."
    ),
    Panne.DESTINATAIRE: _("Le serveur refuse le destinataire."),
    Panne.MESSAGE: _("Le serveur a refusé le message."),
    Panne.ILLISIBLE: _(
        "Le mot de passe gardé ne se lit plus, car la clé de l’installation a changé. Saisissez de nouveau "
        "le mot de passe."
    ),
    Panne.AUTRE: _("L’envoi n’a pas marché."),
}
MOTS_MAXIMUM = 480


@dataclass(frozen=True)
class Constat:
    """A failure: its kind, in words; `mots`, those of the server; `conseil`, what its provider asks for."""

    panne: Panne
    mots: str = ""
    conseil: str = ""

    @property
    def phrase(self) -> str:
        return str(PHRASES[self.panne])

    def en_texte(self) -> str:
        """What is kept of it in a column; `relire` reads it back."""
        return f"{self.panne}: {self.mots}"[:500]


def constater(erreur: Exception, fournisseur: str = "") -> Constat:
    """What this failure tells."""
    panne = genre_de_panne(erreur)
    return Constat(panne, en_clair(erreur)[:MOTS_MAXIMUM], _conseil(panne, fournisseur))


def relire(texte: str, fournisseur: str = "") -> Constat | None:
    """The failure that was kept; None when there is none."""
    genre, _deux_points, mots = texte.partition(": ")
    if not texte:
        return None
    if genre not in set(Panne):
        return Constat(Panne.AUTRE, texte)
    panne = Panne(genre)
    return Constat(panne, mots, _conseil(panne, fournisseur))


def _conseil(panne: Panne, fournisseur: str) -> str:
    return conseil_de(fournisseur) if panne in {Panne.IDENTIFIANTS, Panne.EXPEDITEUR} else ""
