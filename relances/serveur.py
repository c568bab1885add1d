"""By which way a company's messages leave: its own mail server, the installation's, its files, or none.

A demonstration never leaves for real. Without a server of its own a company leaves by the installation's, unless
EMAIL_PARTAGE is off; where the installation has none, its messages are written to files that the outbox shows.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.utils import formataddr
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q

from entreprises.models import Entreprise, ServeurCourriel
from entreprises.secrets import SecretIllisible, dechiffrer
from relances.blocs import nettoyer
from relances.messagerie import BackendEntreprise, Panne
from relances.models import Canal, Relance, RelanceQuerySet
from relances.pannes import Constat, constater

S = Relance.Statut
FICHIERS = "django.core.mail.backends.filebased.EmailBackend"
REEL = "relances.messagerie.BackendSMTP"
PAUSE_APRES_PANNE = timedelta(minutes=30)  # a wrong password tried every five minutes gets an account locked
DELAI = 30  # seconds

ABSENT, EN_PANNE, PLAFOND = "serveur_absent", "serveur_en_panne", "plafond_jour"
MOTIFS = frozenset({ABSENT, EN_PANNE, PLAFOND})
"""Why an act of the queue does not leave, in `Relance.motif_attente`. It stays in the queue."""


class Voie(StrEnum):
    """How messages leave."""

    PROPRE = "propre"
    PARTAGEE = "partagee"
    GARDEE = "gardee"  # written to files: nothing leaves this machine
    ABSENTE = "absente"

    @property
    def est_reelle(self) -> bool:
        return self in {Voie.PROPRE, Voie.PARTAGEE}


class PlafondAtteint(Exception):
    """The company's server has taken as many messages as it may today."""


@dataclass(frozen=True)
class Depart:
    """The open way of a batch; `motif`: why nothing may leave."""

    connexion: BaseEmailBackend | None = None
    serveur: ServeurCourriel | None = None
    motif: str = ""


def serveur_de(entreprise: Entreprise) -> ServeurCourriel | None:
    """The company's own server; a demonstration has none, whatever was typed."""
    return None if entreprise.est_demonstration else getattr(entreprise, "serveur_courriel", None)


def voie_de(entreprise: Entreprise) -> Voie:
    """How this company's messages leave. One query, none when its server was read with it."""
    if serveur_de(entreprise):
        return Voie.PROPRE
    if entreprise.est_demonstration or not (settings.EMAIL_URL or settings.EMAIL_BACKEND == REEL):
        return Voie.GARDEE
    return Voie.PARTAGEE if settings.EMAIL_PARTAGE else Voie.ABSENTE


def ouvrir(entreprise: Entreprise, instant: datetime) -> Depart:
    """The way of a batch, with the company's own server already signed in to, so that no act is claimed for nothing.

    After a failure the server is left alone for half an hour.
    """
    voie = voie_de(entreprise)
    if voie is Voie.ABSENTE:
        return Depart(motif=ABSENT)
    serveur = serveur_de(entreprise)
    if serveur is None:
        return Depart(connexion_commune(voie))
    if serveur.derniere_erreur and serveur.modifie_le > instant - PAUSE_APRES_PANNE:
        return Depart(None, serveur, EN_PANNE)
    connexion: BaseEmailBackend | None = None
    try:
        connexion = connexion_de(serveur)
        connexion.open()
    except (OSError, UnicodeError, SecretIllisible) as erreur:
        noter_panne(serveur, erreur, instant)
        fermer(connexion)
        return Depart(None, serveur, EN_PANNE)
    return Depart(connexion, serveur)


def connexion_commune(voie: Voie) -> BaseEmailBackend:
    """The installation's way; to files for a demonstration where that one is a real server."""
    if voie is Voie.GARDEE and settings.EMAIL_BACKEND == REEL:
        return get_connection(FICHIERS, file_path=str(Path(settings.DONNEES) / "courriels"))
    return get_connection()


