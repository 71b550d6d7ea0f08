"""The list of what Stripe told, or tried to: it covers thirty days, and what never came is in it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from billing.rail.client import Told, ask_all, event_of

KEPT = timedelta(days=30)
_MOST_TYPES = 20


def events_since(since: datetime, types: Sequence[str]) -> Iterator[Told]:
    """Yield what happened since then, of these types; RailError."""
    for some in _parts(types):
        asked = {"created": {"gte": int(since.timestamp())}, "types": some, "limit": 100}
        rows = ask_all(lambda v1, asked=asked: v1.events.list(asked))
        yield from map(event_of, rows)


def undelivered(types: Sequence[str]) -> Iterator[Told]:
    """Yield what Stripe could not deliver in all the days that it keeps; RailError."""
    for some in _parts(types):
        rows = ask_all(lambda v1, some=some: v1.events.list({"delivery_success": False, "types": some, "limit": 100}))
        yield from map(event_of, rows)


def _parts(types: Sequence[str]) -> Iterator[list[str]]:
    return (list(types[place : place + _MOST_TYPES]) for place in range(0, len(types), _MOST_TYPES))
