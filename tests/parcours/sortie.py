"""What the commands print (design, section 8): the shape on which other programs rely."""

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
DEUX_DECIMALES = re.compile(r"-?\d+\.\d{2}")

DECISION = {
    "facture": str,
    "client": str,
    "date_echeance": str,
    "solde": str,
    "decision": str,
    "etape": (str, type(None)),
    "motif": str,
    "raison": str,
}
RELANCE = {
    "id": (int, type(None)),
    "client": str,
    "devise": str,
    "canal": str,
    "etape": str,
    "statut": str,
    "factures": list,
}
BILAN = {"lues": int, "creees": int, "deja_la": int, "refusees": list, "clients_crees": int, "reglements_crees": int}


@dataclass
class Sortie:
    code: int
    texte: str
    erreurs: str

    @property
    def json(self) -> Any:
        assert (self.code, self.erreurs) == (0, ""), self
        assert self.texte.count("\n") == 1, "one document, and nothing else"
        return json.loads(self.texte)


def conforme(objet: dict[str, Any], forme: dict[str, Any]) -> dict[str, Any]:
    """Every key of `forme`, with its type; more keys are allowed."""
    for cle, genre in forme.items():
        assert isinstance(objet[cle], genre), (cle, objet)
    return objet


def lire_nuit(document: dict[str, Any], au: date) -> dict[str, Any]:
    conforme(document, {"au": str, "decisions": list, "relances": list})
    assert document["au"] == au.isoformat()
    for decision in document["decisions"]:
        conforme(decision, DECISION)
        assert ISO.fullmatch(decision["date_echeance"])
        assert DEUX_DECIMALES.fullmatch(decision["solde"])
        assert decision["decision"] in {"relancer", "attendre", "terminer"}
        (quand,) = {"depuis", "jusqu_au"} & decision.keys()
        assert decision[quand] is None or ISO.fullmatch(decision[quand])
    for relance in document["relances"]:
        conforme(relance, RELANCE)
        assert relance["factures"]
        assert all(isinstance(numero, str) for numero in relance["factures"])
    return document
