"""Are the payments known to be up to date? (R17) Nobody is asked for what they paid yesterday.

Releasing what waited is `liberation`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import CharField, Max, Min, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from encaissements.models import Reglement
from entreprises.models import Entreprise
from factures.models import Echeance
from importations.application_balance import PREFIXE_BALANCE
from importations.models import Importation
from relances.models import Reglages


@dataclass(frozen=True, slots=True)
class Fraicheur:
    """`a_jour_au`: the last day on which payments were known, None when none ever was. `limite` in working days."""

    a_jour_au: date | None
    limite: int
    est_perimee: bool
    est_outrepassee: bool

    @property
    def retient(self) -> bool:
        """Acts wait, all but messages before the due date."""
        return self.est_perimee and not self.est_outrepassee


def etat(entreprise: Entreprise, au: date, reglages: Reglages | None = None) -> Fraicheur:
    """How fresh payments are on `au`. An override holds for its own day only."""
    reglages = reglages or Reglages.objects.filter(entreprise=entreprise).first() or Reglages(entreprise=entreprise)
    limite = reglages.fraicheur_reglements
    connues = [
        *_reglements_saisis(entreprise, au),
        _colonne_importee(entreprise, au),
        _balance_importee(entreprise, au),
        reglages.reglements_a_jour_au if (reglages.reglements_a_jour_au or date.max) <= au else None,
    ]
    a_jour_au = max((jour for jour in connues if jour is not None), default=None)
    depuis = a_jour_au or _plus_ancienne_echeance(entreprise, au)
    est_perimee = depuis is not None and entreprise.calendrier().nombre_ouvres(depuis, au) > limite
    return Fraicheur(a_jour_au, limite, est_perimee, reglages.fraicheur_outrepassee_le == au)


def _fin_du_jour(entreprise: Entreprise, au: date) -> datetime:
    return datetime.combine(au + timedelta(days=1), time(), tzinfo=ZoneInfo(entreprise.fuseau))


def _reglements_saisis(entreprise: Entreprise, au: date) -> list[date | None]:
    """The last day of entry up to `au`. The day a payment was received is never later: it stands for the entry of what
    was entered after `au`, so that a past day can be decided. Those of a balance say nothing of the day when they were
    entered: they stand for the day of the balance."""
    reglements = Reglement.objects.de(entreprise).valides()
    saisis = reglements.exclude(cle_idempotence__startswith=PREFIXE_BALANCE)
    saisi = saisis.filter(cree_le__lt=_fin_du_jour(entreprise, au)).aggregate(Max("cree_le"))["cree_le__max"]
    recu = reglements.filter(date_reglement__lte=au).aggregate(Max("date_reglement"))["date_reglement__max"]
    return [entreprise.date_locale(saisi) if saisi else None, recu]


def _colonne_importee(entreprise: Entreprise, au: date) -> date | None:
    """The last import of a file with a column of payments, even when the column brought none."""
    importee = (
        Importation.objects.de(entreprise)
        .filter(statut=Importation.Statut.TERMINEE, bilan__a_colonne_reglements=True)
        .filter(cree_le__lt=_fin_du_jour(entreprise, au))
        .aggregate(Max("cree_le"))["cree_le__max"]
    )
    return entreprise.date_locale(importee) if importee else None


def _balance_importee(entreprise: Entreprise, au: date) -> date | None:
    """The day of the last balance applied. It says what was paid up to that day, however late it was imported."""
    arretee = (
        Importation.objects.de(entreprise)
        .filter(genre=Importation.Genre.BALANCE, statut=Importation.Statut.TERMINEE)
        .filter(cree_le__lt=_fin_du_jour(entreprise, au))
        .annotate(arretee_au=Cast(KT("bilan__a_jour_au"), CharField()))
        .filter(arretee_au__gt="", arretee_au__lte=au.isoformat())
        .aggregate(Max("arretee_au"))["arretee_au__max"]
    )
    return date.fromisoformat(arretee) if arretee else None


def _plus_ancienne_echeance(entreprise: Entreprise, au: date) -> date | None:
    """A company that never entered a payment may simply have received none: only a late invoice makes it doubtful."""
    ouvertes = Q(solde__gt=0, facture__annulee_le=None, facture__date_emission__lte=au, date_echeance__lt=au)
    return Echeance.objects.de(entreprise).filter(ouvertes).aggregate(Min("date_echeance"))["date_echeance__min"]
