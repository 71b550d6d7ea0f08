"""Noting what keys did, by hour, network and model; within the transaction that records the calls, so once each."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from keys.models import KeyUse
from usage.rated import RatedCall
from usage.writing import write_rows

_PLACE = ("key_id", "hour", "network", "model")
_SUMS = ("requests", "errors", "tokens", "amount")
_TABLE = KeyUse._meta.db_table
_LATER = {"sqlite": "MAX", "postgresql": "GREATEST"}
_Place = tuple[UUID, datetime, str, str]


def add_uses(calls: Iterable[RatedCall], vendor: str) -> None:
    """Add new calls."""
    found: dict[_Place, list[int]] = {}
    last: dict[_Place, datetime] = {}
    for call in calls:
        hour = call.started_at.replace(minute=0, second=0, microsecond=0)
        place = (call.key_id, hour, call.network, call.model)
        sums = found.setdefault(place, [0, 0, 0, 0])
        sums[0] += 1
        sums[1] += call.status >= 400
        sums[2] += call.prompt_tokens + call.completion_tokens
        sums[3] += call.amount
        last[place] = max(last.get(place, call.started_at), call.started_at)
    # Always in the same order: two writers that touch the same rows then cannot deadlock.
    rows = [(*place, *found[place], last[place]) for place in sorted(found)]
    added = ", ".join(f"{name} = {_TABLE}.{name} + excluded.{name}" for name in _SUMS)
    later = f"last_at = {_LATER[vendor]}({_TABLE}.last_at, excluded.last_at)"
    write_rows(
        KeyUse,
        (*_PLACE, *_SUMS, "last_at"),
        rows,
        f"ON CONFLICT ({', '.join(_PLACE)}) DO UPDATE SET {added}, {later}",
    )
