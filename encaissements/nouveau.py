"""A payment about to be recorded, as a file or a page gives it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from encaissements.models import Reglement
from factures.models import Echeance, Facture
from noyau.montants import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class NouveauReglement:
    """A payment of one invoice, or of one of its instalments. What exceeds the balance stays a credit.

    `solde_vu`: the balance on the page where it was typed; another one by now is refused. None: whatever it is.
    `escompte`: the discount granted beside it, which must be the one it earns.
    """

    facture: Facture
    montant: Decimal
    date_reglement: date
    moyen: str = Reglement.Moyen.VIREMENT
    reference: str = ""
    cle_idempotence: str = ""
    echeance: Echeance | None = None
    solde_vu: Decimal | None = None
    escompte: Decimal = ZERO
