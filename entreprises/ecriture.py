"""Write a few columns of many rows, each with its own values."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connections, models, router


def ecrire_colonnes(lignes: Collection[models.Model], champs: Sequence[str]) -> None:
    """One prepared UPDATE, run for each row, in one round trip. All rows are of one model.

    `bulk_update` writes a CASE with a branch per row and per column: ten times slower for thousands of rows.
    """
    if not lignes:
        return
    modele = type(next(iter(lignes)))
    connexion = connections[router.db_for_write(modele)]
    nom = connexion.ops.quote_name
    colonnes: list[Any] = [modele._meta.get_field(champ) for champ in champs]
    affectations = ", ".join(f"{nom(colonne.column)} = %s" for colonne in colonnes)
    cle: Any = modele._meta.pk
    # Names come from the models, values are bound.
    sql = f"UPDATE {nom(modele._meta.db_table)} SET {affectations} WHERE {nom(cle.column)} = %s"  # noqa: S608
    with connexion.cursor() as curseur:
        curseur.executemany(sql, list(_valeurs(lignes, [*colonnes, cle], connexion)))


def _valeurs(lignes: Iterable[models.Model], colonnes: Sequence[Any], connexion: Any) -> Iterable[list[Any]]:
    for ligne in lignes:
        yield [colonne.get_db_prep_save(getattr(ligne, colonne.attname), connexion) for colonne in colonnes]
