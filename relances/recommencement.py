"""Send an invoice back to the foot of its ladder, with a reason (R1). What was done stays in the history."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from entreprises.refus import refus
from factures.examen import a_revoir
from factures.historique import noter_sur
from factures.models import Echeance, EcheanceQuerySet, Facture
from journal.ecriture import verrouiller
from journal.models import Genre
from relances.models import LigneRelance, Relance

ACTE = {"est_active": True, "etape__isnull": False}  # a line that consumes a rung


def a_recommencer(facture: Facture) -> EcheanceQuerySet:
    """The invoice's open instalments on which a rung was acted in the present cycle."""
    actes = LigneRelance.objects.filter(echeance=OuterRef("pk"), cycle=OuterRef("cycle"), **ACTE)
    return Echeance.objects.ouvertes().filter(Exists(actes), facture=facture)


@transaction.atomic
def recommencer_l_echelle(facture: Facture, *, motif: str, aujourd_hui: date, auteur: Any = None) -> int:
    """A new cycle for these instalments: the night begins again with the gentlest rung, after the minimum interval.

    Returns their number. ValidationError without a reason, when no rung was acted, or while an act is open.
    """
    motif = motif.strip()
    if not motif:
        raise refus("motif", _("Dites pourquoi l’échelle recommence : l’historique le garde."), "motif_manquant")
    client = verrouiller(facture.client_id)
    concernees = list(a_recommencer(facture).values_list("pk", flat=True))
    if not concernees:
        raise refus("motif", _("L’échelle de cette facture n’a pas commencé, ou plus rien n’y est dû."), "rien_de_fait")
    if LigneRelance.objects.filter(
        echeance__facture=facture, relance__statut__in=Relance.STATUTS_OUVERTS, **ACTE
    ).exists():
        raise refus(
            "motif", _("Un acte est en cours sur cette facture : menez-le à bien, ou annulez-le."), "acte_ouvert"
        )
    recommencees = Echeance.objects.filter(pk__in=concernees)
    recommencees.update(cycle=F("cycle") + 1, recommencee_le=aujourd_hui)
    a_revoir(recommencees, aujourd_hui)
    cycle = max(recommencees.values_list("cycle", flat=True))
    noter_sur(client, Genre.ECHELLE, {"cycle": cycle, "motif": motif[:200]}, [facture], auteur=auteur)
    return len(concernees)
