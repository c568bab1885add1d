"""How a workflow refuses: a clear sentence at a field, or at each row of a lot. Nothing was written."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError


def refus(champ: str, message: str, code: str = "invalide", /, **parametres: object) -> ValidationError:
    """The refusal of one field; ``form.add_error(None, …)`` and the importer read it alike."""
    return ValidationError({champ: ValidationError(message, code=code, params=parametres or None)})


class LotRefuse(ValueError):
    """Rows of a lot that can't be taken; ``erreurs`` by position in the lot. The whole lot is refused."""

    def __init__(self, erreurs: Mapping[int, ValidationError]) -> None:
        super().__init__(f"{len(erreurs)} rows refused, the first at {min(erreurs)}: {erreurs[min(erreurs)].messages}")
        self.erreurs = dict(erreurs)
