"""When there is nothing to do: what comes next, so that an empty page says something."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db.models import Count, Min, Q

from entreprises.models import Entreprise
from factures.models import Echeance, Facture
from relances.models import Reglages, Relance


@dataclass(frozen=True)
class Suite:
    """`decision_le`: the next day on which an open debt is looked at; `echeance_le`: the next due date;
    `en_partance`: emails that leave at the next sending hour; `est_vide`: no invoice was ever recorded."""

    heure: time
    decision_le: date | None
    echeance_le: date | None
    en_partance: int
    est_vide: bool = False


def lire_suite(entreprise: Entreprise, au: date) -> Suite:
    """The next night that matters, the next due date. Three queries, one more when nothing is owed."""
    reglages = Reglages.objects.filter(entreprise=entreprise).first() or Reglages()
    ouvertes = Echeance.objects.de(entreprise).ouvertes()
    dates = ouvertes.aggregate(
        decision=Min("a_examiner_le"), echeance=Min("date_echeance", filter=Q(date_echeance__gte=au))
    )
    partance = Relance.objects.de(entreprise).filter(statut=Relance.Statut.A_ENVOYER, canal="courriel")
    prochaine = dates["decision"]
    return Suite(
        heure=reglages.heure_planification,
        decision_le=max(prochaine, au + timedelta(days=1)) if prochaine else None,
        echeance_le=dates["echeance"],
        en_partance=partance.aggregate(n=Count("pk"))["n"],
        est_vide=prochaine is None and not Facture.objects.de(entreprise).exists(),
    )
