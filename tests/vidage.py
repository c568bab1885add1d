"""Empty the test database between two tests that commit, although the journal refuses every DELETE.

Django empties SQLite with DELETE; PostgreSQL is truncated, which fires no row trigger.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from django.db.backends.sqlite3.base import DatabaseOperations

TRIGGERS = import_module("journal.migrations.0002_ajout_seulement").SQLITE


@contextmanager
def journal_vidable() -> Iterator[None]:
    """Within it, a flush of SQLite lifts the journal's triggers, and puts them back."""
    d_origine = DatabaseOperations.execute_sql_flush

    def vider(self: Any, sql_list: list[str]) -> None:
        with self.connection.cursor() as curseur:
            for nom in ("journal_sans_modification", "journal_sans_suppression"):
                curseur.execute(f"DROP TRIGGER IF EXISTS {nom}")
        d_origine(self, sql_list)
        with self.connection.cursor() as curseur:
            for ordre in TRIGGERS:
                curseur.execute(ordre)

    DatabaseOperations.execute_sql_flush = vider  # type: ignore[method-assign]
    try:
        yield
    finally:
        DatabaseOperations.execute_sql_flush = d_origine  # type: ignore[method-assign]
