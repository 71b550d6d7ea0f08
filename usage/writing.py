"""Many rows in one statement, for what Django's own way cannot say: which were there, or to add to those.

Values go a column at a time, so that none is asked what it is: most of what writing a call cost was that.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import IntegerField, Model, Q

# Rows a statement. Of up to 60 columns they stay below SQLite's limit of bound values; for arrays there is none.
_CHUNKS = {"sqlite": 500, "postgresql": 5000}


def write_rows(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]], ending: str) -> list[Any]:
    """Insert rows with values of these fields, and return what the statement's ending gives back of them.

    The ending says what happens to a row that is there already, in SQL.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    quoted = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    source = _arrays if connection.vendor == "postgresql" else _values
    given: list[Any] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), chunk := _CHUNKS[connection.vendor]):
            columns = list(zip(*rows[start : start + chunk], strict=True))
            written, values = source(connection, fields, columns)
            cursor.execute(f"INSERT INTO {model._meta.db_table} ({quoted}) {written} {ending}", values)
            given += cursor.fetchall() if cursor.description else []
    return given


def digits(value: UUID) -> str:
    """Return the 32 digits of an id, which both databases take for it; as `hex`, which takes twice as long."""
    return f"{value.int:032x}"


def copy_rows(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows that are not there yet by PostgreSQL's COPY, which takes a third of what an INSERT does."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    connection = connections[DEFAULT_DB_ALIAS]
    columns = [_copied(column) for column in zip(*rows, strict=True)]
    lines = "\n".join(map("\t".join, zip(*columns, strict=True)))
    statement = f"COPY {model._meta.db_table} ({', '.join(field.column for field in fields)}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.write(lines)


def matching_rows(
    model: type[Model], names: Sequence[str], places: Sequence[Sequence[Any]], wanted: Sequence[str]
) -> list[Any]:
    """Return (number, wanted values…) of the rows that have these values in these fields; the number is the place's."""
    connection = connections[DEFAULT_DB_ALIAS]
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    source = _arrays if connection.vendor == "postgresql" else _values
    given: list[Any] = []
    with connection.cursor() as cursor:
        for start in range(0, len(places), chunk := _CHUNKS[connection.vendor]):
            some = places[start : start + chunk]
            columns = [*zip(*some, strict=True), range(start, start + len(some))]
            asked, values = source(connection, [*fields, _NUMBER], columns)
            same = " AND ".join(f"kept.{name} = asked.{name}" for name in names)
            shown = ", ".join(f"kept.{name}" for name in wanted)
            cursor.execute(
                f"WITH asked({', '.join(names)}, number) AS ({asked}) "  # noqa: S608
                f"SELECT number, {shown} FROM asked JOIN {model._meta.db_table} AS kept ON {same}",
                values,
            )
            given += cursor.fetchall()
    return given


def known_ids(model: type[Model], ids: Sequence[UUID], span: Q) -> set[UUID]:
    """Return those of some ids that PostgreSQL has among the rows of a span."""
    rows = model._default_manager.filter(span).extra(where=["id = ANY(%s::uuid[])"], params=[_array(ids)])
    return set(rows.values_list("pk", flat=True))


def _copied(column: Sequence[Any]) -> list[str]:
    """A column as COPY reads it."""
    sample = _sample(column)
    if isinstance(sample, str):
        return [_escaped(value) for value in column]
    write = digits if isinstance(sample, UUID) else str
    return ["\\N" if value is None else write(value) for value in column]


@lru_cache(maxsize=1000)
def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _arrays(connection: Any, fields: Sequence[Any], columns: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """An array a column: a statement of ten thousand values takes PostgreSQL and its driver longer than the work."""
    # The types without a length: a cast to one cuts off what is longer, which the column refuses.
    arrays = ", ".join(f"%s::{field.db_type(connection).partition('(')[0]}[]" for field in fields)
    return f"SELECT * FROM UNNEST({arrays})", list(map(_array, columns))  # noqa: S608


def _array(column: Sequence[Any]) -> str:
    """A column as PostgreSQL writes an array; its driver would ask each value what it is."""
    sample = _sample(column)
    kinds = (str, _quoted), (UUID, digits), (bytes, _hex)
    write: Callable[[Any], str] = next((way for kind, way in kinds if isinstance(sample, kind)), str)
    return "{" + ",".join(["NULL" if value is None else write(value) for value in column]) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _hex(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


_NUMBER = IntegerField()


def _values(connection: Any, fields: Sequence[Any], columns: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """Each value by itself, which is what SQLite takes; what it has no type for, as Django writes it there."""
    row = f"({', '.join('?' * len(fields))})"  # SQLite's own: to make it of thousands of %s takes Django a while
    adapted = [_adapted(connection, column) for column in columns]
    values = [value for values in zip(*adapted, strict=True) for value in values]
    return f"VALUES {', '.join([row] * len(columns[0]))}", values


def _adapted(connection: Any, column: Sequence[Any]) -> Sequence[Any]:
    sample = _sample(column)
    if isinstance(sample, UUID):
        return [None if value is None else digits(value) for value in column]
    if isinstance(sample, datetime):
        moments = {value: _moment(connection, value) for value in set(column)}
        return [moments[value] for value in column]
    return column


def _moment(connection: Any, value: datetime | None) -> str | None:
    if value is not None and value.tzinfo is UTC:  # nearly always: what the gateway reports
        return str(value.replace(tzinfo=None))
    adapted: str | None = connection.ops.adapt_datetimefield_value(value)
    return adapted


def _sample(column: Sequence[Any]) -> Any:
    return next((value for value in column if value is not None), None)
