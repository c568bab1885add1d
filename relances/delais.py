"""The deadline that a message gives: a date, never "within a week".

Conventions
* An email counts from the day it leaves; a letter from its date plus the days the post takes: three days, or in Belgium
  three working days (CDE, book XIX, first reminder to a consumer). The day is then moved to the next working day.
* In Québec the deadline of a registered formal demand runs from its receipt: no date until it is received. The receipt
  of a plain letter is never known, and a deadline that never came would stop the ladder for good: it counts from its
  date, like any other letter.
"""

from datetime import date, timedelta

from noyau.calendrier import Calendrier
from relances.modeles_echelles.definitions import QUEBEC

POSTE = 3


def court_de_la_reception(canal: str, pays: str, *, est_formelle: bool) -> bool:
    """Whether the deadline can only be known once the letter is received."""
    return pays == QUEBEC and est_formelle and canal == "recommande"


def delai_le(au: date, jours: int, canal: str, calendrier: Calendrier) -> date:
    """The last day that a message of `au` gives."""
    depart = au
    if canal != "courriel":
        est_belge = calendrier.pays == "BE"
        depart = calendrier.ajouter_ouvres(au, POSTE) if est_belge else au + timedelta(days=POSTE)
    return calendrier.prochain_ouvre(depart + timedelta(days=jours))


def delai_depuis_reception(recue_le: date, jours: int, calendrier: Calendrier) -> date:
    """The last day of a deadline that runs from receipt."""
    return calendrier.prochain_ouvre(recue_le + timedelta(days=jours))
