"""What we know already of the file's numbers, and what a lot of rows is about to change."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import F

from clients.models import Client
from entreprises.models import Entreprise
from factures.creation import NouvelleFacture
from factures.models import Avoir, Facture
from importations.lignes import LigneLue
from noyau.montants import ZERO
from suivi.models import Litige


@dataclass
class Connue:
    """An invoice or a credit note of ours: in the database, or made by a row above."""

    client: Client
    date_emission: date
    total: Decimal
    devise: str
    echeances: tuple[date, ...] = ()
    paye: Decimal = ZERO
    est_annulee: bool = False
    est_avoir: bool = False
    a_litige: bool = False
    facture: Facture | None = None


@dataclass(frozen=True, slots=True)
class Paiement:
    """What the file says was received for an invoice, on a day it tells or not. `cle` makes it count once."""

    numero: str
    client: Client
    montant: Decimal
    devise: str
    jour: date
    est_date_connue: bool
    cle: str = ""


@dataclass
class Lot:
    """What some rows change, ready to be written in one transaction."""

    nouvelles: list[NouvelleFacture] = field(default_factory=list)
    avoirs: list[tuple[LigneLue, Client]] = field(default_factory=list)
    paiements: list[Paiement] = field(default_factory=list)
    litiges: list[tuple[str, date]] = field(default_factory=list)
    connues: dict[str, Facture] = field(default_factory=dict)


def lire_connues(entreprise: Entreprise, numeros: Collection[str]) -> dict[str, Connue]:
    """The invoices and credit notes of ours that bear these numbers. Four queries."""
    avoirs = Avoir.objects.filter(entreprise=entreprise, numero__in=numeros).select_related("client")
    # One that was undone gives way to the one entered since.
    avoirs = avoirs.order_by(F("annule_le").asc(nulls_last=True))
    connues = {a.numero: Connue(a.client, a.date_emission, a.montant, a.devise, est_avoir=True) for a in avoirs}
    requete = Facture.objects.de(entreprise).filter(numero__in=numeros).select_related("client")
    factures = list(requete.prefetch_related("echeances"))
    en_litige = set(Litige.objects.filter(facture__in=factures).values_list("facture_id", flat=True))
    for f in factures:
        connues[f.numero] = Connue(
            client=f.client,
            date_emission=f.date_emission,
            total=f.total,
            devise=f.devise,
            echeances=tuple(e.date_echeance for e in f.echeances.all()),
            paye=f.total - f.solde,
            est_annulee=f.annulee_le is not None,
            a_litige=f.pk in en_litige,
            facture=f,
        )
    return connues
