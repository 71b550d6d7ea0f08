"""Recording calls: events, their price and the rollup, in one transaction and exactly once.

An event that is there already changes nothing, so a batch can be sent again after any crash.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import add, attrgetter
from uuid import UUID

from django.db import transaction

from catalog.prices import PriceBook
from usage.calls import Call
from usage.models import HourlyUsage, UsageEvent
from usage.rated import RatedCall
from usage.sums import NAMES
from usage.writing import write_rows

_COLUMNS = tuple(column.attname for column in UsageEvent._meta.concrete_fields)
_row_of = attrgetter(*_COLUMNS)

_made: Callable[..., RatedCall] = RatedCall
_values_of = attrgetter(*Call.__struct_fields__)  # in their order; what rating adds comes after them
_PLACE, _TABLE = ("organization_id", "hour", "model", "project_id", "key_id"), HourlyUsage._meta.db_table
_NOTHING = (0,) * len(NAMES)
_counts_of = attrgetter(*NAMES[2:])  # all but requests and errors stand in the event under the same name


def record_calls(calls: Sequence[Call]) -> int:
    """Record calls and return how many were new."""
    with transaction.atomic():
        return len(add_events(rate_calls(calls)))


def rate_calls(calls: Sequence[Call]) -> list[RatedCall]:
    """Return the events of calls, one an id, with what they cost by the prices of their moments; writes nothing."""
    book = PriceBook(call.model for call in calls)
    return list({call.id: _rate(call, book) for call in calls}.values())


def add_events(events: Sequence[RatedCall]) -> list[RatedCall]:
    """Write events that are not there yet, and the rollup of those; return them. Within a transaction."""
    new = _insert(events)
    _roll_up(new)
    return new


def _rate(call: Call, book: PriceBook) -> RatedCall:
    price = book.price(call.model, call.started_at)
    amount = price.amount(call.prompt_tokens, call.cached_tokens, call.completion_tokens) if price else 0
    return _made(*_values_of(call), amount, price.version if price else 0)


def _insert(events: Sequence[RatedCall]) -> list[RatedCall]:
    """Insert what is not there yet and return those, as the database names them."""
    rows = [_row_of(event) for event in events]
    found = write_rows(UsageEvent, _COLUMNS, rows, "ON CONFLICT (id) DO NOTHING RETURNING id")
    if len(found) == len(events):
        return list(events)
    fresh = {_uuid(value) for (value,) in found}
    return [event for event in events if event.id in fresh]


def _roll_up(events: Iterable[RatedCall]) -> None:
    buckets: dict[tuple[UUID, datetime, str, UUID, UUID], tuple[int, ...]] = {}
    for event in events:
        hour = event.started_at.replace(minute=0, second=0, microsecond=0)
        place = (event.organization_id, hour, event.model, event.project_id, event.key_id)
        buckets[place] = tuple(map(add, buckets.get(place, _NOTHING), _counted(event)))
    # Always in the same order: two writers that touch the same buckets then cannot deadlock.
    rows = [(*place, *buckets[place]) for place in sorted(buckets)]
    added = ", ".join(f"{name} = {_TABLE}.{name} + excluded.{name}" for name in NAMES)
    write_rows(HourlyUsage, (*_PLACE, *NAMES), rows, f"ON CONFLICT ({', '.join(_PLACE)}) DO UPDATE SET {added}")


def _counted(event: RatedCall) -> tuple[int, ...]:
    """Return what one event adds to each of the sums, in the order of their names."""
    return (1, int(event.status >= 400), *_counts_of(event))


def _uuid(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
