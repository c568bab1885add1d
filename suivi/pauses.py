"""Pauses: for an invoice, a client, or the whole company (holidays). Nothing leaves while one runs.

A pause of the whole company is about no client, so the journal, which is about clients, has no line of it: the row
itself is the record, and every act it holds back says so.
"""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.models import Entreprise
from entreprises.refus import refus
from factures.examen import a_revoir
from factures.historique import noter_sur
from factures.models import Echeance, Facture
from journal.ecriture import verrouiller
from journal.models import Genre
from suivi.models import Pause
from suivi.taches_automatiques import reponse_a_donner

JOURS_APRES_REPONSE = 5


@transaction.atomic
def mettre_en_pause(
    entreprise: Entreprise,
    *,
    du: date,
    aujourd_hui: date,
    client: Client | None = None,
    facture: Facture | None = None,
    au: date | None = None,
    motif: str = "",
    auteur: Any = None,
) -> Pause:
    """Nothing leaves from `du` to `au`, both included; without `au`, until it is lifted. An invoice brings its client.

    ValidationError when it would end before it begins, or be over already.
    """
    client_id = facture.client_id if facture else client.pk if client else None
    if (facture or client) and (facture or client).entreprise_id != entreprise.pk:  # type: ignore[union-attr]
        raise ValueError("the invoice or the client is of another company")
    verrou = verrouiller(client_id) if client_id else None
    if au is not None and au < max(du, aujourd_hui):
        raise refus("au", _("La pause finit après son début, et pas dans le passé."))
    pause = Pause.objects.create(
        entreprise=entreprise, client=verrou, facture=facture, du=du, au=au, motif=motif.strip()[:200]
    )
    if verrou:
        noter_sur(verrou, Genre.PAUSE, _faits(pause), [facture] if facture else [], auteur=auteur)
    return pause


@transaction.atomic
def lever_pause(pause: Pause, *, aujourd_hui: date, auteur: Any = None) -> Pause:
    """It holds no more, from today on. ValidationError when it was lifted already."""
    verrou = verrouiller(pause.client_id) if pause.client_id else None
    pause.refresh_from_db()
    if pause.levee_le is not None:
        raise refus("pause", _("Cette pause est déjà levée."), "deja_levee")
    pause.levee_le = aujourd_hui
    pause.save(update_fields=["levee_le", "modifie_le"])
    a_revoir(_echeances_de(pause), aujourd_hui)
    if verrou:
        factures = [pause.facture] if pause.facture else []
        noter_sur(verrou, Genre.PAUSE_LEVEE, _faits(pause), factures, auteur=auteur)
    return pause


@transaction.atomic
def il_a_repondu(client: Client, *, aujourd_hui: date, auteur: Any = None) -> Pause:
    """The client answered: five days of quiet, today the first, and a task for whoever saw it, to read and reply. A
    second click adds nothing."""
    verrou = verrouiller(client.pk)
    reponse_a_donner(verrou, aujourd_hui=aujourd_hui, auteur=auteur)
    fin = aujourd_hui + timedelta(days=JOURS_APRES_REPONSE - 1)
    en_cours = Pause.objects.filter(client=verrou, facture=None).en_cours(aujourd_hui)
    for pause in en_cours.order_by("pk"):
        if pause.au is None or pause.au >= fin:
            return pause
    return mettre_en_pause(
        client.entreprise,
        client=verrou,
        du=aujourd_hui,
        au=fin,
        motif=_("Le client a répondu"),
        aujourd_hui=aujourd_hui,
        auteur=auteur,
    )


def _echeances_de(pause: Pause) -> Any:
    echeances = Echeance.objects.de(pause.entreprise_id)
    if pause.facture_id:
        return echeances.filter(facture=pause.facture_id)
    return echeances.filter(client=pause.client_id) if pause.client_id else echeances


def _faits(pause: Pause) -> dict[str, Any]:
    faits = {
        "du": pause.du.isoformat(),
        "au": pause.au.isoformat() if pause.au else None,
        "motif": pause.motif,
        "levee_le": pause.levee_le.isoformat() if pause.levee_le else None,
    }
    return {**faits, "facture": pause.facture.numero} if pause.facture else faits
