"""How amounts, dates and lists are written to a debtor: in their language, with the habits of the creditor's
country."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import translation
from django.utils.formats import date_format

from entreprises.templatetags.formats import ecrire_date, ecrire_montant, ecrire_nombre
from relances.modeles_echelles.definitions import QUEBEC
from relances.mots import mots

FINE, INSECABLE = "\u202f", "\u00a0"


@dataclass(frozen=True)
class Plume:
    """`langue` of the message (fr, en), `pays` of the company. Spaces inside an amount or a date never break."""

    langue: str
    pays: str

    def mot(self, cle: str, **valeurs: str | int) -> str:
        """A word or a sentence of the table. KeyError for one that is not there."""
        texte = mots(self.langue, self.pays)[cle]
        return texte.format(**valeurs) if valeurs else texte

    def montant(self, valeur: Decimal, devise: str) -> str:
        """1 234,56 €; 1 234,56 $ in Québec's French; $1,234.56 in its English."""
        if devise == "CAD" and self.pays == QUEBEC:
            with translation.override(self.langue):
                nombre = ecrire_nombre(valeur)
            return f"${nombre}" if self.langue == "en" else f"{nombre}{INSECABLE}$"
        with translation.override(self.langue):
            return ecrire_montant(valeur, devise)

    def taux(self, valeur: Decimal) -> str:
        """2 % or 2%, useless zeros left out."""
        nombre = format(valeur.normalize(), "f")
        return f"{nombre}%" if self.langue == "en" else f"{nombre.replace('.', ',')}{INSECABLE}%"

    def date_longue(self, jour: date) -> str:
        """24 novembre 2026."""
        with translation.override(self.langue):
            return ecrire_date(jour, "j F Y").replace(" ", INSECABLE)

    def jour_mois(self, jour: date) -> str:
        """24 novembre."""
        with translation.override(self.langue):
            return ecrire_date(jour, "j F").replace(" ", INSECABLE)

    def date_delai(self, jour: date) -> str:
        """mardi 24 novembre 2026."""
        with translation.override(self.langue):
            return f"{date_format(jour, 'l')} {self.date_longue(jour)}"

    def date_courte(self, jour: date) -> str:
        """24/11/2026; 2026-11-24 in Québec; 24 Nov 2026 in English elsewhere."""
        if self.pays == QUEBEC:
            return jour.isoformat()
        if self.langue != "en":
            return f"{jour:%d/%m/%Y}"
        with translation.override("en"):
            return date_format(jour, "j M Y").replace(" ", INSECABLE)

    def retard(self, jours: int) -> str:
        """ "32 jours de retard", or nothing when it is not late."""
        if jours <= 0:
            return ""
        return self.mot("jour_retard") if jours == 1 else self.mot("jours_retard", n=jours)

    def enumeration(self, elements: Sequence[str]) -> str:
        """a, b et c."""
        if len(elements) < 2:
            return "".join(elements)
        return f"{', '.join(elements[:-1])} {self.mot('et')} {elements[-1]}"
