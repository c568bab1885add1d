"""Send the emails that may leave, each one once (R8).

    1 prendre      lock the client, decide again, claim, freeze, commit
    2 preparer     render the message and keep it, outside any transaction
    3 engager      lock, check that the facts still hold, set `remise_le`, commit: the point of no return
    4 transmettre  hand it to the mail server
    5 conclure     write down what the server answered

A worker that dies before 3 leaves a claim without `remise_le`: an hour later `signalement` puts the act back in the
queue. After 3 the act is doubtful until a person says whether it left. The database is the queue: any number of workers
may run this at once, and an act whose claim was lost to another is skipped.
"""

import logging
import re
import secrets
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q

from clients.models import Client
from entreprises.documents import conserver
from entreprises.models import Entreprise, ServeurCourriel
from journal.ecriture import verrouiller
from relances import fraicheur, serveur, statuts
from relances.attente import motif_d_attente
from relances.composition import CompositionImpossible
from relances.courriels import construire
from relances.figeage import figer
from relances.joignables import canaux_joignables, voie
from relances.messagerie import Issue, classer, en_clair, vise_le_serveur
from relances.models import PieceRelance, Relance
from relances.regime import Regime, jours_d_envoi, lire_regime
from relances.revision import reviser
from suivi.adresses import constater_adresse_refusee
from suivi.models import Pause

journal = logging.getLogger(__name__)
S = Relance.Statut

TENTATIVES = 5
PAUSE_APRES_REPORT = timedelta(minutes=15)
# A refusal without an enhanced code that speaks of us, not of the mailbox.
DE_NOTRE_FAUTE = re.compile(rb"relay|auth|quota|limit|polic|spam|block|denied", re.IGNORECASE)


@dataclass
class Bilan:
    """What a batch did: acts by outcome."""

    envoyees: list[int] = field(default_factory=list)
    reportees: list[int] = field(default_factory=list)
    refusees: list[int] = field(default_factory=list)
    douteuses: list[int] = field(default_factory=list)
    ecartees: list[int] = field(default_factory=list)


class ServeurIndisponible(Exception):
    """The mail server itself fails: the rest of the batch waits for the next tick."""


@dataclass(frozen=True)
class Tournee:
    """What holds for a whole batch, read once."""

    regime: Regime
    au: date
    instant: datetime
    connexion: BaseEmailBackend
    perimes: bool
    serveur: ServeurCourriel | None = None  # the company's own
    bilan: Bilan = field(default_factory=Bilan)


def est_jour_d_envoi(entreprise: Entreprise, au: date) -> bool:
    """A working day of the company's calendar, among the days it chose to send on."""
    return jours_d_envoi(lire_regime(entreprise)).est_ouvre(au)


def en_file(entreprise: Entreprise, instant: datetime) -> Iterator[int]:
    """The acts that wait to be sent, the oldest first, in chunks: a thousand of them are never in memory at once."""
    dernier = 0
    while True:
        lot = list(
            Relance.objects.de(entreprise)
            .filter(statut=S.A_ENVOYER, canal="courriel", pk__gt=dernier)
            .filter(Q(prochaine_tentative_le=None) | Q(prochaine_tentative_le__lte=instant))
            .order_by("pk")
            .values_list("pk", flat=True)[:200]
        )
        if not lot:
            return
        yield from lot
        dernier = lot[-1]


def envoyer(entreprise: Entreprise, au: date, instant: datetime) -> Bilan:
    """Send what may leave on `au`, on one connection. Nothing on a day that is not a sending day, nor without a server
    that takes it: the acts stay in the queue then, and say why."""
    regime = lire_regime(entreprise)
    if not jours_d_envoi(regime).est_ouvre(au) or next(en_file(entreprise, instant), None) is None:
        return Bilan()
    depart = serveur.ouvrir(entreprise, instant)
    if depart.connexion is None:
        serveur.retenir_la_file(entreprise, depart.motif)
        return Bilan()
    perimes = fraicheur.etat(entreprise, au, regime.reglages).retient
    tournee = Tournee(regime, au, instant, depart.connexion, perimes, depart.serveur)
    try:
        _parcourir(entreprise, tournee)
    finally:
        serveur.fermer(tournee.connexion)
    return tournee.bilan


