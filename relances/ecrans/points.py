"""One thing that waits for a person, as the morning queue lists it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

LIMITE = 50  # points shown per group; the count tells how many there are


class Code(StrEnum):
    """The groups, in the order in which to take them."""

    ATTENTE_LONGUE = "attente_longue"
    APPROUVER = "approuver"
    APPELS = "appels"
    TACHES = "taches"
    COURRIERS = "courriers"
    DOUTEUX = "douteux"
    PROMESSES = "promesses"
    LITIGES = "litiges"
    REGLEMENTS = "reglements"
    CONTACTS = "contacts"
    ECHECS = "echecs"
    EPUISEES = "epuisees"
    ECARTES = "ecartes"


TITRES = {
    Code.ATTENTE_LONGUE: _("Attendent depuis plus de 5 jours"),
    Code.APPROUVER: _("À approuver"),
    Code.APPELS: _("Appels à passer"),
    Code.TACHES: _("Tâches du jour"),
    Code.COURRIERS: _("Courriers à poster"),
    Code.DOUTEUX: _("Envois douteux"),
    Code.PROMESSES: _("Promesses non tenues"),
    Code.LITIGES: _("Litiges ouverts"),
    Code.REGLEMENTS: _("Attendent les règlements"),
    Code.CONTACTS: _("Contacts manquants"),
    Code.ECHECS: _("Envois refusés"),
    Code.EPUISEES: _("Échelle terminée"),
    Code.ECARTES: _("Mis de côté cette nuit"),
}
ICONES = {
    Code.ATTENTE_LONGUE: "horloge",
    Code.APPROUVER: "signer",
    Code.APPELS: "appel",
    Code.TACHES: "date",
    Code.COURRIERS: "poste",
    Code.DOUTEUX: "doute",
    Code.PROMESSES: "promesse",
    Code.LITIGES: "litige",
    Code.REGLEMENTS: "encaissements",
    Code.CONTACTS: "client",
    Code.ECHECS: "alerte",
    Code.EPUISEES: "journal",
    Code.ECARTES: "info",
}
# Minutes that a point takes, roughly: what the head of the page adds up.
MINUTES = {Code.APPELS: 5, Code.ATTENTE_LONGUE: 2, Code.APPROUVER: 1, Code.REGLEMENTS: 1, Code.ECARTES: 3}
MINUTES_PAR_DEFAUT = 2


@dataclass(frozen=True)
class Point:
    """A line of the queue. `acte`: the act it opens; without one, `client` or `facture` says which page it leads to."""

    qui: str
    quoi: str
    quand: str
    montant: Decimal | None = None
    devise: str = ""
    acte: int | None = None
    client: int | None = None
    facture: int | None = None


@dataclass(frozen=True)
class Groupe:
    """Points of one kind. `total` may be more than what is shown."""

    code: Code
    total: int
    points: list[Point] = field(default_factory=list)

    @property
    def titre(self) -> str:
        return str(TITRES[self.code])

    @property
    def icone(self) -> str:
        return ICONES[self.code]

    @property
    def caches(self) -> int:
        return self.total - len(self.points)

    @property
    def minutes(self) -> int:
        return self.total * MINUTES.get(self.code, MINUTES_PAR_DEFAUT)


def depuis(jour: date, au: date) -> str:
    """« aujourd’hui », « depuis hier », « depuis 6 jours »."""
    jours = (au - jour).days
    if jours <= 0:
        return gettext("aujourd’hui")
    if jours == 1:
        return gettext("depuis hier")
    return ngettext("depuis %(n)d jour", "depuis %(n)d jours", jours) % {"n": jours}
