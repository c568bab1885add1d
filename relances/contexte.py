"""What the words of an act are computed from: its lines and the facts around them, each read once and only when
needed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Sum

from clients.models import Contact
from encaissements.escomptes import offre_de
from encaissements.models import Imputation
from entreprises.models import Document, MoyenPaiement
from factures.models import Facture
from noyau.montants import ZERO
from relances.faits import Faits, faits_avant
from relances.models import LigneRelance, Relance
from relances.plume import Plume
from suivi.models import Litige

TAILLE_MAXIMALE_PIECES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Remise:
    """A discount still to be had on an invoice: until when, how much, and what is then to be paid."""

    facture: Facture
    taux: Decimal
    jusqu_au: date
    montant: Decimal
    net: Decimal


@dataclass(frozen=True)
class Piece:
    """A document to join, and the name it takes."""

    nom: str
    numero: str
    document: Document


class Contexte:
    """One act on the day `au`. At most eight queries, whatever the number of invoices."""

    def __init__(self, relance: Relance, au: date, plume: Plume, contact: Contact | None, reference: str) -> None:
        self.relance, self.au, self.plume, self.contact = relance, au, plume, contact
        self.entreprise, self.client, self.devise = relance.entreprise, relance.client, relance.devise
        self.reference = reference
        self.delai_le: date | None = None

    @cached_property
    def toutes(self) -> list[LigneRelance]:
        lignes = self.relance.lignes.select_related("echeance__facture__pdf").order_by("date_echeance", "pk")
        return list(lignes)

    @property
    def lignes(self) -> list[LigneRelance]:
        """What the act asks for: the lines that consume a rung."""
        return [ligne for ligne in self.toutes if ligne.etape_id is not None]

    @property
    def informations(self) -> list[LigneRelance]:
        return [ligne for ligne in self.toutes if ligne.etape_id is None]

    @cached_property
    def factures(self) -> list[Facture]:
        return list({ligne.echeance.facture_id: ligne.echeance.facture for ligne in self.lignes}.values())

    @property
    def facture(self) -> Facture | None:
        """The invoice, when there is only one."""
        return self.factures[0] if len(self.factures) == 1 else None

    @property
    def date_echeance(self) -> date | None:
        """The due date, when it is the same for all."""
        dates = {ligne.date_echeance for ligne in self.lignes}
        return dates.pop() if len(dates) == 1 else None

    @property
    def total(self) -> Decimal:
        return sum((ligne.solde for ligne in self.lignes), ZERO)

    @property
    def est_courriel(self) -> bool:
        return self.relance.canal not in {"courrier", "recommande"}

    @cached_property
    def remises(self) -> list[Remise]:
        """The discounts that a payment of today would still earn, on the total less the credit notes."""
        offertes = [(facture, offre) for facture in self.factures if (offre := offre_de(facture)) is not None]
        en_cours = [(f, o) for f, o in offertes if o.limite(f.date_emission) >= self.au]
        avoirs = _avoirs([facture.pk for facture, _ in en_cours])
        remises = []
        for facture, offre in en_cours:
            montant = offre.montant(facture.total - avoirs.get(facture.pk, ZERO))
            if ZERO < montant < facture.solde:
                limite = offre.limite(facture.date_emission)
                remises.append(Remise(facture, offre.taux, limite, montant, facture.solde - montant))
        return remises

    @property
    def est_rappel_d_escompte(self) -> bool:
        return self.relance.etape.ancre == "escompte"

    @property
    def a_payer(self) -> Decimal:
        """What the payment block asks: the total, or what is left of it once the discount that the message is about is
        taken off the invoices that it asks for whole."""
        if not self.est_rappel_d_escompte:
            return self.total
        demande = {f.pk: sum(li.solde for li in self.lignes if li.echeance.facture_id == f.pk) for f in self.factures}
        return self.total - sum((r.montant for r in self.remises if demande[r.facture.pk] == r.facture.solde), ZERO)

    @cached_property
    def contestees(self) -> list[str]:
        """Numbers of the client's open invoices in the currency that are disputed on the day."""
        litiges = Litige.objects.ouverts(self.au).filter(
            client_id=self.relance.client_id, facture__devise=self.devise, facture__solde__gt=0
        )
        return sorted(set(litiges.values_list("facture__numero", flat=True)))

    @cached_property
    def faits(self) -> Faits:
        lignes = self.lignes
        return faits_avant(
            self.relance, [ligne.echeance_id for ligne in lignes], min(li.date_echeance for li in lignes), self.au
        )

    @cached_property
    def moyens(self) -> list[MoyenPaiement]:
        return list(self.entreprise.moyens_paiement.all())

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return pieces_de(self.factures)

    @property
    def sont_toutes_jointes(self) -> bool:
        return len(self.pieces) == len(self.factures)


def pieces_de(factures: list[Facture]) -> tuple[Piece, ...]:
    """The PDFs of these invoices, as many as fit in 8 MB together."""
    pieces, taille = [], 0
    for facture in factures:
        if facture.pdf is not None and taille + facture.pdf.taille <= TAILLE_MAXIMALE_PIECES:
            taille += facture.pdf.taille
            nom = "".join(c if c.isalnum() or c in "-_." else "-" for c in facture.numero)
            pieces.append(Piece(f"{nom}.pdf", facture.numero, facture.pdf))
    return tuple(pieces)


def _avoirs(factures: list[int]) -> dict[int, Decimal]:
    if not factures:
        return {}
    imputations = Imputation.objects.filter(facture__in=factures, nature=Imputation.Nature.AVOIR, poste="principal")
    return dict(imputations.values_list("facture").annotate(somme=Sum("montant")))
