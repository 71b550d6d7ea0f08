"""Writing the rollups: groups of new calls are added to the buckets of each grain. Within the caller's transaction.

Counts are added by the database. Sketches are merged here, which is safe because whoever writes the usage of an
organization holds its lock.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from usage.grains import DAY, HOUR, MINUTE
from usage.groups import Group
from usage.models import KeyRollup, Rollup
from usage.sketch import Sketch, merge, pack, unpack
from usage.writing import matching_rows, write_rows

SUMS = ("requests", "prompt_tokens", "cached_tokens", "completion_tokens", "latency_ms", "amount")
SKETCHES = ("latencies", "first_tokens")
Place = tuple[UUID | datetime | str | int, ...]  # the values of `place_names`
_TOTAL = ("organization_id", "start", "model", "project_id", "status")
_BY_KEY = ("organization_id", "start", "model", "project_id", "key_id", "status")
_sums_of = attrgetter(*SUMS)
_USAGE = 0x75736167  # the class of these advisory locks


class Bucket:
    """What is to be added in one place."""

    __slots__ = ("first_tokens", "latencies", "sums")

    def __init__(self) -> None:
        self.sums = [0] * len(SUMS)
        self.latencies: Sketch = {}
        self.first_tokens: Sketch = {}

    def add(self, group: Group) -> None:
        self.sums = [one + other for one, other in zip(self.sums, _sums_of(group), strict=True)]
        merge(self.latencies, group.latencies)
        merge(self.first_tokens, group.first_tokens)


Buckets = dict[Place, Bucket]


def place_names(table: type[Rollup]) -> tuple[str, ...]:
    """Return the fields that tell the rows of a table apart."""
    return _BY_KEY if issubclass(table, KeyRollup) else _TOTAL


def lock_usage(organization_ids: Iterable[UUID]) -> None:
    """Wait until nobody else writes usage of these organizations, up to the end of the transaction.

    SQLite has one writer as it is.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        # Always in the same order. Two organizations of one number wait for each other, which is all.
        numbers = sorted({each.int & 0x7FFFFFFF for each in organization_ids})
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, number) FROM UNNEST(%s::int[]) AS number", [_USAGE, numbers]
            )


def roll_up(groups: Sequence[Group]) -> None:
    """Add groups to all tables; `lock_usage` first."""
    for table, buckets in buckets_of(groups):
        if buckets:
            _merge_known(table, buckets)
            write_buckets(table, buckets, _added(table))


def buckets_of(groups: Sequence[Group]) -> Iterator[tuple[type[Rollup], Buckets]]:
    """Yield what groups come to in each table."""
    yield MINUTE.by_key, _buckets((group for group in groups if group.by_minute), MINUTE.floor, by_key=True)
    for grain in (HOUR, DAY):
        for table in grain.tables:
            yield table, _buckets(groups, grain.floor, by_key=issubclass(table, KeyRollup))


def write_buckets(table: type[Rollup], buckets: Buckets, ending: str = "") -> None:
    """Insert rows; the ending says what happens where there is one already."""
    rows = [(*place, *each.sums, pack(each.latencies), pack(each.first_tokens)) for place, each in buckets.items()]
    write_rows(table, (*place_names(table), *SUMS, *SKETCHES), rows, ending)


def _buckets(groups: Iterable[Group], floor: Callable[[datetime], datetime], *, by_key: bool) -> Buckets:
    found: Buckets = {}
    for group in groups:
        keys = (group.key_id,) if by_key else ()
        place = (group.organization_id, floor(group.start), group.model, group.project_id, *keys, group.status)
        found.setdefault(place, Bucket()).add(group)
    return found


def _merge_known(table: type[Rollup], buckets: Buckets) -> None:
    """Add what the rows that are there already say to the sketches that replace theirs."""
    in_order = list(buckets.values())
    for number, latencies, first_tokens in matching_rows(table, place_names(table), list(buckets), SKETCHES):
        merge(in_order[number].latencies, unpack(latencies))
        merge(in_order[number].first_tokens, unpack(first_tokens))


def _added(table: type[Rollup]) -> str:
    name = table._meta.db_table
    sums = [f"{each} = {name}.{each} + excluded.{each}" for each in SUMS]
    sketches = [f"{each} = excluded.{each}" for each in SKETCHES]
    return f"ON CONFLICT ({', '.join(place_names(table))}) DO UPDATE SET {', '.join(sums + sketches)}"
