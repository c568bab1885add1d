"""The account of an import: what was read, what came of each row, as commands and screens show it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from importations.refus import Refus
from noyau.montants import ZERO

REFUS_GARDES = 10_000
_COMPTEURS = (
    "lues",
    "creees",
    "deja_la",
    "mises_a_jour",
    "regroupees",
    "clients_crees",
    "reglements_crees",
    "avoirs_crees",
    "litiges_crees",
)


@dataclass
class Bilan:
    """Counters. Every row read is in one of: `creees`, `avoirs_crees`, `deja_la`, `regroupees`, `nombre_refusees`.

    `mises_a_jour`: of those already there, how many were given a payment or a dispute. `regroupees`: further lines of
    an invoice spread over several rows. `totaux`, `soldes`: of the invoices created, by currency, what was paid
    deducted. `refusees` keeps the first ten thousand.
    """

    lues: int = 0
    creees: int = 0
    deja_la: int = 0
    mises_a_jour: int = 0
    regroupees: int = 0
    clients_crees: int = 0
    reglements_crees: int = 0
    avoirs_crees: int = 0
    litiges_crees: int = 0
    nombre_refusees: int = 0
    refusees: list[Refus] = field(default_factory=list)
    totaux: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    soldes: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    a_colonne_reglements: bool = False

    def refuser(self, refus: Refus) -> None:
        self.nombre_refusees += 1
        if len(self.refusees) < REFUS_GARDES:
            self.refusees.append(refus)

    def ajouter(self, autre: "Bilan") -> None:
        """Add the account of further rows."""
        for nom in _COMPTEURS:
            setattr(self, nom, getattr(self, nom) + getattr(autre, nom))
        self.nombre_refusees += autre.nombre_refusees
        self.refusees += autre.refusees[: REFUS_GARDES - len(self.refusees)]
        for devise, total in autre.totaux.items():
            self.totaux[devise] += total
        for devise, solde in autre.soldes.items():
            self.soldes[devise] += solde

    def avec(self, autre: "Bilan") -> "Bilan":
        """A new account of both."""
        somme = Bilan.depuis_dict({})
        somme.ajouter(self)
        somme.ajouter(autre)
        return somme

    def en_dict(self) -> dict[str, Any]:
        """Amounts are strings with two decimals."""
        return {
            **{nom: getattr(self, nom) for nom in _COMPTEURS},
            "nombre_refusees": self.nombre_refusees,
            "refusees": [refus.en_dict() for refus in self.refusees],
            "totaux": {devise: str(total) for devise, total in sorted(self.totaux.items())},
            "soldes": {devise: str(solde) for devise, solde in sorted(self.soldes.items())},
            "a_colonne_reglements": self.a_colonne_reglements,
        }

    @classmethod
    def depuis_dict(cls, donnees: Mapping[str, Any]) -> "Bilan":
        """What `en_dict` wrote; an empty dict is a new account."""
        bilan = cls(**{nom: donnees.get(nom, 0) for nom in _COMPTEURS})
        bilan.nombre_refusees = donnees.get("nombre_refusees", 0)
        bilan.refusees = [Refus(**refus) for refus in donnees.get("refusees", ())]
        bilan.totaux.update({devise: Decimal(total) for devise, total in donnees.get("totaux", {}).items()})
        bilan.soldes.update({devise: Decimal(solde) for devise, solde in donnees.get("soldes", {}).items()})
        bilan.a_colonne_reglements = donnees.get("a_colonne_reglements", False)
        return bilan
