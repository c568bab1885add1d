"""Promises to pay: noted, kept, postponed or withdrawn.

Conventions
* A promise is about one invoice, or about all that the client owes in a currency.
* What keeps it: everything that brings the debt down from the day it was made, whatever its day of entry. For one
  invoice that is what is allocated to it; for all of them, what is allocated to any of them and the client's
  unused payments.
* Promises are served in the order of their dates, and no cent keeps two of them.
* A new promise of the same scope, made while one still runs, postpones it: the first is withdrawn, and the journal says
  how many times it was put off.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from encaissements.models import Imputation, Reglement
from encaissements.repartition import est_montant_positif
from entreprises.refus import refus
from factures.examen import a_revoir
from factures.historique import noter_sur
from factures.models import Echeance, Facture
from journal.ecriture import verrouiller
from journal.models import Genre
from suivi.models import Promesse


@dataclass(frozen=True, slots=True)
class EtatPromesse:
    """What came in for a promise, and the day on which that covered it (None: not yet)."""

    recu: Decimal
    tenue_le: date | None


@transaction.atomic
def noter_promesse(
    client: Client,
    montant: Decimal,
    date_promise: date,
    *,
    faite_le: date,
    devise: str = "",
    facture: Facture | None = None,
    par: str = "",
    auteur: Any = None,
) -> Promesse:
    """Note a promise made on `faite_le`, today as a rule. ValidationError names the field that can't be taken."""
    client = verrouiller(client.pk)
    devise = devise or (facture.devise if facture else client.entreprise.devise)
    _verifier(montant, date_promise, faite_le)
    if facture is not None:
        _verifier_facture(facture, client, devise)
    de_meme_portee = Promesse.objects.filter(client=client, facture=facture, devise=devise, tenue_le=None)
    en_cours = list(de_meme_portee.filter(annulee_le=None, date_promise__gte=faite_le).order_by("date_promise"))
    Promesse.objects.filter(pk__in=[p.pk for p in en_cours]).update(annulee_le=faite_le, modifie_le=timezone.now())
    promesse = Promesse.objects.create(
        entreprise_id=client.entreprise_id,
        client=client,
        facture=facture,
        devise=devise,
        montant=montant,
        faite_le=faite_le,
        date_promise=date_promise,
        par=par.strip()[:120],
    )
    faits = _faits(promesse)
    if en_cours:
        faits["reportee_du"] = [p.date_promise.isoformat() for p in en_cours]
        faits["reports"] = de_meme_portee.filter(annulee_le__isnull=False).count()
        _reveiller(promesse, faite_le)  # the new date may be nearer than the one before
    noter_sur(client, Genre.PROMESSE, faits, [facture] if facture else [], auteur=auteur)
    return promesse


@transaction.atomic
def annuler_promesse(promesse: Promesse, *, aujourd_hui: date, motif: str = "", auteur: Any = None) -> Promesse:
    """Withdraw it: from today on it holds nothing back. ValidationError when it is kept or withdrawn already."""
    client = verrouiller(promesse.client_id)
    promesse.refresh_from_db()
    if promesse.annulee_le is not None or promesse.tenue_le is not None:
        raise refus("promesse", _("Cette promesse est déjà tenue ou annulée."), "deja_close")
    promesse.annulee_le = aujourd_hui
    promesse.save(update_fields=["annulee_le", "modifie_le"])
    _reveiller(promesse, aujourd_hui)
    faits = {**_faits(promesse), "annulee_le": aujourd_hui.isoformat(), "motif": motif.strip()[:200]}
    noter_sur(client, Genre.PROMESSE, faits, [promesse.facture] if promesse.facture else [], auteur=auteur)
    return promesse


@transaction.atomic
def constater_tenues(client: Client, au: date) -> list[Promesse]:
    """Write which promises of the client are kept on `au`; those whose state changed. The night calls it before it
    decides. A payment rejected since makes a promise unkept again."""
    client = verrouiller(client.pk)
    etats = etats_des_promesses([client.pk], au)
    changees = []
    for promesse in Promesse.objects.filter(pk__in=list(etats)).order_by("date_promise", "pk"):
        tenue_le = etats[promesse.pk].tenue_le
        if promesse.tenue_le != tenue_le:
            promesse.tenue_le, promesse.modifie_le = tenue_le, timezone.now()
            changees.append(promesse)
    Promesse.objects.bulk_update(changees, ["tenue_le", "modifie_le"])
    return changees


