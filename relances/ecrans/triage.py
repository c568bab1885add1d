"""Overdue accounts by client and currency: sums made by the database, then one decision for the clients of the page.

The filters bear on instalments, so that lines, counts and totals are sums over the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum

from entreprises.champs import mots_cherches
from entreprises.models import Entreprise
from factures.encours import Encours, par_devise
from factures.models import Echeance
from relances.models import Relance
from suivi.models import Appel

# Classes of lateness: days of the oldest overdue instalment, (more than, at most).
CLASSES: dict[str, tuple[int, int | None]] = {"r1": (0, 30), "r2": (30, 60), "r3": (60, 90), "r4": (90, None)}
SANS_CONTACT = 15  # days
TRIS = {"total": "total", "retard": "plus_ancienne", "client": "client__tri"}
SANS_REPONSE = (Appel.Resultat.REPONDEUR, Appel.Resultat.INJOIGNABLE)


@dataclass(frozen=True)
class Filtres:
    """What the address asks for, cleaned: unknown words are ignored."""

    classe: str = ""
    sans_contact: bool = False
    recherche: str = ""
    tri: str = "-total"

    @classmethod
    def lire(cls, choix: Mapping[str, str]) -> "Filtres":
        classe, tri = choix.get("classe", ""), choix.get("tri", "-total")
        return cls(
            classe=classe if classe in CLASSES else "",
            sans_contact=choix.get("contact") == "sans",
            recherche=choix.get("q", "").strip()[:100],
            tri=tri if tri.removeprefix("-") in TRIS else "-total",
        )


@dataclass(frozen=True)
class Vues:
    """How many lines each ready-made view holds."""

    tous: int
    classes: dict[str, int] = field(default_factory=dict)
    sans_contact: int = 0


def echues(entreprise: Entreprise, au: date, recherche: str = "") -> Any:
    """The overdue instalments, of the clients whose name, code or number, or whose invoice, matches every word."""
    echeances = Echeance.objects.de(entreprise).echues(au)
    for mot in mots_cherches(recherche):
        echeances = echeances.filter(Q(client__recherche__contains=mot) | Q(facture__recherche__contains=mot))
    return echeances


def _meme_compte(au: date) -> Any:
    """The overdue instalments of the same client in the same currency as the row of the outer query."""
    return Echeance.objects.filter(
        client=OuterRef("client"),
        devise=OuterRef("devise"),
        solde__gt=0,
        facture__annulee_le=None,
        date_echeance__lt=au,
    )


def de_classe(echeances: Any, classe: str, au: date) -> Any:
    """Those of the accounts whose oldest overdue instalment is in this class."""
    plus_de, au_plus = CLASSES[classe]
    compte = _meme_compte(au)
    echeances = echeances.filter(Exists(compte.filter(date_echeance__lt=au - timedelta(days=plus_de))))
    if au_plus is None:
        return echeances
    return echeances.exclude(Exists(compte.filter(date_echeance__lt=au - timedelta(days=au_plus))))


def sans_contact(echeances: Any, au: date, instant: datetime) -> Any:
    """Those of the clients that nothing reached for fifteen days: no message, no letter, no call that was answered."""
    limite = instant - timedelta(days=SANS_CONTACT)
    messages = (
        Relance.objects.parties()
        .filter(client=OuterRef("client"))
        .exclude(canal="appel")
        .filter(Q(envoyee_le__gte=limite) | Q(remise_le__gte=limite) | Q(postee_le__gte=au - timedelta(SANS_CONTACT)))
    )
    appels = Appel.objects.filter(client=OuterRef("client"), passe_le__gte=limite).exclude(resultat__in=SANS_REPONSE)
    return echeances.exclude(Exists(messages)).exclude(Exists(appels))


def filtrer(entreprise: Entreprise, filtres: Filtres, au: date, instant: datetime) -> Any:
    """The instalments that the filters keep."""
    echeances = echues(entreprise, au, filtres.recherche)
    if filtres.classe:
        echeances = de_classe(echeances, filtres.classe, au)
    return sans_contact(echeances, au, instant) if filtres.sans_contact else echeances


def comptes(echeances: Any, tri: str) -> QuerySet[Any, dict[str, Any]]:
    """One row per client and currency, sorted."""
    cle, sens = tri.removeprefix("-"), "-" if tri.startswith("-") else ""
    if cle == "retard":  # the latest first is the oldest date first
        sens = "" if sens else "-"
    lignes = echeances.order_by().values("client", "devise", "client__tri", "client__nom")
    lignes = lignes.annotate(
        total=Sum("solde"), plus_ancienne=Min("date_echeance"), factures=Count("facture", distinct=True)
    )
    return lignes.order_by(f"{sens}{TRIS[cle]}", "client__tri", "client", "devise")


def compter_les_vues(entreprise: Entreprise, recherche: str, au: date, instant: datetime) -> Vues:
    """Two queries: the accounts by class, and those without contact."""
    base = echues(entreprise, au, recherche)
    lignes = base.order_by().values("client", "devise").annotate(plus_ancienne=Min("date_echeance"))
    sommes = lignes.aggregate(
        tous=Count("client"),
        **{classe: Count("client", filter=_dans(classe, au)) for classe in CLASSES},
    )
    muets = sans_contact(base, au, instant).order_by().values("client", "devise").distinct().count()
    return Vues(sommes["tous"], {classe: sommes[classe] for classe in CLASSES}, muets)


def _dans(classe: str, au: date) -> Q:
    plus_de, au_plus = CLASSES[classe]
    condition = Q(plus_ancienne__lt=au - timedelta(days=plus_de))
    return condition if au_plus is None else condition & Q(plus_ancienne__gte=au - timedelta(days=au_plus))


def totaux(echeances: Any, au: date) -> list[Encours]:
    """What these instalments add up to, by currency and by age."""
    return par_devise(echeances, au)
