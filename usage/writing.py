"""Writing many rows in one statement, for what Django's own way cannot say: which were there, or to add to those."""

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model

_CHUNK = 500  # rows a statement: of up to 60 columns they stay below SQLite's limit of bound values


def write_rows(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]], ending: str) -> list[Any]:
    """Insert rows with values of these fields, and return what the statement's ending gives back of them.

    The ending says what happens to a row that is there already, in SQL.
    """
    connection = connections[DEFAULT_DB_ALIAS]  # itself: to ask who stands for it costs more than the rest of a value
    fields = [model._meta.get_field(name) for name in names]
    quoted = ", ".join(connection.ops.quote_name(field.column) for field in fields)  # type: ignore[union-attr]
    source = _columns if connection.vendor == "postgresql" else _values
    given: list[Any] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _CHUNK):
            written, values = source(connection, fields, rows[start : start + _CHUNK])
            cursor.execute(f"INSERT INTO {model._meta.db_table} ({quoted}) {written} {ending}", values)
            given += cursor.fetchall() if cursor.description else []
    return given


def _columns(connection: Any, fields: Sequence[Any], rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """An array a column: a statement of ten thousand values takes PostgreSQL and its driver longer than the work."""
    # The types without a length: a cast to one cuts off what is longer, which the column refuses.
    arrays = ", ".join(f"%s::{field.db_type(connection).partition('(')[0]}[]" for field in fields)
    return f"SELECT * FROM UNNEST({arrays})", [list(each) for each in zip(*rows, strict=True)]  # noqa: S608


def _values(connection: Any, fields: Sequence[Any], rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    row = f"({', '.join(['%s'] * len(fields))})"
    prepare = [field.get_db_prep_save for field in fields]
    values = [each(value, connection) for values in rows for each, value in zip(prepare, values, strict=True)]
    return f"VALUES {', '.join([row] * len(rows))}", values
