"""A rehearsal: what the night of a day would prepare, and what would then leave or wait (R18). Writes nothing."""

from dataclasses import dataclass, field
from datetime import date

from entreprises.models import Entreprise
from factures.models import Echeance
from relances import libelles
from relances.attente import motif_d_attente
from relances.models import Reglages, Relance
from relances.planification import prevoir

MONTREES = 50
CLIENTS_AU_PLUS = 300  # more than that is too long for a page


@dataclass(frozen=True)
class Prevue:
    """An act that the night would create; `attente`: why it would wait for a person, in words."""

    relance: Relance
    attente: str
    est_sans_personne: bool


@dataclass(frozen=True)
class Repetition:
    """With automatic sending on: what would leave on `au`, what would wait. `trop`: too many clients for a page."""

    au: date
    en_file: int
    prevues: list[Prevue] = field(default_factory=list)
    trop: int = 0

    @property
    def partiraient(self) -> int:
        return sum(1 for prevue in self.prevues if prevue.est_sans_personne)

    @property
    def montrees(self) -> list[Prevue]:
        return self.prevues[:MONTREES]

    @property
    def cachees(self) -> int:
        return max(len(self.prevues) - MONTREES, 0)


def lire_repetition(entreprise: Entreprise, reglages: Reglages, au: date) -> Repetition:
    """The next working day from `au`, planned in memory as if automatic sending were on."""
    jour = entreprise.calendrier().prochain_ouvre(au)
    en_file = Relance.objects.de(entreprise).filter(statut=Relance.Statut.A_ENVOYER, canal="courriel").count()
    clients = Echeance.objects.de(entreprise).a_examiner(jour).values("client").distinct().count()
    if clients > CLIENTS_AU_PLUS:
        return Repetition(jour, en_file, trop=clients)
    prevues = [preparee.relance for _, preparees in prevoir(entreprise, jour, tous=False) for preparee in preparees]
    return Repetition(jour, en_file, [_prevue(relance, reglages, jour) for relance in prevues])


def _prevue(relance: Relance, reglages: Reglages, jour: date) -> Prevue:
    motif = relance.motif_attente
    if motif == "envoi_manuel":
        allumes = Reglages(
            envoi_automatique=True,
            approbation_jusqu_au=reglages.approbation_jusqu_au,
            plafond_approbation=reglages.plafond_approbation,
        )
        motif = motif_d_attente(relance, allumes, jour, perimes=False, joignable=True)
    return Prevue(relance, libelles.mots_de_l_attente(motif), not motif and relance.canal == "courriel")
