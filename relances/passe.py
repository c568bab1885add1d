"""What was already done toward these clients: rungs acted, days on which they were reached, acts still open.

An act counts from the day it reached the client (sent, posted, answered); one that is still open, or that nobody made,
from the day it was decided. What happened after `au` is left out.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce

from factures.models import EcheanceQuerySet
from noyau.echelle import Acte, Ancre
from noyau.groupement import Contact
from relances.models import LigneRelance, Relance
from relances.regime import Regime
from suivi.models import Appel

JOURS_POUR_APPELER = 3  # working days
SANS_REPONSE = (Appel.Resultat.REPONDEUR, Appel.Resultat.INJOIGNABLE)
_CHAMPS = (
    "client_id",
    "devise",
    "canal",
    "statut",
    "date_decision",
    "approuvee_le",
    "prochaine_tentative_le",
    "envoyee_le",
    "remise_le",
    "postee_le",
    "delai_le",
    "appel__passe_le",
    "appel__resultat",
)


@dataclass(slots=True)
class Passe:
    """By instalment: the acts of its cycle. By client: the contacts. By (client, currency): the acts still open, and
    those decided on `au` itself."""

    actes: dict[int, list[Acte]] = field(default_factory=lambda: defaultdict(list))
    contacts: dict[int, list[Contact]] = field(default_factory=lambda: defaultdict(list))
    en_cours: set[tuple[int, str]] = field(default_factory=set)
    du_jour: set[tuple[int, str]] = field(default_factory=set)


def lire_passe(
    regime: Regime, clients: Collection[int], au: date, echeances: EcheanceQuerySet, sauf: int | None = None
) -> Passe:
    """What was done about these instalments and their clients. `sauf`: an act to be decided again, left out."""
    passe = Passe()
    _lire_actes(passe, regime, au, echeances, sauf)
    _lire_ouvertes(passe, regime, clients, au, sauf)
    _lire_messages(passe, regime, clients, au)
    _lire_appels(passe, regime, clients, au)
    return passe


def appel_a_clore(regime: Regime, depuis: date, au: date) -> bool:
    """A call that was to be made on `depuis` and that three working days went by without."""
    return au >= regime.calendrier.ajouter_ouvres(depuis, JOURS_POUR_APPELER)


def appel_depuis(regime: Regime, decidee_le: date, *instants: datetime | None) -> date:
    """The day from which a call could be made: decided, then approved or released."""
    return max([decidee_le, *(regime.entreprise.date_locale(i) for i in instants if i is not None)])


def _lire_actes(passe: Passe, regime: Regime, au: date, echeances: EcheanceQuerySet, sauf: int | None) -> None:
    lignes = (
        LigneRelance.objects.de(regime.entreprise)
        .filter(echeance__in=echeances.order_by().values("pk"), cycle=F("echeance__cycle"))
        .filter(est_active=True, etape__isnull=False)
        .filter(relance__date_decision__lte=au)
        .exclude(relance=sauf or 0)
        .values(
            "echeance_id",
            "etape_id",
            "etape__scenario_id",
            "etape__lignee",
            "etape__decalage",
            "etape__ancre",
            "etape__en_jours_ouvres",
            "etape__est_formelle",
            *(f"relance__{champ}" for champ in _CHAMPS),
        )
    )
    for ligne in lignes.iterator(chunk_size=2000):
        relance = {champ: ligne[f"relance__{champ}"] for champ in _CHAMPS}
        jour, contact = _jour_et_contact(relance, regime)
        passe.actes[ligne["echeance_id"]].append(
            Acte(
                # An act of a rung that was replaced since counts for the one that took its place.
                echelon=regime.lignees.get((ligne["etape__scenario_id"], ligne["etape__lignee"]), ligne["etape_id"]),
                le=jour,
                decalage=ligne["etape__decalage"],
                ancre=Ancre(ligne["etape__ancre"]),
                contact=contact,
                est_formel=ligne["etape__est_formelle"],
                fin_delai=relance["delai_le"] if ligne["etape__est_formelle"] else None,
                jours_ouvres=ligne["etape__en_jours_ouvres"],
            )
        )


def _jour_et_contact(relance: dict[str, Any], regime: Regime) -> tuple[date, bool]:
    """The day of this act, and whether it reached, or may have reached, the client."""
    locale = regime.entreprise.date_locale
    if relance["statut"] not in {Relance.Statut.ENVOYEE, Relance.Statut.A_VERIFIER}:
        return relance["date_decision"], False
    if relance["canal"] == "appel":
        passe_le = relance["appel__passe_le"]
        jour = locale(passe_le) if passe_le else relance["date_decision"]
        return jour, bool(passe_le) and relance["appel__resultat"] not in SANS_REPONSE
    instant = relance["envoyee_le"] or relance["remise_le"]
    return relance["postee_le"] or (locale(instant) if instant else relance["date_decision"]), True


def _lire_ouvertes(passe: Passe, regime: Regime, clients: Collection[int], au: date, sauf: int | None) -> None:
    ouverte = Q(statut__in=Relance.STATUTS_OUVERTS)
    du_jour = Q(date_decision=au) & ~Q(statut=Relance.Statut.ANNULEE)
    relances = (
        Relance.objects.de(regime.entreprise)
        .filter(ouverte | du_jour, client__in=clients, date_decision__lte=au)
        .exclude(pk=sauf or 0)
        .values(*_CHAMPS)
    )
    for relance in relances:
        cle = relance["client_id"], relance["devise"]
        if relance["date_decision"] == au:
            passe.du_jour.add(cle)
        if relance["statut"] in Relance.STATUTS_OUVERTS and not _est_appel_a_clore(relance, regime, au):
            passe.en_cours.add(cle)


def _est_appel_a_clore(relance: dict[str, Any], regime: Regime, au: date) -> bool:
    """The night closes it before it decides, so a dry run must not see it either (R18)."""
    if relance["canal"] != "appel" or relance["statut"] != Relance.Statut.A_ENVOYER:
        return False
    instants = relance["approuvee_le"], relance["prochaine_tentative_le"]
    return appel_a_clore(regime, appel_depuis(regime, relance["date_decision"], *instants), au)


def _bornes(regime: Regime, au: date) -> tuple[datetime, datetime]:
    """The first instants of `au` and of the next day, in the company's time zone."""
    fuseau = ZoneInfo(regime.entreprise.fuseau)
    return (
        datetime.combine(au, time(), tzinfo=fuseau),
        datetime.combine(au + timedelta(days=1), time(), tzinfo=fuseau),
    )


