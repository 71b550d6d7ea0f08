"""Noting what keys did, by hour, network and model; within the transaction that records the calls, so once each."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from keys.models import KeyUse
from usage.groups import Group
from usage.writing import write_rows

_PLACE = ("key_id", "hour", "network", "model")
_SUMS = ("requests", "errors", "tokens", "amount")
_TABLE = KeyUse._meta.db_table
_LATER = {"sqlite": "MAX", "postgresql": "GREATEST"}
_Place = tuple[UUID, datetime, str, str]


def add_uses(groups: Iterable[Group], vendor: str) -> None:
    """Add new calls."""
    found: dict[_Place, list[int]] = {}
    last: dict[_Place, datetime] = {}
    for group in groups:
        place = (group.key_id, group.hour, group.network, group.model)
        sums = found.setdefault(place, [0, 0, 0, 0])
        sums[0] += group.requests
        sums[1] += group.errors
        sums[2] += group.prompt_tokens + group.completion_tokens
        sums[3] += group.amount
        last[place] = max(last.get(place, group.last_at), group.last_at)
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
