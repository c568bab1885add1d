"""What the ladder's commands print: decisions, acts and replays as plain values, fit for JSON.

Amounts are texts with two decimals, dates are ISO. Others rely on the keys: more may be added, none renamed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from clients.models import Client
from noyau.echelle import Decision, Verdict
from relances.examen import Examen
from relances.models import Relance
from relances.motifs import raison
from relances.preparation import Preparee
from relances.rejeu import Depart


def ecrire_montant(montant: Decimal) -> str:
    return f"{montant:.2f}"


def decisions_de(slug: str, examen: Examen, au: date) -> Iterator[dict[str, Any]]:
    """One entry for each open instalment."""
    dossier = examen.dossier
    if dossier is None:
        return
    for decision in examen.decisions:
        facture = dossier.echeances[decision.creance.cle].facture
        yield {"entreprise": slug, "facture": facture.numero, **_client(dossier.client), **_decision(decision, au)}


def _decision(decision: Decision, au: date) -> dict[str, Any]:
    creance = decision.creance
    relancer = decision.verdict is Verdict.RELANCER
    jour = decision.depuis if relancer else decision.jusqu_au
    return {
        "date_echeance": creance.date_echeance.isoformat(),
        "solde": ecrire_montant(creance.solde),
        "devise": creance.devise,
        "decision": decision.verdict.value,
        "etape": decision.echelon.nom if decision.echelon else None,
        "depuis" if relancer else "jusqu_au": jour.isoformat() if jour else None,
        "motif": decision.motif.code,
        "raison": raison(decision.motif, au),
    }


def _client(client: Client) -> dict[str, str]:
    return {"client": client.nom, "code": client.code}


def ecarte(slug: str, client: int | None, cause: str) -> dict[str, Any]:
    """A client that could not be decided; None when the whole company could not."""
    return {"entreprise": slug, "client": client, "raison": cause}


def relance_prevue(slug: str, preparee: Preparee) -> dict[str, Any]:
    """An act that a dry run would create."""
    return _relance(slug, preparee.relance, preparee.numeros)


def relances_creees(slug: str, identifiants: Sequence[int]) -> list[dict[str, Any]]:
    """Acts as they stand now, in the order in which they were created."""
    lues = Relance.objects.filter(pk__in=identifiants).select_related("client", "etape").prefetch_related("lignes")
    par_pk = {relance.pk: relance for relance in lues}
    return [_relance(slug, par_pk[pk], _numeros(par_pk[pk])) for pk in identifiants]


def _numeros(relance: Relance) -> list[str]:
    return list(dict.fromkeys(ligne.numero for ligne in relance.lignes.all() if ligne.etape_id))


def _relance(slug: str, relance: Relance, factures: list[str]) -> dict[str, Any]:
    return {
        "entreprise": slug,
        "id": relance.pk,
        **_client(relance.client),
        "devise": relance.devise,
        "canal": str(relance.canal),
        "etape": relance.etape.nom,
        "statut": str(relance.statut),
        "attente": relance.motif_attente,
        "total": ecrire_montant(relance.total),
        "factures": factures,
    }


def rejeu(departs: Iterable[Depart]) -> dict[str, Any]:
    """A replay: its acts, and how many of each rung."""
    relances = [
        {
            "date": depart.le.isoformat(),
            **_client(depart.client),
            "devise": depart.devise,
            "canal": depart.canal,
            "etape": depart.etape,
            "factures": list(depart.factures),
            "total": ecrire_montant(depart.total),
        }
        for depart in departs
    ]
    return {"relances": relances, "par_etape": dict(Counter(relance["etape"] for relance in relances))}
