"""Calls summed once for all that count them: those of one key, model and hour make one group, however many they are."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from usage.rated import RatedCall


class Group(Struct):
    """Calls that differ in nothing but their moment within an hour, how they went, and their numbers."""

    organization_id: UUID
    project_id: UUID
    key_id: UUID
    model: str
    network: str
    hour: datetime
    price_version: int
    billed_in: UUID | None
    first_id: UUID  # the least of their ids
    last_at: datetime
    requests: int = 0
    errors: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    latency_ms: int = 0
    amount: int = 0  # pico-dollars


def grouped(calls: Iterable[RatedCall]) -> list[Group]:
    """Return the groups of some calls, in the order in which they come first."""
    found: dict[tuple[object, ...], Group] = {}
    for call in calls:
        place = _place(call, hour := call.started_at.replace(minute=0, second=0, microsecond=0))
        if (group := found.get(place)) is None:
            group = found[place] = _begun(call, hour)
        group.requests += 1
        group.errors += call.status >= 400
        group.prompt_tokens += call.prompt_tokens
        group.cached_tokens += call.cached_tokens
        group.completion_tokens += call.completion_tokens
        group.latency_ms += call.latency_ms
        group.amount += call.amount
        if call.started_at > group.last_at:
            group.last_at = call.started_at
        if call.id.int < group.first_id.int:
            group.first_id = call.id
    return list(found.values())


def _place(call: RatedCall, hour: datetime) -> tuple[object, ...]:
    # Ids as numbers: to hash and compare a UUID itself takes most of the time that all of this does.
    ids = call.organization_id.int, call.project_id.int, call.key_id.int, call.billed_in and call.billed_in.int
    return (*ids, hour, call.model, call.network, call.price_version)


def _begun(call: RatedCall, hour: datetime) -> Group:
    return Group(
        organization_id=call.organization_id,
        project_id=call.project_id,
        key_id=call.key_id,
        model=call.model,
        network=call.network,
        hour=hour,
        price_version=call.price_version,
        billed_in=call.billed_in,
        first_id=call.id,
        last_at=call.started_at,
    )