def connexion_de(serveur: ServeurCourriel, delai: int = DELAI) -> BackendEntreprise:
    """A connection to this server, not open yet. SecretIllisible when its password can't be read."""
    return BackendEntreprise(
        host=serveur.hote,
        port=serveur.port,
        username=serveur.identifiant,
        password=dechiffrer(serveur.secret_chiffre),
        use_tls=serveur.securite == ServeurCourriel.Securite.STARTTLS,
        use_ssl=serveur.securite == ServeurCourriel.Securite.TLS,
        timeout=delai,
    )


def fermer(connexion: BaseEmailBackend | None) -> None:
    """Whatever state it is in."""
    with suppress(Exception):
        if connexion is not None:
            connexion.close()


def signer(message: EmailMessage, entreprise: Entreprise) -> None:
    """In the company's own name and address when it has its server, and answers where it wants them."""
    serveur = serveur_de(entreprise)
    if serveur is None:
        return
    message.from_email = expediteur(serveur, entreprise)
    reponse = serveur.repondre_a or entreprise.courriel
    message.reply_to = [reponse] if reponse else []


def expediteur(serveur: ServeurCourriel, entreprise: Entreprise) -> str:
    """The From of its messages."""
    return formataddr((nettoyer(serveur.expediteur_nom or entreprise.nom), serveur.expediteur_courriel))


def constat_de(erreur: Exception, serveur: ServeurCourriel) -> Constat:
    """What this failure tells about the server."""
    if isinstance(erreur, SecretIllisible):
        return Constat(Panne.ILLISIBLE)
    return constater(erreur, serveur.fournisseur)


def noter_panne(serveur: ServeurCourriel, erreur: Exception, instant: datetime) -> Constat:
    """Keep what failed, to be shown. Not a change of the settings: their version stays."""
    constat = constat_de(erreur, serveur)
    serveur.derniere_erreur, serveur.modifie_le = constat.en_texte(), instant
    _ecrire(serveur, derniere_erreur=serveur.derniere_erreur, modifie_le=instant)
    return constat


def noter_succes(serveur: ServeurCourriel) -> None:
    """It took a message: what failed before is over."""
    if serveur.derniere_erreur:
        serveur.derniere_erreur = ""
        _ecrire(serveur, derniere_erreur="")


def _ecrire(serveur: ServeurCourriel, **valeurs: object) -> None:
    ServeurCourriel.objects.filter(pk=serveur.pk).update(**valeurs)


# The queue


def reserver_une_place(serveur: ServeurCourriel, au: date) -> None:
    """PlafondAtteint when the messages of `au` fill the day's cap. Inside the claim's transaction: the server's row is
    locked until it commits, so that two workers never count the same last place."""
    if serveur.plafond_jour is None:
        return
    ServeurCourriel.objects.select_for_update().filter(pk=serveur.pk).first()
    if parties_le(serveur.entreprise, au) >= serveur.plafond_jour:
        raise PlafondAtteint


def parties_le(entreprise: Entreprise, au: date) -> int:
    """Emails handed over on this local day, and those being so."""
    debut = datetime.combine(au, time.min, tzinfo=ZoneInfo(entreprise.fuseau))
    du_jour = Q(remise_le__gte=debut, remise_le__lt=debut + timedelta(days=1))
    actes = Relance.objects.de(entreprise).filter(canal=Canal.COURRIEL)
    return actes.filter(du_jour | Q(statut=S.EN_COURS)).count()


def retenir_la_file(entreprise: Entreprise, motif: str) -> int:
    """The emails that wait to leave say why they do not. They stay in the queue: nobody has to approve them again."""
    return _file(entreprise).exclude(motif_attente=motif).update(motif_attente=motif)


def relancer_la_file(entreprise: Entreprise) -> int:
    """The server has changed: what waited for it waits for nothing but the next sending hour."""
    return _file(entreprise).filter(motif_attente__in=MOTIFS).update(motif_attente="")


def retenues(entreprise: Entreprise) -> int:
    """How many emails wait for the server, or for another day."""
    return _file(entreprise).filter(motif_attente__in=MOTIFS).count()


def _file(entreprise: Entreprise) -> RelanceQuerySet:
    return Relance.objects.de(entreprise).filter(statut=S.A_ENVOYER, canal=Canal.COURRIEL)
