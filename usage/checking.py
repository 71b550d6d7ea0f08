"""Whether the rollups say what the events say, an organization's day at a time; and making them say it.

A look without a lock may see half of a change, so a day that seems wrong is looked at again under its organization's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from usage.grains import DAY, MINUTE, minutes_since
from usage.groups import grouped
from usage.models import DailyTotal, Rollup, UsageEvent
from usage.purging import kept_since
from usage.rated import RatedCall
from usage.rollups import SKETCHES, SUMS, Bucket, Buckets, buckets_of, lock_usage, place_names, write_buckets
from usage.sketch import unpack
from usage.writing import digits

_KEPT = tuple(name for name in RatedCall.__struct_fields__ if name not in {"network", "holds", "held"})
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Span:
    """A day of an organization, in UTC."""

    organization_id: UUID
    start: datetime

    @property
    def end(self) -> datetime:
        return self.start + DAY.length


@dataclass(frozen=True, slots=True)
class Difference:
    """A bucket that does not say what its calls come to; None where there is none, or should be none."""

    table: str
    place: str
    counted: list[int] | None
    kept: list[int] | None

    def __str__(self) -> str:
        return f"{self.table} {self.place}: calls come to {self.counted}, it says {self.kept}"


def spans(organization_id: UUID | None = None) -> list[Span]:
    """Return all days of all organizations, or of one, from their first call or bucket to the last.

    Days whose calls are no longer kept are left out: nothing can be counted again for them.
    """
    first_last: dict[UUID, tuple[datetime, datetime]] = {}
    for table, name in ((UsageEvent, "started_at"), (DailyTotal, "start")):
        rows: QuerySet[Any] = table._default_manager.order_by()
        if organization_id:
            rows = rows.filter(organization_id=organization_id)
        for each, first, last in rows.values_list("organization_id").annotate(Min(name), Max(name)):
            known = first_last.get(each, (first, last))
            first_last[each] = min(known[0], first), max(known[1], last)
    since = kept_since()
    return [span for each in sorted(first_last) for span in _days(each, *first_last[each]) if span.start >= since]


def check(span: Span, *, repair: bool = False) -> list[Difference]:
    """Return what is wrong with a day, and put it right if asked to."""
    now = timezone.now()
    if not list(_differences(span, now)):
        return []
    with transaction.atomic():
        lock_usage([span.organization_id])
        found = list(_differences(span, now))
        if found and repair:
            _write_again(span, now)
    return found


def _days(organization_id: UUID, first: datetime, last: datetime) -> Iterator[Span]:
    day = DAY.floor(first)
    while day <= last:
        yield Span(organization_id, day)
        day += timedelta(days=1)


def _differences(span: Span, now: datetime) -> Iterator[Difference]:
    for table, counted in _counted(span, now):
        kept = _kept(table, span, now)
        for place in sorted(counted.keys() | kept.keys(), key=str):
            one, other = counted.get(place), kept.get(place)
            if one is None or other is None or _content(one) != _content(other):
                named = ", ".join(map(str, place[1:]))
                yield Difference(
                    table.__name__, named, list(one.sums) if one else None, list(other.sums) if other else None
                )


def _content(bucket: Bucket) -> tuple[object, ...]:
    return list(bucket.sums), bucket.latencies, bucket.first_tokens


def _counted(span: Span, now: datetime) -> list[tuple[type[Rollup], Buckets]]:
    events = UsageEvent.objects.filter(
        organization_id=span.organization_id, started_at__gte=span.start, started_at__lt=span.end
    )
    rows = events.values_list(*_KEPT).iterator(chunk_size=_AT_ONCE)
    calls = (RatedCall(**dict(zip(_KEPT, row, strict=True))) for row in rows)
    return buckets_of(grouped(calls, minutes_since(now)))


def _kept(table: type[Rollup], span: Span, now: datetime) -> Buckets:
    found: Buckets = {}
    names, since = place_names(table), span.start
    if table is MINUTE.by_key:
        since = max(since, minutes_since(now))  # those before are about to be purged
    rows = table._default_manager.filter(organization_id=span.organization_id, start__gte=since, start__lt=span.end)
    for row in rows.values_list(*names, *SUMS, *SKETCHES).iterator(chunk_size=_AT_ONCE):
        *sums, latencies, first_tokens = row[len(names) :]
        place = tuple(digits(value) if isinstance(value, UUID) else value for value in row[: len(names)])
        found[place] = Bucket(list(map(int, sums)), unpack(latencies), unpack(first_tokens))
    return found


def _write_again(span: Span, now: datetime) -> None:
    for table, counted in _counted(span, now):
        rows = table._default_manager.filter(
            organization_id=span.organization_id, start__gte=span.start, start__lt=span.end
        )
        rows.delete()
        if counted:
            write_buckets(table, counted)
