"""Fields shared by every room: money in cents, and texts made ready for search and sort."""

import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from noyau.montants import CENTIME, depuis_centimes, en_centimes


class MontantField(models.BigIntegerField):
    """An amount: Decimal with two decimals in Python, whole cents in the database.

    So sums and comparisons are exact on SQLite and PostgreSQL alike. No SQL multiplies or divides an amount.
    ValidationError, never a rounding, for a value that has a fraction of a cent.
    """

    description = _("Montant")
    if TYPE_CHECKING:
        _pyi_private_set_type: Decimal | int | str | Combinable  # type: ignore[assignment]
        _pyi_private_get_type: Decimal  # type: ignore[assignment]

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else depuis_centimes(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            montant = Decimal(value) if not isinstance(value, float) else Decimal(str(value))
            return montant.quantize(CENTIME) if en_centimes(montant) is not None else None
        except (ArithmeticError, ValueError, TypeError) as erreur:
            raise ValidationError(_("« %(valeur)s » n’est pas un montant."), params={"valeur": value}) from erreur

    def get_prep_value(self, value: Any) -> int | None:
        montant = self.to_python(value)
        return None if montant is None else en_centimes(montant)

    def value_to_string(self, obj: models.Model) -> str:
        valeur = self.value_from_object(obj)
        return "" if valeur is None else str(valeur)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super(models.BigIntegerField, self).formfield(
            **{"form_class": forms.DecimalField, "max_digits": 14, "decimal_places": 2, **kwargs}
        )


def mots_cherches(texte: str) -> list[str]:
    """What someone typed in a search, as words to be found in a `recherche` column: twelve at most, for each one is a
    condition of the query."""
    return sans_accents(texte[:200]).split()[:12]


def sans_accents(texte: str) -> str:
    """Casefolded, unaccented, single spaces: what is compared in a search, the same on both databases. Without the null
    character, which PostgreSQL refuses."""
    decompose = unicodedata.normalize("NFKD", texte.replace("\0", " ").casefold().replace("œ", "oe").replace("æ", "ae"))
    return " ".join("".join(c for c in decompose if not unicodedata.combining(c)).split())
