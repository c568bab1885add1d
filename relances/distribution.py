"""Messages of ours to the members of a company: written in their language, each one sent alone."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.utils.translation import get_language

from entreprises.models import Adhesion, Entreprise
from entreprises.secrets import SecretIllisible
from entreprises.templatetags.cadre import adresse
from relances import serveur
from relances.envoi import transmettre
from relances.joignables import POSTE
from relances.messagerie import Issue, classer
from relances.models import Relance
from suivi.models import Tache

journal = logging.getLogger(__name__)
S = Relance.Statut


@dataclass(frozen=True)
class Attente:
    """What waits for a person: acts to approve, calls, letters to post, doubtful messages, tasks of the day."""

    accords: int = 0
    appels: int = 0
    lettres: int = 0
    doutes: int = 0
    taches: int = 0

    def __bool__(self) -> bool:
        return any((self.accords, self.appels, self.lettres, self.doutes, self.taches))


def lire_attente(entreprise: Entreprise, au: date) -> Attente:
    """What waits for a person in this company. Two queries."""
    prets = Q(statut=S.A_ENVOYER)
    comptes = Relance.objects.de(entreprise).aggregate(
        accords=Count("pk", filter=Q(statut=S.A_VALIDER)),
        appels=Count("pk", filter=prets & Q(canal="appel")),
        lettres=Count("pk", filter=prets & Q(canal__in=sorted(POSTE))),
        doutes=Count("pk", filter=Q(statut=S.A_VERIFIER)),
    )
    return Attente(**comptes, taches=Tache.objects.de(entreprise).a_faire().filter(pour_le__lte=au).count())


def ecrire(adhesion: Adhesion, gabarit: str, sujet: str, contexte: dict[str, Any]) -> EmailMultiAlternatives:
    """The message made of `<gabarit>.txt` and `<gabarit>_courriel.html`, in the language that is active."""
    entreprise = adhesion.entreprise
    complet = {
        **contexte,
        "creancier": entreprise,
        "sujet": sujet,
        "langue": get_language(),
        "accueil": lien(adresse("relances:a_faire", entreprise.slug)),
        "preferences": lien(adresse("entreprise:preferences", entreprise.slug)),
    }
    texte = render_to_string(f"{gabarit}.txt", complet)
    message = EmailMultiAlternatives(
        sujet, texte, to=[adhesion.utilisateur.email], headers={"Auto-Submitted": "auto-generated"}
    )
    message.attach_alternative(render_to_string(f"{gabarit}_courriel.html", complet), "text/html")
    return message


def lien(chemin: str) -> str:
    """The whole address of a page, as a message gives it; empty for a page that is not there."""
    return settings.ADRESSE_PUBLIQUE + chemin if chemin else ""


def distribuer(entreprise: Entreprise, messages: Iterable[EmailMessage]) -> Iterator[Exception | None]:
    """Each to its member; for each the failure, if it is known not to have left. One bad address must not have the
    others told again at every tick.

    By the installation's mail server; where it has none, by the company's own.
    """
    propre = serveur.serveur_de(entreprise) if settings.EMAIL_BACKEND != serveur.REEL else None
    try:
        connexion = serveur.connexion_de(propre) if propre else get_connection()
    except SecretIllisible as illisible:
        yield from (illisible for _message in messages)
        return
    for message in messages:
        if propre:
            message.from_email = serveur.expediteur(propre, entreprise)
        try:
            transmettre(message, connexion)
        except Exception as erreur:
            journal.exception("message to %s", message.to)
            est_doute = classer(erreur, getattr(connexion, "donnees_entamees", False)) is Issue.DOUTE
            with suppress(Exception):
                connexion.close()
            yield None if est_doute else erreur
        else:
            yield None
    with suppress(Exception):
        connexion.close()
