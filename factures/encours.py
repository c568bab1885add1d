"""What is owed on a date, read from the instalments' stored balances: per currency, by age, per client.

Ages are in days past the due date on `au`: not overdue (due that day or later), 1 to 30, 31 to 60, 61 to 90, beyond.
Sums are made by the database on whole cents, never across currencies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import Count, Min, Q, Sum

from entreprises.models import Entreprise
from factures.models import Echeance, EcheanceQuerySet
from noyau.montants import ZERO

BORNES = (0, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class Encours:
    """What is owed in one currency; `ages` is the same sum, by age, from not overdue to beyond 90 days."""

    devise: str
    solde: Decimal = ZERO
    ages: tuple[Decimal, ...] = (ZERO,) * 5
    factures: int = 0
    factures_echues: int = 0
    plus_ancienne: date | None = None

    @property
    def echu(self) -> Decimal:
        return sum(self.ages[1:], ZERO)


def _bornes(au: date) -> list[Q]:
    """One condition per age, the youngest first."""
    jours = [au - timedelta(days=borne) for borne in BORNES]
    apres = [Q(date_echeance__gte=jours[0])]
    entre = [Q(date_echeance__lt=jeune, date_echeance__gte=vieux) for jeune, vieux in pairwise(jours)]
    return [*apres, *entre, Q(date_echeance__lt=jours[-1])]


def _sommes(au: date) -> dict[str, Any]:
    ages = {f"age{i}": Sum("solde", filter=condition) for i, condition in enumerate(_bornes(au))}
    return {
        "somme": Sum("solde"),
        "n": Count("facture", distinct=True),
        "n_echues": Count("facture", filter=Q(date_echeance__lt=au), distinct=True),
        "premiere": Min("date_echeance"),
        **ages,
    }


def _encours(ligne: Any) -> Encours:
    return Encours(
        devise=ligne["devise"],
        solde=ligne["somme"],
        ages=tuple(ligne[f"age{i}"] or ZERO for i in range(len(BORNES) + 1)),
        factures=ligne["n"],
        factures_echues=ligne["n_echues"],
        plus_ancienne=ligne["premiere"],
    )


def par_devise(echeances: EcheanceQuerySet, au: date) -> list[Encours]:
    """The open instalments of `echeances`, one Encours per currency. One query."""
    lignes = echeances.ouvertes().order_by().values("devise").annotate(**_sommes(au)).order_by("devise")
    return [_encours(ligne) for ligne in lignes]


def par_client(entreprise: Entreprise, clients: Iterable[int], au: date) -> dict[int, list[Encours]]:
    """The same for each of these clients (by id). One query."""
    ouvertes = Echeance.objects.de(entreprise).filter(client__in=list(clients)).ouvertes()
    trouves: dict[int, list[Encours]] = {}
    for ligne in ouvertes.order_by().values("client", "devise").annotate(**_sommes(au)).order_by("client", "devise"):
        trouves.setdefault(ligne["client"], []).append(_encours(ligne))
    return trouves


def par_entreprise(entreprises: Iterable[tuple[int, date]]) -> dict[int, list[Encours]]:
    """The same for each company, on its own date. One query per distinct date: two at most, around the earth."""
    par_jour: dict[date, list[int]] = {}
    for pk, au in entreprises:
        par_jour.setdefault(au, []).append(pk)
    trouves: dict[int, list[Encours]] = {}
    for au, pks in par_jour.items():
        ouvertes = Echeance.objects.filter(entreprise__in=pks).ouvertes().order_by()
        for ligne in ouvertes.values("entreprise", "devise").annotate(**_sommes(au)).order_by("entreprise", "devise"):
            trouves.setdefault(ligne["entreprise"], []).append(_encours(ligne))
    return trouves
