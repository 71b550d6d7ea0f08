"""Everything that a database holds, cell by cell, whatever the database is."""

import json
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def tables(connection: BaseDatabaseWrapper) -> list[str]:
    return sorted(connection.introspection.table_names())


def content(connection: BaseDatabaseWrapper, table: str) -> bytes:
    """Return all cells of a table, one after the other; empty for a table without rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return b"\0".join(_bytes(cell) for row in cursor.fetchall() for cell in row)


def _bytes(cell: Any) -> bytes:
    if isinstance(cell, bytes | memoryview):
        return bytes(cell)
    return (json.dumps(cell) if isinstance(cell, dict | list) else str(cell)).encode()