def _lire_messages(passe: Passe, regime: Regime, clients: Collection[int], au: date) -> None:
    """The last message or letter before `au`, and the last on `au`: the rules need no more (`noyau.groupement`)."""
    debut, fin = _bornes(regime, au)
    lignes = (
        Relance.objects.de(regime.entreprise)
        .filter(client__in=clients)
        .parties()
        .exclude(canal="appel")
        .order_by()
        .annotate(parti_le=Coalesce("envoyee_le", "remise_le"))
        .values("client_id", "devise")
        .annotate(
            postee_avant=Max("postee_le", filter=Q(postee_le__lt=au)),
            postee_le_jour=Max("postee_le", filter=Q(postee_le=au)),
            avant=Max("parti_le", filter=Q(postee_le=None, parti_le__lt=debut)),
            le_jour=Max("parti_le", filter=Q(postee_le=None, parti_le__gte=debut, parti_le__lt=fin)),
        )
    )
    for ligne in lignes:
        jours = [ligne["postee_avant"], ligne["postee_le_jour"]]
        jours += [regime.entreprise.date_locale(i) for i in (ligne["avant"], ligne["le_jour"]) if i]
        passe.contacts[ligne["client_id"]] += [Contact(jour, ligne["devise"]) for jour in jours if jour]


def _lire_appels(passe: Passe, regime: Regime, clients: Collection[int], au: date) -> None:
    """Calls that reached someone: for an act, in its currency; any other, about all that the client owes."""
    debut, fin = _bornes(regime, au)
    lignes = (
        Appel.objects.de(regime.entreprise)
        .filter(client__in=clients, passe_le__lt=fin)
        .exclude(resultat__in=SANS_REPONSE)
        .order_by()
        .values("client_id", "relance__devise")
        .annotate(
            avant=Max("passe_le", filter=Q(passe_le__lt=debut)),
            le_jour=Max("passe_le", filter=Q(passe_le__gte=debut)),
        )
    )
    for ligne in lignes:
        for instant in filter(None, (ligne["avant"], ligne["le_jour"])):
            contact = Contact(regime.entreprise.date_locale(instant), ligne["relance__devise"])
            passe.contacts[ligne["client_id"]].append(contact)