def _parcourir(entreprise: Entreprise, tournee: Tournee) -> None:
    """The queue, one act after the other, until it is empty, the server fails or the day's cap is reached."""
    for pk in en_file(entreprise, tournee.instant):
        try:
            envoyer_une(pk, tournee)
        except ServeurIndisponible:
            break
        except serveur.PlafondAtteint:
            serveur.retenir_la_file(entreprise, serveur.PLAFOND)
            break
        except Exception:
            journal.exception("act %s set aside", pk)
            ecarter(pk, tournee.instant)
            tournee.bilan.ecartees.append(pk)


def envoyer_une(pk: int, tournee: Tournee) -> None:
    """The five steps for one act."""
    relance = prendre(pk, tournee)
    if relance is None:
        return
    message = preparer(relance)
    if not engager(relance, tournee):
        return
    connexion = tournee.connexion
    try:
        transmettre(message, connexion)
    except Exception as erreur:
        issue = classer(erreur, getattr(connexion, "donnees_entamees", True))
        conclure_en_echec(relance, issue, en_clair(erreur), tournee)
        if issue is Issue.REFUS and est_adresse_inconnue(erreur):
            ecarter_l_adresse(relance, tournee.instant)
        if vise_le_serveur(erreur):
            if tournee.serveur:
                serveur.noter_panne(tournee.serveur, erreur, tournee.instant)
            serveur.fermer(connexion)
            raise ServeurIndisponible from erreur
        return
    conclure(relance, tournee)


def prendre(pk: int, tournee: Tournee) -> Relance | None:
    """Step 1. The act, claimed and frozen, or None when it must not leave now."""
    au, instant = tournee.au, tournee.instant
    client_id = Relance.objects.values_list("client_id", flat=True).get(pk=pk)
    with transaction.atomic():
        client = verrouiller(client_id)
        avec_serveur = ("etape", "client", "entreprise__serveur_courriel")
        relance = Relance.objects.select_related(*avec_serveur).get(pk=pk)
        if relance.statut != S.A_ENVOYER or relance.canal != "courriel" or relance.entreprise.cloturee_le:
            return None
        if tournee.serveur:
            serveur.reserver_une_place(tournee.serveur, au)
        if not reviser(relance, client, au, instant, tournee.regime):
            return None
        joignable = voie(relance) in canaux_joignables([client])[client.pk]
        reglages = tournee.regime.reglages
        motif = motif_d_attente(relance, reglages, au, perimes=tournee.perimes, joignable=joignable)
        if motif:
            statuts.mettre_a_valider(relance, client, motif, instant)
            return None
        if not relance.figee_le:
            try:
                figer(relance, au, instant)
            except CompositionImpossible as erreur:
                statuts.mettre_a_valider(relance, client, erreur.code, instant)
                return None
        relance.statut, relance.prise_le, relance.jeton_envoi = S.EN_COURS, instant, secrets.token_hex(16)
        relance.motif_attente = ""
        relance.save()
        return relance


def preparer(relance: Relance) -> EmailMessage:
    """Step 2. The message as it will leave, kept as a document of the act."""
    message = construire(relance)
    serveur.signer(message, relance.entreprise)
    contenu = message.message().as_bytes(linesep="\r\n")
    document = conserver(relance.entreprise, contenu, "message/rfc822", f"relance-{relance.pk}.eml")
    PieceRelance.objects.get_or_create(
        entreprise=relance.entreprise,
        relance=relance,
        document=document,
        role=PieceRelance.Role.COURRIEL,
        defaults={"nom": document.nom},
    )
    return message


def engager(relance: Relance, tournee: Tournee) -> bool:
    """Step 3. True when it leaves. The claim must still be ours and the facts must still hold."""
    with transaction.atomic():
        client = verrouiller(relance.client_id)
        actuelle = Relance.objects.select_related("etape", "client", "entreprise").get(pk=relance.pk)
        if actuelle.statut != S.EN_COURS or actuelle.jeton_envoi != relance.jeton_envoi:
            return False
        if not rien_n_a_bouge(relance, client, tournee.au):
            if reviser(actuelle, client, tournee.au, tournee.instant, lire_regime(relance.entreprise)):
                statuts.remettre_en_file(actuelle)  # still due: composed again from the facts of now
            return False
        actuelle.remise_le, actuelle.tentatives = tournee.instant, actuelle.tentatives + 1
        actuelle.save(update_fields=["remise_le", "tentatives", "modifie_le"])
        return True


