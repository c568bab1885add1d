"""From what was said and decided (disputes, promises, pauses, a client's status) to what holds a debt back (R4).

Pure functions on rows already read. What is dated after `au` is not known yet on `au`.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from clients.models import Client
from factures.models import Echeance, Facture
from noyau.echelle import Obstacle, Suspension
from suivi.models import Litige, Pause, Promesse
from suivi.promesses import EtatPromesse

UN_JOUR = timedelta(days=1)


def de_client(client: Client) -> list[Suspension]:
    """What the client's own status holds back: all of its debts."""
    suspensions = []
    if client.ne_pas_relancer:
        motif = {"motif": client.ne_pas_relancer_motif}
        suspensions.append(Suspension(Obstacle.NE_PAS_RELANCER, date.min, parametres=motif))
    if client.insolvable_le:
        suspensions.append(Suspension(Obstacle.INSOLVABLE, client.insolvable_le))
    return suspensions


def de_pauses(pauses: Iterable[Pause], obstacle: Obstacle) -> list[Suspension]:
    """A pause holds from `du` to `au`, both included, but no more on the day it is lifted."""
    suspensions = []
    for pause in pauses:
        fins = [fin for fin in (pause.au, pause.levee_le and pause.levee_le - UN_JOUR) if fin is not None]
        fin = min(fins, default=None)
        if fin is None or fin >= pause.du:
            suspensions.append(Suspension(obstacle, pause.du, fin, parametres={"motif": pause.motif}))
    return suspensions


def de_litiges(litiges: Iterable[Litige]) -> list[Suspension]:
    """A dispute holds from opening to closing, both days included."""
    return [Suspension(Obstacle.LITIGE, x.ouvert_le, x.clos_le, parametres={"motif": x.motif}) for x in litiges]


def de_prelevement(facture: Facture) -> list[Suspension]:
    """An invoice that we collect ourselves waits for its debit. A rejected one becomes payable by transfer."""
    return [Suspension(Obstacle.PRELEVEMENT, facture.date_emission)] if facture.est_prelevee else []


def concerne(promesse: Promesse, echeance: Echeance) -> bool:
    """A promise is for one invoice, or for all that was due in its currency when it was made."""
    if promesse.facture_id is not None:
        return promesse.facture_id == echeance.facture_id
    return promesse.devise == echeance.devise and echeance.date_echeance <= promesse.faite_le


def de_promesse(promesse: Promesse, etat: EtatPromesse | None, au: date) -> list[Suspension]:
    """`etat` on `au`; None: not made yet, or withdrawn. A kept promise holds nothing any more; a broken one is one on
    which nothing at all came in. The grace is added by the rules."""
    if etat is None or etat.tenue_le is not None:
        return []
    rompue = etat.recu <= 0 and promesse.date_promise < au
    montant = {"montant": promesse.montant, "devise": promesse.devise}
    return [Suspension(Obstacle.PROMESSE, promesse.faite_le, promesse.date_promise, rompue, montant)]
