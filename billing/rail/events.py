"""The list of what Stripe told, or tried to: it covers thirty days, and what never came is in it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from billing.rail.client import Json, Told, ask_all, event_of

KEPT = timedelta(days=30)
_MOST_TYPES = 20


def events_since(since: datetime, types: Sequence[str]) -> Iterator[Told]:
    """Yield what happened since then, of these types; RailError."""
    return _listed({"created": {"gte": int(since.timestamp())}}, types)


def undelivered(types: Sequence[str]) -> Iterator[Told]:
    """Yield what Stripe could not deliver in all the days that it keeps; RailError."""
    return _listed({"delivery_success": False}, types)


def _listed(asked: Json, types: Sequence[str]) -> Iterator[Told]:
    for place in range(0, len(types), _MOST_TYPES):
        part = {**asked, "types": list(types[place : place + _MOST_TYPES]), "limit": 100}
        yield from map(event_of, ask_all(partial(_list, part)))


def _list(asked: Any, services: Any) -> Any:
    return services.events.list(asked)
