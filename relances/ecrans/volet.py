"""One act, as the pane shows it: exactly what will leave, why now, what it holds and leaves out, who, what was said.

A frozen act is shown from its own fields (R6); any other is composed for today, as the freezing would do.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from clients.models import Contact
from clients.reception import Sorte, recoit
from factures.models import Echeance
from noyau.montants import ZERO
from relances import libelles
from relances.composition import CompositionImpossible, composer
from relances.ecrans.papier import Feuille, Piece, en_feuille, en_pieces
from relances.message import Message, lire_message
from relances.models import Canal, LigneRelance, PieceRelance, Relance
from suivi.chronologie import Ligne, decrire, du_client, recentes
from suivi.models import Litige, Tache

HISTOIRE = 5
LETTRES = (Canal.COURRIER, Canal.RECOMMANDE)
S = Relance.Statut


@dataclass(frozen=True)
class Contenu:
    """The words of an act: frozen, or composed for today."""

    message: Message
    delai_le: date | None
    contact: Contact | None

    @property
    def est_fige(self) -> bool:
        return not self.message.est_projet

    @property
    def feuille(self) -> Feuille:
        return en_feuille(self.message)

    @property
    def pieces(self) -> list[Piece]:
        return en_pieces(self.message)


@dataclass(frozen=True)
class Exclue:
    """An overdue instalment that the act leaves out, and whether a dispute is why."""

    numero: str
    solde: Decimal
    est_en_litige: bool


@dataclass
class Volet:
    """What the pane of one act shows. `manque`: why it can't be composed, in words."""

    relance: Relance
    au: date
    contenu: Contenu | None = None
    manque: str = ""
    dues: list[LigneRelance] = field(default_factory=list)
    informations: list[LigneRelance] = field(default_factory=list)
    exclues: list[Exclue] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    histoire: list[Ligne] = field(default_factory=list)
    pieces: list[PieceRelance] = field(default_factory=list)
    taches: list[Tache] = field(default_factory=list)
    total_echu: Decimal = ZERO

    @property
    def est_lettre(self) -> bool:
        return self.relance.canal in LETTRES

    @property
    def est_appel(self) -> bool:
        return self.relance.canal == Canal.APPEL

    @property
    def attente(self) -> str:
        """Why it waits, in words; nothing when it doesn't."""
        return libelles.mots_de_l_attente(self.relance.motif_attente) if self.relance.statut == S.A_VALIDER else ""

    @property
    def jours_d_attente(self) -> int:
        return (self.au - self.relance.date_decision).days

    @property
    def ligne_principale(self) -> LigneRelance | None:
        """The oldest debt among those asked for."""
        return self.dues[0] if self.dues else None

    @property
    def jours_de_retard(self) -> int:
        return self.ligne_principale.jours_de_retard(self.au) if self.ligne_principale else 0

    @property
    def telephones(self) -> list[Contact]:
        """The numbers of those who take calls."""
        return [contact for contact in self.contacts if contact.telephone and recoit(contact, Sorte.APPELS)]


def lire_volet(relance: Relance, au: date) -> Volet:
    """Everything about one act, in a constant number of queries."""
    volet = Volet(relance, au)
    volet.contenu, volet.manque = contenu_de(relance, au)
    lignes = list(relance.lignes.select_related("echeance__facture"))
    volet.dues = [ligne for ligne in lignes if ligne.etape_id]
    volet.informations = [ligne for ligne in lignes if not ligne.etape_id]
    volet.contacts = list(Contact.objects.filter(client=relance.client_id, archive_le=None))
    volet.pieces = list(relance.pieces.select_related("document"))
    volet.histoire = histoire(relance)
    volet.taches = list(Tache.objects.a_montrer().filter(client=relance.client_id)) if volet.est_appel else []
    volet.exclues, volet.total_echu = _autres_dettes(relance, {ligne.echeance_id for ligne in lignes}, au)
    return volet


def contenu_de(relance: Relance, au: date) -> tuple[Contenu | None, str]:
    """The act's words, and what keeps it from leaving, in words. A missing address still lets a draft be read."""
    if relance.figee_le:
        return Contenu(lire_message(relance), relance.delai_le, relance.contact), ""
    if relance.statut not in Relance.STATUTS_OUVERTS:
        return None, ""
    try:
        return _composer(relance, au), ""
    except CompositionImpossible as manque:
        mots = libelles.mots_de_la_composition(manque.code, manque.parametres)
        if manque.code in {"contact_manquant", "sorte_refusee"}:
            with suppress(CompositionImpossible):
                return _composer(relance, au, brouillon=True), mots
        return None, mots


def _composer(relance: Relance, au: date, *, brouillon: bool = False) -> Contenu:
    composition = composer(relance, au, brouillon=brouillon)
    return Contenu(lire_message(relance, composition, au), composition.delai_le, composition.contact)


def histoire(relance: Relance) -> list[Ligne]:
    """The last lines of the client's journal, in words."""
    fuseau = ZoneInfo(relance.entreprise.fuseau)
    return [decrire(e, fuseau, relance.client_id) for e in recentes(du_client(relance.client))[:HISTOIRE]]


def histoire_de_l_acte(relance: Relance) -> list[Ligne]:
    """The lines of the journal that speak of this very act, the newest first."""
    siens = recentes(du_client(relance.client).filter(contenu__faits__relance=relance.pk))
    fuseau = ZoneInfo(relance.entreprise.fuseau)
    return [decrire(e, fuseau, relance.client_id) for e in siens[:50]]


def _autres_dettes(relance: Relance, comprises: set[int], au: date) -> tuple[list[Exclue], Decimal]:
    """The client's other overdue instalments in the currency, and the total of all that is overdue."""
    echues = Echeance.objects.de(relance.entreprise).echues(au).filter(client=relance.client_id, devise=relance.devise)
    litiges = Litige.objects.ouverts(au).filter(client=relance.client_id)
    contestees = set(litiges.values_list("facture_id", flat=True))
    autres = echues.exclude(pk__in=comprises).select_related("facture").order_by("date_echeance")[:20]
    total = echues.aggregate(somme=Sum("solde", filter=~Q(facture__in=contestees)))["somme"]
    exclues = [Exclue(e.facture.numero, e.solde, e.facture_id in contestees) for e in autres]
    return exclues, total or ZERO
