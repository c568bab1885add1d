"""A client's card is changed: what was decided about the client is part of what R4 looks at."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from django.db import transaction

from clients.models import Client
from factures.examen import a_revoir
from factures.models import Echeance
from journal.ecriture import noter, verrouiller
from journal.models import Genre
from suivi.taches_automatiques import creance_a_declarer

DECIDANTS = {"ne_pas_relancer", "insolvable_le", "genre"}
"""What holds the ladder back, or chooses it."""


@transaction.atomic
def modifier_client(
    client: Client, champs: Collection[str], ecrire: Callable[[], bool], *, aujourd_hui: date, auteur: Any = None
) -> bool:
    """Have `ecrire` change these columns of the client's row. False, with nothing noted, when it did not write.

    What no longer holds the client back, or another ladder, may make an act possible: the next night looks again.
    """
    avant = verrouiller(client.pk)
    if not ecrire():
        return False
    apres = Client.objects.get(pk=client.pk)
    changements = {
        champ: [_en_texte(getattr(avant, champ)), _en_texte(getattr(apres, champ))]
        for champ in champs
        if getattr(avant, champ) != getattr(apres, champ)
    }
    if DECIDANTS & changements.keys():
        a_revoir(Echeance.objects.filter(client=apres), aujourd_hui)
    if changements:
        noter(apres, Genre.CLIENT_MODIFIE, {"changements": changements}, auteur=auteur)
    if "insolvable_le" in changements:
        creance_a_declarer(apres, aujourd_hui=aujourd_hui, auteur=auteur)
    return True


def _en_texte(valeur: Any) -> str:
    """For a journal line, which depends on no language: yes is 1, no and nothing are empty."""
    if isinstance(valeur, bool):
        return "1" if valeur else ""
    return "" if valeur is None else str(valeur)
