"""What a person kept of the proposals, written client by client, each one whole, as it was shown or not at all.

One transaction per client, under its lock, also moves `Importation.traitees`: after a crash the work goes on from
there, and two workers cannot both write the same. What no longer fits is passed over, and said.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Protocol

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from entreprises.refus import LotRefuse
from importations.application_balance import EcritureBalance
from importations.application_clients import EcritureClients
from importations.avancement import noter_avancement, suspendre
from importations.models import Importation
from importations.propositions import Compte, Proposition, lire_propositions
from importations.refus import LigneRefusee

Rangees = Sequence[tuple[int, Proposition]]


class Ecriture(Protocol):
    """How one kind of file writes what it proposed."""

    def ecrire(self, retenues: Rangees, compte: Compte) -> None:
        """Write the proposals of one client, with their ranks, and count them. The caller holds the transaction."""

    def recommencer(self) -> None:
        """Forget what was in memory: the transaction it belonged to was undone."""


def appliquer(importation: Importation, *, aujourd_hui: date, jusqu_a: datetime | None = None) -> Compte:
    """Go on with an import that this worker has claimed, from where it stands.

    With `jusqu_a`, stop after the client that passes this instant and leave it in `en_attente`. Reprise when another
    worker took it over; FichierRefuse when its file cannot be read any more.
    """
    propositions = lire_propositions(importation)
    compte = Compte.depuis_dict(importation.bilan)
    ecriture = _ecriture(importation, propositions[importation.traitees :], aujourd_hui)
    for groupe in _groupes(propositions, importation.traitees):
        if jusqu_a and timezone.now() >= jusqu_a:
            suspendre(importation)
            return compte
        compte = _ecrire_groupe(importation, ecriture, groupe, compte)
    noter_avancement(
        importation,
        compte.en_dict(),
        compte.lues,
        traitees=importation.traitees,
        statut=Importation.Statut.TERMINEE,
    )
    return compte


def _ecriture(importation: Importation, a_venir: Sequence[Proposition], aujourd_hui: date) -> Ecriture:
    if importation.genre == Importation.Genre.BALANCE:
        return EcritureBalance(importation, a_venir, aujourd_hui)
    return EcritureClients(importation, a_venir, aujourd_hui)


def _groupes(propositions: Sequence[Proposition], deja: int) -> Iterator[Rangees]:
    """All that concerns one client, in a row."""
    restantes = list(enumerate(propositions))[deja:]
    for _groupe, rangees in groupby(restantes, key=lambda rangee: rangee[1].groupe):
        yield list(rangees)


def _ecrire_groupe(importation: Importation, ecriture: Ecriture, groupe: Rangees, compte: Compte) -> Compte:
    """The account with this client in it. What the rooms below refuse passes the client over, nothing else."""
    suite = compte.copie()
    fin = groupe[-1][0] + 1
    retenues = [rangee for rangee in groupe if rangee[1].est_retenue]
    try:
        with transaction.atomic():
            if retenues:
                ecriture.ecrire(retenues, suite)
            noter_avancement(importation, suite.en_dict(), suite.lues, traitees=fin)
    except (IntegrityError, DataError, LotRefuse, ValidationError, LigneRefusee) as erreur:
        ecriture.recommencer()
        suite = compte.copie()
        for rang, _proposition in retenues:
            suite.sautees[str(rang)] = _raison(erreur)
        noter_avancement(importation, suite.en_dict(), suite.lues, traitees=fin)
    importation.traitees = fin
    return suite


def _raison(erreur: Exception) -> str:
    if isinstance(erreur, ValidationError):
        return erreur.messages[0]
    if isinstance(erreur, LotRefuse):
        return erreur.erreurs[min(erreur.erreurs)].messages[0]
    if isinstance(erreur, LigneRefusee):
        return erreur.raison
    return _("la base de données refuse ce changement")
