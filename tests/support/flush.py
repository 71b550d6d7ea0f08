"""Emptying append-only tables between tests, which the tables themselves refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations


def allow_flush() -> None:
    """Let Django's flush, and nothing else, get past the triggers of `ledger/guards.py`."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def unguarded(operations: Any, statements: list[str]) -> None:
        with without_guards(operations.connection):
            flush(operations, statements)

    BaseDatabaseOperations.execute_sql_flush = unguarded  # type: ignore[method-assign]


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
