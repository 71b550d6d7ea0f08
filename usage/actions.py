"""Recording calls: events, their price and the rollup, in one transaction and exactly once.

An event that is there already changes nothing, so a batch can be sent again after any crash.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from operator import attrgetter
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from catalog.prices import PriceBook
from usage.calls import Call
from usage.grains import minutes_since
from usage.groups import Group, grouped
from usage.models import UsageEvent
from usage.rated import RatedCall
from usage.rollups import lock_usage, roll_up
from usage.writing import copy_rows, known_ids, write_rows

_COLUMNS = tuple(column.attname for column in UsageEvent._meta.concrete_fields)
_row_of = attrgetter(*_COLUMNS)

_APART = timedelta(days=8)  # at most, two moments under which one id is reported; other gateways report a week of calls

_made: Callable[..., RatedCall] = RatedCall
_values_of = attrgetter(*Call.__struct_fields__)  # in their order; what rating adds comes after them


def record_calls(calls: Sequence[Call]) -> int:
    """Record calls and return how many were new."""
    events = rate_calls(calls)
    with transaction.atomic():
        lock_usage({event.organization_id for event in events})
        new, _ = add_events(events)
    return len(new)


def rate_calls(calls: Sequence[Call]) -> list[RatedCall]:
    """Return the events of calls, one an id, with what they cost by the prices of their moments; writes nothing."""
    book = PriceBook(call.model for call in calls)
    return list({call.id: _rate(call, book) for call in calls}.values())


def add_events(events: Sequence[RatedCall]) -> tuple[list[RatedCall], list[Group]]:
    """Write events that are not there yet, and the rollups of those; return them, and summed; `lock_usage` first."""
    new = _insert(events)
    groups = grouped(new, minutes_since(timezone.now()))
    roll_up(groups)
    return new, groups


def _rate(call: Call, book: PriceBook) -> RatedCall:
    price = book.price(call.model, call.started_at)
    amount = price.amount(call.prompt_tokens, call.cached_tokens, call.completion_tokens) if price else 0
    return _made(*_values_of(call), amount, price.version if price else 0)


def _insert(events: Sequence[RatedCall]) -> list[RatedCall]:
    """Insert what is not there yet and return it."""
    return _copy(events) if connection.vendor == "postgresql" else _write(events)


def _copy(events: Sequence[RatedCall]) -> list[RatedCall]:
    known = _known(events) if events else set()
    new = [event for event in events if event.id not in known] if known else list(events)
    if new:
        copy_rows(UsageEvent, _COLUMNS, [_row_of(event) for event in new])
    return new


def _known(events: Sequence[RatedCall]) -> set[UUID]:
    """Return the ids that are there, whatever moment they came with; only the months in which that can be are read.

    A call comes again with its own moment. But what another gateway tells two processes of ours under one id may differ
    in it, and PostgreSQL would let both in: its key of a divided table has the moment in it.
    """
    times = [event.started_at for event in events]
    span = Q(started_at__gte=min(times) - _APART, started_at__lte=max(times) + _APART)
    return known_ids(UsageEvent, [event.id for event in events], span)


def _write(events: Sequence[RatedCall]) -> list[RatedCall]:
    rows = [_row_of(event) for event in events]
    found = write_rows(UsageEvent, _COLUMNS, rows, "ON CONFLICT (id) DO NOTHING RETURNING id")
    if len(found) == len(events):
        return list(events)
    fresh = {value for (value,) in found}  # the digits, as the database has them
    return [event for event in events if event.id.hex in fresh]
