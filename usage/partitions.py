"""The months of usage events: on PostgreSQL a partition each, so that old ones end by dropping a table.

Calls of a month that has no partition land in the one for all others, and move when theirs is made: nothing that is
reported, however old or early, is refused for want of a table. Elsewhere all of this does nothing.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

TABLE = "usage_usageevent"
OTHERS = f"{TABLE}_others"
_AHEAD = 2  # months that are made before they begin


def divide(model: Any, schema_editor: Any) -> None:
    """Make the table of a migration a partitioned one, with the rows that it has."""
    if schema_editor.connection.vendor != "postgresql":
        return
    run, old = schema_editor.execute, f"{TABLE}_whole"
    run(f"ALTER TABLE {TABLE} RENAME TO {old}")
    run(f"ALTER TABLE {old} DROP CONSTRAINT {TABLE}_pkey")
    for index in model._meta.indexes:
        run(f"DROP INDEX {index.name}")
    run(f"CREATE TABLE {TABLE} (LIKE {old} INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (started_at)")
    run(f"ALTER TABLE {TABLE} ADD PRIMARY KEY (id, started_at)")
    for index in model._meta.indexes:
        run(index.create_sql(model, schema_editor))
    run(f"CREATE TABLE {OTHERS} PARTITION OF {TABLE} DEFAULT")
    run(f"INSERT INTO {TABLE} SELECT * FROM {old}")  # noqa: S608
    run(f"DROP TABLE {old}")


def leave_room(models: Iterable[Any], schema_editor: Any) -> None:
    """Leave room on the pages of tables whose rows are added to again and again: a change then touches no index."""
    if schema_editor.connection.vendor == "postgresql":
        for model in models:
            schema_editor.execute(f"ALTER TABLE {model._meta.db_table} SET (fillfactor = 50)")


def make_months(now: datetime) -> list[datetime]:
    """Make the partitions of a month, of those soon to come, and of months that have calls; return the new ones."""
    if not _is_partitioned():
        return []
    this = _month(now)
    wanted = {_after(this, count) for count in range(_AHEAD + 1)} | set(_months_among_others())
    new = sorted(wanted - set(months()))
    for month in new:
        with transaction.atomic():
            _make(month)
    return new


def months() -> list[datetime]:
    """Return the months that have a partition, the oldest first."""
    if not _is_partitioned():
        return []
    names = _rows("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", TABLE)
    ends = (name.removeprefix(f"{TABLE}_") for (name,) in names)
    return sorted(datetime.strptime(end, "%Y_%m").replace(tzinfo=UTC) for end in ends if end != "others")


def drop_months(before: datetime) -> list[datetime]:
    """Drop the partitions of months that were over by a moment, with their calls; return them."""
    over = [month for month in months() if _after(month, 1) <= before]
    for month in over:
        _run(f"DROP TABLE {_name(month)}")
    return over


def _make(month: datetime) -> None:
    name, start, end = _name(month), month.isoformat(), _after(month, 1).isoformat()
    _run(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING ALL)")
    _run(
        f"WITH moved AS (DELETE FROM {OTHERS} WHERE started_at >= %s AND started_at < %s RETURNING *) "  # noqa: S608
        f"INSERT INTO {name} SELECT * FROM moved",
        start,
        end,
    )
    _run(f"ALTER TABLE {TABLE} ATTACH PARTITION {name} FOR VALUES FROM ('{start}') TO ('{end}')")


def _months_among_others() -> Iterable[datetime]:
    found = _rows(f"SELECT DISTINCT DATE_TRUNC('month', started_at AT TIME ZONE 'UTC') FROM {OTHERS}")  # noqa: S608
    return (month.replace(tzinfo=UTC) for (month,) in found)


def _name(month: datetime) -> str:
    return f"{TABLE}_{month:%Y_%m}"


def _month(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _after(month: datetime, count: int) -> datetime:
    index = month.year * 12 + month.month - 1 + count
    return month.replace(year=index // 12, month=index % 12 + 1)


def _is_partitioned() -> bool:
    return connections[DEFAULT_DB_ALIAS].vendor == "postgresql"


def _rows(statement: str, *values: str) -> list[Any]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, values)
        found: list[Any] = cursor.fetchall()
    return found


def _run(statement: str, *values: str) -> None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, values or None)
