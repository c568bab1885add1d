"""When the night must look again: whoever makes an act possible earlier says so here."""

from datetime import date

from django.db.models import Q

from factures.models import EcheanceQuerySet


def a_revoir(echeances: EcheanceQuerySet, aujourd_hui: date) -> int:
    """The next night looks at these instalments, those that are open. Returns how many had to be woken."""
    endormies = Q(a_examiner_le=None) | Q(a_examiner_le__gt=aujourd_hui)
    return echeances.ouvertes().filter(endormies).update(a_examiner_le=aujourd_hui)
