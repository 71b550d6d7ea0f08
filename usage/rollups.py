"""Writing the rollups: groups of new calls are added to the buckets of each grain. Within the caller's transaction.

Counts are added by the database. Sketches are merged here, which is safe because whoever writes the usage of an
organization holds its lock.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import add, attrgetter, itemgetter
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from usage.grains import DAY, HOUR, MINUTE
from usage.groups import Group
from usage.models import DailyTotal, HourlyTotal, KeyRollup, Rollup
from usage.sketch import Sketch, merge, pack, unpack
from usage.writing import digits, matching_rows, write_rows

SUMS = ("requests", "prompt_tokens", "cached_tokens", "completion_tokens", "latency_ms", "amount")
SKETCHES = ("latencies", "first_tokens")
_TOTAL = ("organization_id", "start", "model", "project_id", "status")
_BY_KEY = (*_TOTAL, "key_id")
_place_of = attrgetter(*_BY_KEY)
_without_key = itemgetter(slice(len(_TOTAL)))
_sums_of = attrgetter(*SUMS)
_USAGE = 0x75736167  # the class of these advisory locks


class Bucket:
    """What is to be added in one place."""

    __slots__ = ("first_tokens", "latencies", "sums")

    def __init__(self, sums: Sequence[int], latencies: Sketch, first_tokens: Sketch) -> None:
        self.sums, self.latencies, self.first_tokens = sums, latencies, first_tokens

    def add(self, other: "Bucket") -> None:
        self.sums = list(map(add, self.sums, other.sums))
        merge(self.latencies, other.latencies)
        merge(self.first_tokens, other.first_tokens)

    def copy(self) -> "Bucket":
        return Bucket(self.sums, dict(self.latencies), dict(self.first_tokens))


# The values of `place_names`, ids as their 32 digits: to hash a UUID takes longer than all the rest of a look-up.
Place = tuple[datetime | str | int, ...]
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


def buckets_of(groups: Sequence[Group]) -> list[tuple[type[Rollup], Buckets]]:
    """Return what groups come to in each table, the coarser ones made from the finer."""
    minutes = _of_groups(group for group in groups if group.by_minute)
    hours = _coarser(minutes, _at(HOUR.floor))
    for place, bucket in _of_groups(group for group in groups if not group.by_minute).items():
        hours[place] = bucket  # of hours that minutes are kept of there are none
    hourly = _coarser(hours, _without_key)
    return [
        (MINUTE.by_key, minutes),
        (HOUR.by_key, hours),
        (DAY.by_key, _coarser(hours, _at(DAY.floor))),
        (HourlyTotal, hourly),
        (DailyTotal, _coarser(hourly, _at(DAY.floor))),
    ]


def write_buckets(table: type[Rollup], buckets: Buckets, ending: str = "") -> None:
    """Insert rows; the ending says what happens where there is one already."""
    rows = [(*place, *each.sums, pack(each.latencies), pack(each.first_tokens)) for place, each in buckets.items()]
    write_rows(table, (*place_names(table), *SUMS, *SKETCHES), rows, ending)


def _of_groups(groups: Iterable[Group]) -> Buckets:
    found: Buckets = {}
    for group in groups:
        more = Bucket(_sums_of(group), group.latencies, group.first_tokens)
        organization_id, start, model, project_id, status, key_id = _place_of(group)
        place = (digits(organization_id), start, model, digits(project_id), status, digits(key_id))
        _add(found, place, more)
    return found


def _coarser(buckets: Buckets, place_of: Callable[[Place], Place]) -> Buckets:
    found: Buckets = {}
    for place, more in buckets.items():
        _add(found, place_of(place), more)
    return found


def _add(buckets: Buckets, place: Place, more: Bucket) -> None:
    if (bucket := buckets.get(place)) is None:
        buckets[place] = more.copy()  # of what it is made of there is a row, too
    else:
        bucket.add(more)


def _at(floor: Callable[[datetime], datetime]) -> Callable[[Place], Place]:
    floors: dict[Any, datetime] = {}

    def coarser(place: Place) -> Place:
        organization_id, start, *others = place
        if (at := floors.get(start)) is None:
            at = floors[start] = floor(start)  # type: ignore[arg-type]
        return (organization_id, at, *others)

    return coarser


def _merge_known(table: type[Rollup], buckets: Buckets) -> None:
    """Add what is new to the sketches of the rows that are there already."""
    in_order = list(buckets.values())
    for number, *packed in matching_rows(table, place_names(table), list(buckets), SKETCHES):
        bucket, (latencies, first_tokens) = in_order[number], map(unpack, packed)
        merge(latencies, bucket.latencies)
        merge(first_tokens, bucket.first_tokens)
        bucket.latencies, bucket.first_tokens = latencies, first_tokens


def _added(table: type[Rollup]) -> str:
    name = table._meta.db_table
    sums = [f"{each} = {name}.{each} + excluded.{each}" for each in SUMS]
    sketches = [f"{each} = excluded.{each}" for each in SKETCHES]
    return f"ON CONFLICT ({', '.join(place_names(table))}) DO UPDATE SET {', '.join(sums + sketches)}"
