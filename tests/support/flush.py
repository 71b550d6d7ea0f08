"""Emptying all tables between tests, the append-only ones too, which refuse that themselves."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.contenttypes.management import create_contenttypes
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models.signals import post_migrate


def allow_flush() -> None:
    """Let Django's flush, and nothing else, past the triggers of `ledger/guards.py`; it writes nothing of its own."""
    # The names of models and of permissions, which nothing here asks for: most of what a flush took.
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    flush = BaseDatabaseOperations.execute_sql_flush

    def unguarded(operations: Any, statements: list[str]) -> None:
        with without_guards(operations.connection):
            if operations.connection.vendor == "postgresql":
                _empty(operations.connection, re.findall(r'"(\w+)"', " ".join(statements)))
            else:
                flush(operations, statements)

    BaseDatabaseOperations.execute_sql_flush = unguarded  # type: ignore[method-assign]


def _empty(connection: Any, tables: list[str]) -> None:
    """Delete all rows: TRUNCATE would make new files for each table, most of which are empty anyway.

    Like it, this waits for whoever is still writing.
    """
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables))
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")


@contextmanager
def without_guards(connection: Any) -> Iterator[None]:
    """Act as somebody who owns the database: its append-only triggers are off inside."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _, statement in triggers:
            cursor.execute(statement)