def rien_n_a_bouge(relance: Relance, client: Client, au: date) -> bool:
    """Are the facts those of the claim? Whatever changes them takes the client's lock and journals it, or writes the
    client's row, or pauses the whole company."""
    return (
        client.journal_rang == relance.journal_rang_vu
        and client.modifie_le == relance.client.modifie_le
        and not Pause.objects.de(relance.entreprise).filter(client=None).en_cours(au).exists()
    )


def transmettre(message: EmailMessage, connexion: BaseEmailBackend) -> None:
    """Step 4. Any exception of the mail server goes up, to be told apart by `classer`."""
    connexion.open()
    message.connection = connexion
    message.send()


def _verrouiller_prise(relance: Relance) -> tuple[Client, Relance] | None:
    """The client and the act, locked, when the claim is still ours."""
    client = verrouiller(relance.client_id)
    actuelle = Relance.objects.select_related("etape", "client", "entreprise").get(pk=relance.pk)
    ours = actuelle.jeton_envoi == relance.jeton_envoi and actuelle.statut in {S.EN_COURS, S.A_VERIFIER}
    return (client, actuelle) if ours else None


def conclure(relance: Relance, tournee: Tournee) -> None:
    """Step 5, the server said yes. Also settles a doubt that the sweep raised meanwhile."""
    with transaction.atomic():
        prise = _verrouiller_prise(relance)
        if prise:
            statuts.constater_envoyee(prise[1], prise[0], tournee.instant)
    if tournee.serveur:
        serveur.noter_succes(tournee.serveur)
    tournee.bilan.envoyees.append(relance.pk)


def conclure_en_echec(relance: Relance, issue: Issue, erreur: str, tournee: Tournee) -> None:
    """Step 5, it failed: refused for good, to be tried again, or doubtful."""
    instant, bilan = tournee.instant, tournee.bilan
    with transaction.atomic():
        prise = _verrouiller_prise(relance)
        if prise is None:
            return
        client, actuelle = prise
        if issue is Issue.DOUTE:
            statuts.constater_doute(actuelle, client, erreur, instant)
            bilan.douteuses.append(relance.pk)
        elif issue is Issue.REPORT and actuelle.tentatives < TENTATIVES:
            statuts.remettre_en_file(actuelle, instant + PAUSE_APRES_REPORT * actuelle.tentatives, erreur)
            bilan.reportees.append(relance.pk)
        else:
            statuts.constater_echec(actuelle, client, erreur, instant)
            bilan.refusees.append(relance.pk)


def est_adresse_inconnue(erreur: Exception) -> bool:
    """Does the server say that this mailbox does not exist, rather than that it will have nothing from us? By the
    enhanced code (RFC 3463: X.1.Z is about the address, X.2.1 a mailbox that is closed), else by the reply code."""
    if not isinstance(erreur, smtplib.SMTPRecipientsRefused):
        return False
    (code, reponse), *_autres = erreur.recipients.values()
    texte = reponse if isinstance(reponse, bytes) else str(reponse).encode()
    precis = re.match(rb"5\.(\d+)\.(\d+)", texte)
    if precis is None:
        return code in {550, 551, 553} and not DE_NOTRE_FAUTE.search(texte)
    return precis[1] == b"1" or precis.groups() == (b"2", b"1")


def ecarter_l_adresse(relance: Relance, instant: datetime) -> None:
    """Write to it no more: the next act waits for a person instead of being refused every morning."""
    au = relance.entreprise.date_locale(instant)
    constater_adresse_refusee(relance.client, relance.destinataire, aujourd_hui=au, instant=instant)


def ecarter(pk: int, instant: datetime) -> None:
    """One poisoned act must not stop the others, nor be silent: before the point of no return it waits for a person."""
    client_id = Relance.objects.values_list("client_id", flat=True).get(pk=pk)
    with transaction.atomic():
        client = verrouiller(client_id)
        relance = Relance.objects.select_related("etape").get(pk=pk)
        if relance.statut in {S.A_ENVOYER, S.EN_COURS} and relance.remise_le is None:
            statuts.mettre_a_valider(relance, client, "anomalie", instant)
        elif relance.statut == S.EN_COURS:
            statuts.constater_doute(relance, client, "interrupted after the hand-over", instant)
