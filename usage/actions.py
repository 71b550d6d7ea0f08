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
from usage.groups import Group, grouped
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
_sums_of = attrgetter(*NAMES)


def record_calls(calls: Sequence[Call]) -> int:
    """Record calls and return how many were new."""
    with transaction.atomic():
        new, _ = add_events(rate_calls(calls))
    return len(new)


def rate_calls(calls: Sequence[Call]) -> list[RatedCall]:
    """Return the events of calls, one an id, with what they cost by the prices of their moments; writes nothing."""
    book = PriceBook(call.model for call in calls)
    return list({call.id: _rate(call, book) for call in calls}.values())


def add_events(events: Sequence[RatedCall]) -> tuple[list[RatedCall], list[Group]]:
    """Write events that are not there yet, and the rollup of those; return them, and summed. Within a transaction."""
    new = _insert(events)
    groups = grouped(new)
    _roll_up(groups)
    return new, groups


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
    fresh = {value for (value,) in found}  # as the database has them: UUIDs, or their digits
    return [event for event in events if event.id in fresh or event.id.hex in fresh]


def _roll_up(groups: Iterable[Group]) -> None:
    buckets: dict[tuple[UUID, datetime, str, UUID, UUID], tuple[int, ...]] = {}
    for group in groups:
        place = (group.organization_id, group.hour, group.model, group.project_id, group.key_id)
        buckets[place] = tuple(map(add, buckets.get(place, _NOTHING), _sums_of(group)))
    # Always in the same order: two writers that touch the same buckets then cannot deadlock.
    rows = [(*place, *buckets[place]) for place in sorted(buckets)]
    added = ", ".join(f"{name} = {_TABLE}.{name} + excluded.{name}" for name in NAMES)
    write_rows(HourlyUsage, (*_PLACE, *NAMES), rows, f"ON CONFLICT ({', '.join(_PLACE)}) DO UPDATE SET {added}")
