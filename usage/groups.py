"""Calls summed once for all that count them: those of one key, model and bucket of time make one group.

The bucket is a minute as long as minutes are kept, and an hour for calls that come later than that.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct, field

from usage.rated import RatedCall
from usage.sketch import Sketch, bin_of


class Group(Struct):
    """Calls that differ in nothing but their moment within a bucket, how long they took, and their numbers."""

    organization_id: UUID
    project_id: UUID
    key_id: UUID
    model: str
    network: str
    status: int  # the first digit
    start: datetime
    hour: datetime
    by_minute: bool
    price_version: int
    billed_in: UUID | None
    first_id: UUID  # the least of their ids
    last_at: datetime
    requests: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    latency_ms: int = 0
    amount: int = 0  # pico-dollars
    latencies: Sketch = field(default_factory=dict)
    first_tokens: Sketch = field(default_factory=dict)

    @property
    def errors(self) -> int:
        return self.requests if self.status >= 4 else 0


def grouped(calls: Iterable[RatedCall], minutes_since: datetime) -> list[Group]:
    """Return the groups of some calls, in the order in which they come first; by minute from a moment on."""
    found: dict[tuple[object, ...], Group] = {}
    for call in calls:
        at = call.started_at
        is_recent = at >= minutes_since
        start = at.replace(second=0, microsecond=0) if is_recent else at.replace(minute=0, second=0, microsecond=0)
        place = _place(call, start)
        if (group := found.get(place)) is None:
            group = found[place] = _begun(call, start, is_recent)
        group.requests += 1
        group.prompt_tokens += call.prompt_tokens
        group.cached_tokens += call.cached_tokens
        group.completion_tokens += call.completion_tokens
        group.latency_ms += call.latency_ms
        group.amount += call.amount
        latency = bin_of(call.latency_ms)
        group.latencies[latency] = group.latencies.get(latency, 0) + 1
        if call.first_token_ms is not None:
            first = bin_of(call.first_token_ms)
            group.first_tokens[first] = group.first_tokens.get(first, 0) + 1
        if at > group.last_at:
            group.last_at = at
        if call.id.int < group.first_id.int:
            group.first_id = call.id
    return list(found.values())


def _place(call: RatedCall, start: datetime) -> tuple[object, ...]:
    # Ids as numbers: to hash and compare a UUID itself takes most of the time that all of this does.
    ids = call.organization_id.int, call.project_id.int, call.key_id.int, call.billed_in and call.billed_in.int
    return (*ids, start, call.status // 100, call.model, call.network, call.price_version)


def _begun(call: RatedCall, start: datetime, by_minute: bool) -> Group:
    return Group(
        organization_id=call.organization_id,
        project_id=call.project_id,
        key_id=call.key_id,
        model=call.model,
        network=call.network,
        status=call.status // 100,
        start=start,
        hour=start.replace(minute=0),
        by_minute=by_minute,
        price_version=call.price_version,
        billed_in=call.billed_in,
        first_id=call.id,
        last_at=call.started_at,
    )
