"""The morning queue: everything that waits for a person, in the order in which to take it.

One query for all the acts, whatever their number; one for each other kind of point.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Case, Count, F, Q, Value, When, Window
from django.db.models.functions import RowNumber

from clients.models import Contact
from entreprises.models import Entreprise
from relances.ecrans.attentions import autres_groupes
from relances.ecrans.points import LIMITE, Code, Groupe, Point, depuis
from relances.models import Canal, Relance

ATTENTE_LONGUE = timedelta(days=5)  # R2
MEMOIRE_DES_ECHECS = timedelta(days=14)
S = Relance.Statut
POSTE = (Canal.COURRIER, Canal.RECOMMANDE)


@dataclass(frozen=True)
class File:
    """The groups that are not empty, in order."""

    groupes: list[Groupe]

    @property
    def total(self) -> int:
        return sum(groupe.total for groupe in self.groupes)

    @property
    def minutes(self) -> int:
        """Rounded to five minutes, five at least."""
        brut = sum(groupe.minutes for groupe in self.groupes)
        return max(5, 5 * round(brut / 5))

    @property
    def actes(self) -> list[int]:
        """The acts shown, in the order of the page."""
        return [point.acte for groupe in self.groupes for point in groupe.points if point.acte]

    def groupe_de(self, acte: int) -> Groupe | None:
        return next((g for g in self.groupes if any(p.acte == acte for p in g.points)), None)

    def voisins(self, acte: int) -> tuple[int | None, int | None]:
        """The acts before and after this one on the page."""
        actes = self.actes
        if acte not in actes:
            return None, actes[0] if actes else None
        place = actes.index(acte)
        return (
            actes[place - 1] if place else None,
            actes[place + 1] if place + 1 < len(actes) else None,
        )


def lire_file(entreprise: Entreprise, au: date, instant: datetime) -> File:
    """What waits for a person of this company on `au`."""
    groupes = {g.code: g for g in (*_groupes_d_actes(entreprise, au, instant), *autres_groupes(entreprise, au))}
    return File([groupes[code] for code in Code if code in groupes])


def _actes(entreprise: Entreprise, instant: datetime) -> Any:
    """The acts a person has something to do about."""
    return Relance.objects.de(entreprise).filter(
        Q(statut__in=[S.A_VALIDER, S.A_VERIFIER])
        | Q(statut=S.A_ENVOYER, canal__in=[Canal.APPEL, *POSTE])
        | (Q(statut=S.ECHEC, terminee_le__gte=instant - MEMOIRE_DES_ECHECS) & ~Q(canal=Canal.APPEL))
    )


def _code(au: date) -> Case:
    a_valider = Q(statut=S.A_VALIDER)
    return Case(
        When(a_valider & Q(motif_attente="contact_manquant"), then=Value(Code.CONTACTS.value)),
        When(a_valider & Q(motif_attente="reglements_perimes"), then=Value(Code.REGLEMENTS.value)),
        When(Q(statut__in=[S.A_VALIDER, S.A_ENVOYER], canal=Canal.APPEL), then=Value(Code.APPELS.value)),
        When(a_valider & Q(date_decision__lt=au - ATTENTE_LONGUE), then=Value(Code.ATTENTE_LONGUE.value)),
        When(a_valider, then=Value(Code.APPROUVER.value)),
        When(statut=S.A_ENVOYER, then=Value(Code.COURRIERS.value)),
        When(statut=S.A_VERIFIER, then=Value(Code.DOUTEUX.value)),
        default=Value(Code.ECHECS.value),
    )


def _groupes_d_actes(entreprise: Entreprise, au: date, instant: datetime) -> Iterable[Groupe]:
    """The first acts of each group with the group's count, in one query; formal demands first."""
    ordre = [F("est_formelle").desc(), F("date_decision").asc(), F("pk").asc()]
    actes = list(
        _actes(entreprise, instant)
        .annotate(groupe=_code(au))
        .annotate(
            rang=Window(RowNumber(), partition_by=[F("groupe")], order_by=ordre),
            effectif=Window(Count("pk"), partition_by=[F("groupe")]),
        )
        .filter(rang__lte=LIMITE)
        .select_related("client", "etape")
        .order_by("groupe", "rang")
    )
    telephones = _telephones({acte.client_id for acte in actes if acte.groupe == Code.APPELS})
    for code, suite in groupby(actes, key=lambda acte: acte.groupe):
        membres = list(suite)
        points = [_point(acte, au, telephones) for acte in membres]
        yield Groupe(Code(code), membres[0].effectif, points)


def _point(acte: Any, au: date, telephones: dict[int, str]) -> Point:
    return Point(
        qui=acte.client.nom,
        quoi=telephones.get(acte.client_id, acte.etape.nom) if acte.groupe == Code.APPELS else acte.etape.nom,
        quand=depuis(acte.date_decision, au),
        montant=acte.total,
        devise=acte.devise,
        acte=acte.pk,
        client=acte.client_id,
    )


def _telephones(clients: set[int]) -> dict[int, str]:
    """The first number of each client that has one."""
    lus = (
        Contact.objects.filter(client__in=clients, archive_le=None, recoit_appels=True)
        .exclude(telephone="")
        .order_by("-pk")
    )
    return dict(lus.values_list("client_id", "telephone")) if clients else {}
