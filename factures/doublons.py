"""An invoice that looks like another one: said once, before it is recorded; the person decides."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.models import Entreprise
from factures.models import Facture
from factures.numerotation import numeros_proches

VOISINAGE = timedelta(days=7)
LOINTAIN = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Avertissement:
    """Something to confirm, and the invoice that it is about."""

    texte: str
    facture: Facture | None = None


def avertissements(
    entreprise: Entreprise,
    client: Client | None,
    numero: str,
    total: Decimal,
    date_emission: date,
    *,
    devise: str,
    aujourd_hui: date,
) -> list[Avertissement]:
    """What makes this invoice look like a mistake: an invoice alike, or an issue date far from today."""
    trouves = [Avertissement(_("Ce numéro ressemble à un autre :"), f) for f in numeros_proches(entreprise, numero)]
    if client is not None:
        deja = {a.facture.pk for a in trouves if a.facture}
        memes: dict[str, Any] = {"client": client, "total": total, "devise": devise, "annulee_le": None}
        pareilles = Facture.objects.de(entreprise).filter(**memes)
        proches = pareilles.filter(date_emission__range=(date_emission - VOISINAGE, date_emission + VOISINAGE))
        for facture in proches.exclude(pk__in=deja).order_by("-date_emission", "-pk")[:5]:
            trouves.append(Avertissement(_("Même client, même total, à quelques jours près :"), facture))
    if date_emission > aujourd_hui:
        trouves.append(Avertissement(_("La date d’émission est dans le futur.")))
    elif date_emission < aujourd_hui - LOINTAIN:
        trouves.append(Avertissement(_("La date d’émission a plus d’un an.")))
    return trouves


def empreinte_de(trouves: Sequence[Avertissement]) -> str:
    """What a confirmation is about: other warnings are shown again."""
    texte = "\n".join(f"{a.texte}{a.facture.pk if a.facture else ''}" for a in trouves)
    return hashlib.sha256(texte.encode()).hexdigest()[:16]
