"""A rehearsal: what the night of a day would prepare, and what would then leave or wait (R18). Writes nothing."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from clients.models import Contact
from entreprises.models import Entreprise
from factures.models import Echeance
from relances import libelles
from relances.attente import motif_d_attente
from relances.destinataires import choisir
from relances.models import Canal, Reglages, Relance
from relances.planification import prevoir

MONTREES = 50
CLIENTS_AU_PLUS = 300  # more than that is too long for a page


@dataclass(frozen=True)
class Prevue:
    """An act that the night would create; `attente`: why it would wait for a person, in words; `vers`: the address,
    the number or the town that it would go to."""

    relance: Relance
    attente: str
    est_sans_personne: bool
    vers: str = ""


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
    contacts = _contacts({relance.client_id for relance in prevues})
    return Repetition(
        jour, en_file, [_prevue(relance, reglages, jour, contacts[relance.client_id]) for relance in prevues]
    )


def _contacts(clients: set[int]) -> dict[int, list[Contact]]:
    """The contacts of these clients, in one query."""
    par_client: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.filter(client__in=clients, archive_le=None):
        par_client[contact.client_id].append(contact)
    return par_client


def _vers(relance: Relance, contacts: list[Contact]) -> str:
    if relance.canal in {Canal.COURRIER, Canal.RECOMMANDE}:
        return relance.client.siege_ville
    sorte = {"est_formelle": relance.est_formelle, "avant_echeance": relance.avant_echeance}
    contact = choisir(contacts, relance.canal, **sorte)
    if contact is None:
        return ""
    return contact.courriel if relance.canal == Canal.COURRIEL else contact.telephone


def _prevue(relance: Relance, reglages: Reglages, jour: date, contacts: list[Contact]) -> Prevue:
    motif = relance.motif_attente
    if motif == "envoi_manuel":
        allumes = Reglages(
            envoi_automatique=True,
            approbation_jusqu_au=reglages.approbation_jusqu_au,
            plafond_approbation=reglages.plafond_approbation,
        )
        motif = motif_d_attente(relance, allumes, jour, perimes=False, joignable=True)
    est_sans_personne = not motif and relance.canal == Canal.COURRIEL
    return Prevue(relance, libelles.mots_de_l_attente(motif), est_sans_personne, _vers(relance, contacts))
