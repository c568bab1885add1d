"""The decision of the night: the adapter from the rows of the models to the rules of `noyau.echelle`.

Everything here reads; nothing is written. `decider` answers for clients, `verifier` again for an act about to leave
(R4, R7).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Q

from entreprises.models import Entreprise
from factures.models import Echeance, EcheanceQuerySet
from noyau.echelle import Decision, Motif, Obstacle
from noyau.montants import ZERO
from noyau.relecture import LignePrevue, Relecture, relire
from relances.dossier import monter
from relances.examen import Examen, completer, decisions, examiner_lot
from relances.lecture import lire_faits
from relances.models import LigneRelance, Relance
from relances.passe import lire_passe
from relances.regime import Regime, lire_regime

CLIENTS_PAR_LOT = 200
_SUSPENDUE = frozenset(obstacle.value for obstacle in Obstacle)
TOUJOURS_DUE = Motif("toujours_due")
# Reasons to act, or to wait for a rung's day: none of them ends an act, unless its rung is no longer there.
_RELANCEE = frozenset({"echeance_depassee", "avant_echeance", "escompte", "reprise", "recommencee", "pas_encore"})


def decider(
    entreprise: Entreprise, au: date, clients: Iterable[int] | None = None, *, regime: Regime | None = None
) -> Iterator[Examen]:
    """Decide for these clients, or for every client with something open on `au`.

    In chunks: a constant number of queries per chunk, one chunk in memory at a time.
    """
    regime = regime or lire_regime(entreprise)
    restants = iter(clients_ouverts(entreprise, au) if clients is None else clients)
    while lot := list(islice(restants, CLIENTS_PAR_LOT)):
        yield from examiner_lot(regime, lot, au)


def clients_ouverts(entreprise: Entreprise, au: date, curseur: int = 0) -> Iterator[int]:
    """The clients with an instalment open on `au`, in the order of their keys."""
    ouvertes = Q(solde__gt=0) | Q(facture__imputations__date_valeur__gt=au) | Q(a_examiner_le__lte=au)
    return parcourir(Echeance.objects.de(entreprise).filter(ouvertes), curseur)


def parcourir(echeances: EcheanceQuerySet, curseur: int = 0) -> Iterator[int]:
    """The clients of these instalments after `curseur`, a chunk at a time: what others write meanwhile is seen."""
    while True:
        suivantes = echeances.filter(client__gt=curseur).order_by("client")
        lot = list(suivantes.values_list("client", flat=True).distinct()[:CLIENTS_PAR_LOT])
        yield from lot
        if len(lot) < CLIENTS_PAR_LOT:
            return
        curseur = lot[-1]


@dataclass(frozen=True, slots=True)
class Verification:
    """`dues`: by instalment, today's balance of the lines still due for their rung; when it is empty, `motif` says
    why. `informations`: the same for the lines listed without a rung. `ecart`: what changed, for JSON."""

    dues: Mapping[int, Decimal]
    informations: Mapping[int, Decimal]
    motif: Motif = TOUJOURS_DUE
    ecart: dict[str, Any] = field(default_factory=dict)

    @property
    def est_conforme(self) -> bool:
        return not self.ecart


def verifier(relance: Relance, au: date, *, regime: Regime | None = None) -> Verification:
    """The act as it would be decided on `au`, which counts as a working day: someone is at work on it."""
    regime = (regime or lire_regime(relance.entreprise)).un_jour_de_travail(au)
    lignes = list(relance.lignes.all())
    gardees = frozenset(ligne.echeance_id for ligne in lignes)
    faits, echeances = lire_faits(regime, [relance.client_id], au, gardees)
    dossier = monter(regime, faits, faits.clients[relance.client_id], au, gardees=gardees)
    completer(dossier, lire_passe(regime, [relance.client_id], au, echeances, sauf=relance.pk))
    par_echeance = {d.creance.cle: d for d in decisions(regime, dossier, au)}
    relue = relire(
        [LignePrevue(x.echeance_id, x.etape_id, x.solde) for x in lignes if x.etape_id], par_echeance.values()
    )
    informations = {x.echeance_id: par_echeance[x.echeance_id] for x in lignes if not x.etape_id}
    lue = _verification(lignes, relue, {pk: d for pk, d in informations.items() if _se_dit_encore(d)})
    est_changee = not lue.dues and lue.motif.code in _RELANCEE and relance.etape.retiree_le is not None
    return replace(lue, motif=Motif("echelon_retire")) if est_changee else lue


def _se_dit_encore(decision: Decision) -> bool:
    """Overdue, and nothing holds it back: it may be listed for information (R5)."""
    return decision.est_echue and decision.motif.code not in _SUSPENDUE


def _verification(
    lignes: Sequence[LigneRelance], relue: Relecture, informations: Mapping[int, Decision]
) -> Verification:
    dues = {d.creance.cle: d.creance.solde for d in relue.dues}
    autres = {pk: d.creance.solde for pk, d in informations.items()}
    retirees = {d.creance.cle: d.motif for d in relue.retirees}
    motif = next(iter(retirees.values()), Motif("soldee")) if not dues else TOUJOURS_DUE
    return Verification(dues, autres, motif, _ecart(lignes, {**dues, **autres}, retirees))


def _ecart(
    lignes: Sequence[LigneRelance], soldes: Mapping[int, Decimal], retirees: Mapping[int, Motif]
) -> dict[str, Any]:
    """The lines that changed, before and after (null: no longer asked for, with the reason's code)."""
    changees = [
        {
            "facture": ligne.numero,
            "echeance": ligne.date_echeance.isoformat(),
            "avant": str(ligne.solde),
            "apres": str(soldes[ligne.echeance_id]) if ligne.echeance_id in soldes else None,
            "motif": retirees[ligne.echeance_id].code if ligne.echeance_id in retirees else "",
        }
        for ligne in lignes
        if soldes.get(ligne.echeance_id) != ligne.solde
    ]
    avant = sum((ligne.solde for ligne in lignes if ligne.etape_id), ZERO)
    apres = sum((soldes[x.echeance_id] for x in lignes if x.etape_id and x.echeance_id in soldes), ZERO)
    return {"lignes": changees, "total_avant": str(avant), "total_apres": str(apres)} if changees else {}