def etats_des_promesses(clients: Iterable[int], au: date) -> dict[int, EtatPromesse]:
    """The state on `au` of the promises made by then and not withdrawn by then, by key. Reads only: three queries for
    any number of clients."""
    clients = list(clients)
    promesses: dict[tuple[int, str], list[Promesse]] = defaultdict(list)
    for promesse in Promesse.objects.filter(client__in=clients, faite_le__lte=au).order_by("date_promise", "pk"):
        if promesse.annulee_le is None or promesse.annulee_le > au:
            promesses[promesse.client_id, promesse.devise].append(promesse)
    if not promesses:
        return {}
    recus = _lire_recus(clients, au)
    etats: dict[int, EtatPromesse] = {}
    for portee, leurs in promesses.items():
        etats |= _servir(leurs, recus[portee])
    return etats


@dataclass(slots=True)
class _Recu:
    """Money that came in, as far as it is not yet taken by a promise."""

    le: date
    facture: int | None
    reste: Decimal


def _servir(promesses: Iterable[Promesse], recus: Sequence[_Recu]) -> dict[int, EtatPromesse]:
    etats = {}
    for promesse in promesses:
        manque, tenue_le = promesse.montant, None
        for recu in sorted(recus, key=lambda r: r.le):
            if recu.le < promesse.faite_le or (promesse.facture_id and recu.facture != promesse.facture_id):
                continue
            prise = min(recu.reste, manque)
            recu.reste -= prise
            manque -= prise
            if manque == 0:
                tenue_le = recu.le
                break
        etats[promesse.pk] = EtatPromesse(promesse.montant - manque, tenue_le)
    return etats


def _lire_recus(clients: list[int], au: date) -> dict[tuple[int, str], list[_Recu]]:
    recus: dict[tuple[int, str], list[_Recu]] = defaultdict(list)
    imputations = Imputation.objects.filter(
        facture__client__in=clients, montant__gt=0, date_valeur__lte=au, poste=Imputation.Poste.PRINCIPAL
    ).exclude(annulee_par__date_valeur__lte=au)
    colonnes = ("facture__client_id", "facture__devise", "date_valeur", "facture_id", "montant")
    for client, devise, le, facture, montant in imputations.values_list(*colonnes):
        recus[client, devise].append(_Recu(le, facture, montant))
    avances = Reglement.objects.filter(client__in=clients, date_reglement__lte=au, disponible__gt=0)
    for client, devise, le, montant in avances.values_list("client_id", "devise", "date_reglement", "disponible"):
        recus[client, devise].append(_Recu(le, None, montant))
    return recus


def _verifier(montant: Decimal, date_promise: date, faite_le: date) -> None:
    if not est_montant_positif(montant):
        raise refus("montant", _("Une promesse porte sur un montant positif, au centime près."))
    if date_promise < faite_le:
        raise refus("date_promise", _("Une promesse porte sur aujourd’hui ou plus tard."), "passee")


def _verifier_facture(facture: Facture, client: Client, devise: str) -> None:
    if (facture.client_id, facture.devise) != (client.pk, devise):
        raise refus("facture", _("La facture n’est pas de ce client, ou d’une autre devise."), "autre_client")
    if not Facture.objects.ouvertes().filter(pk=facture.pk).exists():
        raise refus("facture", _("Cette facture n’attend plus de règlement."), "non_due")


def _reveiller(promesse: Promesse, aujourd_hui: date) -> None:
    echeances = Echeance.objects.filter(client=promesse.client_id, devise=promesse.devise)
    if promesse.facture_id:
        echeances = echeances.filter(facture=promesse.facture_id)
    a_revoir(echeances, aujourd_hui)


def _faits(promesse: Promesse) -> dict[str, Any]:
    faits = {
        "montant": str(promesse.montant),
        "devise": promesse.devise,
        "date_promise": promesse.date_promise.isoformat(),
        "par": promesse.par,
    }
    return {**faits, "facture": promesse.facture.numero} if promesse.facture else faits
