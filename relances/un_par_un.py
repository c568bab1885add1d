"""Go through acts one by one, each under its client's lock in a short transaction of its own."""

import logging
from collections.abc import Callable

from django.db import transaction

from clients.models import Client
from journal.ecriture import verrouiller
from relances.models import Relance, RelanceQuerySet

journal = logging.getLogger(__name__)


def un_par_un(actes: RelanceQuerySet, geste: Callable[[Relance, Client], bool]) -> int:
    """Do `geste` to each of these acts, read again under the lock; for how many it said True.

    One that fails is logged and left as it was for the next time: it must not stop the others.
    """
    nombre = 0
    for pk, client_id in list(actes.order_by("pk").values_list("pk", "client_id")):
        try:
            with transaction.atomic():
                client = verrouiller(client_id)
                relance = Relance.objects.select_related("etape", "client", "entreprise").get(pk=pk)
                fait = geste(relance, client)
        except Exception:
            journal.exception("act %s set aside", pk)
        else:
            nombre += fait
    return nombre
