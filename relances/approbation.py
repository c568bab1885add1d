"""What a person decides about an act: approve, hold, switch its channel, settle a doubt.

Every function takes the `version` of the act that the person saw. Perimee when it changed since: nothing is done,
and the page shows the act as it is now.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from clients.models import Client
from entreprises.modeles import Perimee
from entreprises.models import Adhesion
from journal.ecriture import verrouiller
from journal.models import Genre
from relances import statuts
from relances.composition import composer
from relances.figeage import figer
from relances.models import Reglages, Relance
from relances.revision import reviser

S = Relance.Statut


class Refus(Exception):
    """The act can't take this step. `code` tells why; the app words it."""

    def __init__(self, code: str, **parametres: Any) -> None:
        super().__init__(code)
        self.code, self.parametres = code, parametres


@contextmanager
def verrouillee(relance: Relance, version: int, statuts_admis: tuple[str, ...]) -> Iterator[tuple[Relance, Client]]:
    """The act and its client, locked; its version rises. Perimee when it is not the one that was seen."""
    with transaction.atomic():
        client = verrouiller(relance.client_id)
        lue = Relance.objects.filter(pk=relance.pk, version=version, statut__in=statuts_admis)
        if not lue.update(version=F("version") + 1):
            raise Perimee
        yield Relance.objects.select_related("etape", "client", "entreprise", "contact").get(pk=relance.pk), client


def exiger_le_droit(relance: Relance, adhesion: Adhesion) -> None:
    """PermissionDenied unless this member may approve this act: a formal demand is the owner's, unless delegated (R7);
    above the ceiling, always the owner's."""
    if relance.est_formelle and not adhesion.peut_approuver_formel:
        raise PermissionDenied
    reglages = Reglages.objects.filter(entreprise=relance.entreprise_id).first()
    plafond = reglages.plafond_approbation if reglages else None
    if plafond is not None and relance.total > plafond and adhesion.role != Adhesion.Role.GERANT:
        raise PermissionDenied
    if not adhesion.peut_modifier:
        raise PermissionDenied


def approuver(relance: Relance, version: int, adhesion: Adhesion, au: date, instant: datetime) -> Relance:
    """Approve an act: it is looked at again, a formal demand or a letter is frozen, and it may leave. Any other email
    is frozen when it leaves: what would stop it then is said now.

    Perimee if it changed; PermissionDenied; CompositionImpossible when an address is missing. An act for which nothing
    is due any more comes back `annulee`; one whose lines or amounts changed since it was shown stays `a_valider`.
    """
    exiger_le_droit(relance, adhesion)
    with verrouillee(relance, version, (S.A_VALIDER,)) as (actuelle, client):
        lue = actuelle.version
        if not reviser(actuelle, client, au, instant) or actuelle.version != lue:
            return actuelle
        motif = actuelle.motif_attente
        actuelle.ecart, actuelle.motif_attente = None, ""
        actuelle.approuvee_par, actuelle.approuvee_le = adhesion.utilisateur, instant
        actuelle.statut = S.A_ENVOYER
        if actuelle.est_formelle or actuelle.canal != "courriel":
            figer(actuelle, au, instant)
        else:
            composer(actuelle, au)
        statuts.journaliser(actuelle, client, Genre.RELANCE_APPROUVEE, instant, adhesion.utilisateur, motif=motif)
        actuelle.save()
        return actuelle


def retenir(relance: Relance, version: int, auteur: Any, instant: datetime) -> Relance:
    """Hold an act that was about to leave: it waits for a person until one approves it."""
    with verrouillee(relance, version, (S.A_ENVOYER, S.A_VALIDER)) as (actuelle, client):
        statuts.mettre_a_valider(actuelle, client, "retenue", instant, auteur)
        return actuelle


def changer_canal(relance: Relance, version: int, canal: str, auteur: Any, instant: datetime) -> Relance:
    """Send by another channel an act that waits: email or plain letter; a formal demand also by registered letter."""
    with verrouillee(relance, version, (S.A_VALIDER,)) as (actuelle, client):
        admis = {"courriel", "courrier", *(["recommande"] if actuelle.est_formelle else ["appel"])}
        if canal not in admis:
            raise Refus("canal_refuse", canal=canal)
        statuts.defiger(actuelle)
        actuelle.canal = canal
        statuts.journaliser(actuelle, client, Genre.RELANCE_RETENUE, instant, auteur, motif="canal", canal=canal)
        actuelle.save()
        return actuelle


def dire_partie(relance: Relance, version: int, auteur: Any, instant: datetime) -> Relance:
    """A person says that a doubtful message did leave."""
    with verrouillee(relance, version, (S.A_VERIFIER,)) as (actuelle, client):
        parti_le = actuelle.remise_le or instant
        statuts.constater_envoyee(actuelle, client, instant, auteur, constat="parti")
        Relance.objects.filter(pk=actuelle.pk).update(envoyee_le=parti_le)
        actuelle.envoyee_le = parti_le
        return actuelle


def dire_non_partie(relance: Relance, version: int, auteur: Any, instant: datetime) -> Relance:
    """A person says that a doubtful message did not leave: its rungs are free, the next night decides again."""
    with verrouillee(relance, version, (S.A_VERIFIER,)) as (actuelle, client):
        statuts.constater_echec(actuelle, client, "constaté non parti", instant, auteur)
        return actuelle
