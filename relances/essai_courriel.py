"""A message of trial: to the person who asks for it, by the company's own server, with what failed told exactly."""

from datetime import datetime

from django.core.cache import cache
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from entreprises.models import Entreprise, ServeurCourriel, Utilisateur
from relances.envoi import transmettre
from relances.pannes import Constat
from relances.serveur import connexion_de, expediteur, fermer, noter_panne

DELAI = 10  # seconds, for each step of the conversation: a person waits
ESSAIS_AU_PLUS, FENETRE = 10, 600  # by company, in seconds


class TropDEssais(Exception):
    """Too many trials in a short time: providers lock accounts for less."""


def essayer(entreprise: Entreprise, serveur: ServeurCourriel, vers: Utilisateur, instant: datetime) -> Constat | None:
    """Send a message of trial to this person. None when the server took it, else what failed; both are kept.

    TropDEssais. Never called inside a transaction: it waits for the network.
    """
    _compter(entreprise)
    connexion = None
    try:
        connexion = connexion_de(serveur, DELAI)
        transmettre(_message(entreprise, serveur, vers), connexion)
    except Exception as erreur:
        return noter_panne(serveur, erreur, instant)
    finally:
        fermer(connexion)
    ServeurCourriel.objects.filter(pk=serveur.pk).update(verifie_le=instant, derniere_erreur="")
    return None


def _compter(entreprise: Entreprise) -> None:
    cle = f"relances.essai_courriel.{entreprise.pk}"
    if not cache.add(cle, 1, FENETRE) and cache.incr(cle) > ESSAIS_AU_PLUS:
        raise TropDEssais


def _message(entreprise: Entreprise, serveur: ServeurCourriel, vers: Utilisateur) -> EmailMessage:
    nom = {"entreprise": entreprise.nom}
    corps = _(
        "Bonjour,\n\nCe message d’essai est parti du serveur de courriel de %(entreprise)s. "
        "Vos relances partiront de la même façon, avec le même expéditeur.\n\n"
        "Répondez-y si vous voulez voir où arrivent les réponses.\n"
    )
    reponse = serveur.repondre_a or entreprise.courriel
    return EmailMessage(
        _("Message d’essai de %(entreprise)s") % nom,
        corps % nom,
        expediteur(serveur, entreprise),
        [vers.email],
        reply_to=[reponse] if reponse else None,
        headers={"Auto-Submitted": "auto-generated"},
    )
