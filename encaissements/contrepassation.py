"""Undo allocations: never by changing them, always by a row of the opposite amount that points to the one undone."""

from collections.abc import Iterable
from datetime import date

from encaissements.models import Imputation


def contrepasser(imputations: Iterable[Imputation], le: date) -> list[Imputation]:
    """Write the reversing rows. Each counts from `le`, or from its allocation's own date when that is later."""
    return Imputation.objects.bulk_create(
        Imputation(
            entreprise_id=imputation.entreprise_id,
            facture_id=imputation.facture_id,
            echeance_id=imputation.echeance_id,
            nature=imputation.nature,
            poste=imputation.poste,
            date_valeur=max(le, imputation.date_valeur),
            montant=-imputation.montant,
            reglement_id=imputation.reglement_id,
            avoir_id=imputation.avoir_id,
            acompte_id=imputation.acompte_id,
            annule=imputation,
        )
        for imputation in imputations
    )
