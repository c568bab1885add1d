"""What we send next: ladders and their settings, acts toward clients, and the nights that decide them."""

from relances.models.actes import LigneRelance, PieceRelance, Relance, RelanceQuerySet
from relances.models.echelles import Affectation, Ancre, Canal, Etape, EtapeQuerySet, Scenario, TexteEtape
from relances.models.nuits import Nuit
from relances.models.reglages import Reglages, jours_ouvrables

__all__ = [
    "Affectation",
    "Ancre",
    "Canal",
    "Etape",
    "EtapeQuerySet",
    "LigneRelance",
    "Nuit",
    "PieceRelance",
    "Reglages",
    "Relance",
    "RelanceQuerySet",
    "Scenario",
    "TexteEtape",
    "jours_ouvrables",
]
