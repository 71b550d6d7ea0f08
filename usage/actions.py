"""Recording calls: events, their price and the rollup, in one transaction and exactly once.

An event that is there already changes nothing, so a batch can be sent again after any crash.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from catalog.prices import PriceBook
from usage.calls import Call
from usage.models import HourlyUsage, UsageEvent
from usage.sums import NAMES, Sums

_CHUNK = 500  # rows a statement: 17 columns each stay below SQLite's limit of bound values


def record_calls(calls: Sequence[Call]) -> int:
    """Record calls and return how many were new."""
    with transaction.atomic():
        return len(add_events(rate_calls(calls)))


def rate_calls(calls: Sequence[Call]) -> list[UsageEvent]:
    """Return the events of calls, one an id, with what they cost by the prices of their moments; writes nothing."""
    book = PriceBook(call.model for call in calls)
    return list({call.id: _rate(call, book) for call in calls}.values())


def add_events(events: Sequence[UsageEvent]) -> list[UsageEvent]:
    """Write events that are not there yet, and the rollup of those; return them. Within a transaction."""
    fresh = _insert(events)
    new = [event for event in events if event.pk in fresh]
    _roll_up(new)
    return new


def _rate(call: Call, book: PriceBook) -> UsageEvent:
    price = book.price(call.model, call.started_at)
    amount = price.amount(call.prompt_tokens, call.cached_tokens, call.completion_tokens) if price else 0
    named = {field.name: getattr(call, field.name) for field in fields(call)}
    return UsageEvent(**named, amount=amount, price_version=price.version if price else 0)


def _insert(events: Sequence[UsageEvent]) -> set[UUID]:
    """Insert what is not there yet and return the ids of those rows, as the database names them."""
    columns = UsageEvent._meta.concrete_fields
    names = ", ".join(connection.ops.quote_name(str(column.column)) for column in columns)
    row = f"({', '.join(['%s'] * len(columns))})"
    fresh: set[UUID] = set()
    with connection.cursor() as cursor:
        for start in range(0, len(events), _CHUNK):
            chunk = events[start : start + _CHUNK]
            values = [
                column.get_db_prep_save(getattr(event, column.attname), connection)
                for event in chunk
                for column in columns
            ]
            cursor.execute(
                f"INSERT INTO {UsageEvent._meta.db_table} ({names}) VALUES {', '.join([row] * len(chunk))}"  # noqa: S608
                " ON CONFLICT (id) DO NOTHING RETURNING id",
                values,
            )
            fresh.update(_uuid(found) for (found,) in cursor.fetchall())
    return fresh


def _roll_up(events: Iterable[UsageEvent]) -> None:
    buckets: dict[tuple[object, ...], Sums] = {}
    for event in events:
        hour = event.started_at.replace(minute=0, second=0, microsecond=0)
        place = (event.organization_id, hour, event.model, event.project_id, event.key_id)
        buckets.setdefault(place, Sums()).add(_counted(event))
    # Always in the same order: two writers that touch the same buckets then cannot deadlock.
    rows = [_bucket_row(place, buckets[place]) for place in sorted(buckets, key=str)]
    for start in range(0, len(rows), _CHUNK):
        _upsert(rows[start : start + _CHUNK])


def _counted(event: UsageEvent) -> Sums:
    return Sums(
        requests=1,
        errors=int(event.status >= 400),
        prompt_tokens=event.prompt_tokens,
        cached_tokens=event.cached_tokens,
        completion_tokens=event.completion_tokens,
        latency_ms=event.latency_ms,
        amount=event.amount,
    )


_PLACE = ("organization_id", "hour", "model", "project_id", "key_id")


def _bucket_row(place: tuple[object, ...], sums: Sums) -> list[object]:
    values = dict(zip(_PLACE, place, strict=True)) | {name: getattr(sums, name) for name in NAMES}
    return [
        HourlyUsage._meta.get_field(name).get_db_prep_save(value, connection)  # type: ignore[union-attr]
        for name, value in values.items()
    ]


def _upsert(rows: Sequence[Sequence[Any]]) -> None:
    table, names = HourlyUsage._meta.db_table, (*_PLACE, *NAMES)
    row = f"({', '.join(['%s'] * len(names))})"
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in NAMES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES {', '.join([row] * len(rows))}"  # noqa: S608
            f" ON CONFLICT ({', '.join(_PLACE)}) DO UPDATE SET {sums}",
            [value for values in rows for value in values],
        )


def _uuid(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
