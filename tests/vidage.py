"""Empty the test database between two tests that commit.

SQLite is emptied with DELETE, which the journal refuses: its triggers are lifted meanwhile. PostgreSQL is truncated,
which fires no row trigger, but a page that a closed browser had asked for may still be reading: the two can deadlock,
and the emptying is then tried again.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any
from unittest import mock

from django.db import OperationalError, connection
from django.db.backends.postgresql.base import DatabaseOperations as OperationsPostgreSQL
from django.db.backends.sqlite3.base import DatabaseOperations as OperationsSQLite

TRIGGERS = import_module("journal.migrations.0002_ajout_seulement").SQLITE
ESSAIS = 5

vider_sqlite = OperationsSQLite.execute_sql_flush
vider_postgresql = OperationsPostgreSQL.execute_sql_flush


def vider_sans_triggers(operations: Any, sql_list: list[str]) -> None:
    with operations.connection.cursor() as curseur:
        for nom in ("journal_sans_modification", "journal_sans_suppression"):
            curseur.execute(f"DROP TRIGGER IF EXISTS {nom}")
    vider_sqlite(operations, sql_list)
    with operations.connection.cursor() as curseur:
        for ordre in TRIGGERS:
            curseur.execute(ordre)


def vider_avec_patience(operations: Any, sql_list: list[str]) -> None:
    for essai in range(1, ESSAIS + 1):
        try:
            vider_postgresql(operations, sql_list)
        except OperationalError:
            if essai == ESSAIS:
                raise
        else:
            return


def congedier() -> None:
    """End the sessions that still hold this database on PostgreSQL: it could not be dropped. The same late pages."""
    if connection.vendor == "postgresql":
        with connection.cursor() as curseur:
            curseur.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@contextmanager
def journal_vidable() -> Iterator[None]:
    """Within it, a flush works on both databases."""
    with ExitStack() as pile:
        pile.enter_context(mock.patch.object(OperationsSQLite, "execute_sql_flush", vider_sans_triggers))
        pile.enter_context(mock.patch.object(OperationsPostgreSQL, "execute_sql_flush", vider_avec_patience))
        yield
