"""The abstract model of every row that belongs to a company."""

from typing import Any, Self, TypeVar

from django.db import models
from django.utils import timezone


class Perimee(Exception):
    """The row was changed by someone else since it was read: nothing was written."""


def ecrire_si_a_jour(ligne: models.Model, version: int, **valeurs: Any) -> None:
    """Write `valeurs` if `ligne` still has `version`, and raise it. Perimee when another change came first."""
    ecrites = (
        type(ligne)
        ._default_manager.filter(pk=ligne.pk, version=version)
        .update(**valeurs, version=version + 1, modifie_le=timezone.now())
    )
    if not ecrites:
        raise Perimee
    ligne.refresh_from_db()


Ligne_co = TypeVar("Ligne_co", bound=models.Model, covariant=True)


class LigneEntrepriseQuerySet(models.QuerySet[Ligne_co]):
    """Verbs that every room's rows share."""

    def de(self, entreprise: Any) -> Self:
        """Only the rows of this company (R13)."""
        return self.filter(entreprise=entreprise)


class LigneEntreprise(models.Model):
    """A business row: it names its company even when that could be derived, and its version for stale forms."""

    entreprise = models.ForeignKey("entreprises.Entreprise", on_delete=models.PROTECT, related_name="+")
    cree_le = models.DateTimeField(default=timezone.now, editable=False)
    modifie_le = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    objects = LigneEntrepriseQuerySet.as_manager()

    class Meta:
        abstract = True

    def enregistrer_si_a_jour(self, version: int, **valeurs: Any) -> None:
        """Write `valeurs` if the row still has `version`, and raise it. Perimee when another change came first."""
        ecrire_si_a_jour(self, version, **valeurs)
