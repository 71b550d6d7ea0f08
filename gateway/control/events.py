"""Usage events: CloudEvents 1.0 in structured JSON, each read by itself, so that a bad one spoils no other."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from gateway.addresses import Address, network_of, parsed
from usage.calls import Call, Outcome

MOST = 1000  # events a request
ONE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
_OLDEST = timedelta(days=7)
_AHEAD = timedelta(minutes=1)  # clocks differ
_LONGEST_MESSAGE = 300

Tokens = Annotated[int, Meta(ge=0, le=10_000_000)]  # as many as are believed of our own upstreams
Milliseconds = Annotated[int, Meta(ge=0, le=24 * 60 * 60 * 1000)]
Name = Annotated[str, Meta(min_length=1, max_length=120)]
Moment = Annotated[datetime, Meta(tz=True)]


class Data(Struct, forbid_unknown_fields=True):
    """One call. A member that nobody knows is refused: a misspelt count would otherwise be a lost one."""

    model: Name
    prompt_tokens: Tokens
    completion_tokens: Tokens
    key_id: UUID | None = None
    key: Annotated[str, Meta(max_length=512)] | None = None
    started_at: Moment | None = None
    cached_tokens: Tokens = 0
    latency_ms: Milliseconds = 0
    first_token_ms: Milliseconds | None = None
    status: Annotated[int, Meta(ge=100, le=599)] = 200
    outcome: Outcome | None = None
    address: Annotated[str, Meta(max_length=64)] | None = None
    hold: UUID | None = None


class Event(Struct):
    """The envelope; its other attributes and extensions are let be."""

    specversion: Literal["1.0"]
    id: Annotated[str, Meta(min_length=1, max_length=200)]
    source: Annotated[str, Meta(min_length=1, max_length=400)]
    type: Literal["llama.usage.call"]
    data: Data
    time: Moment | None = None
    datacontenttype: Literal["application/json"] = "application/json"


class Refused(Exception):
    """An event that does not count, with a stable code and a sentence."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Unreadable(Refused):
    """One that is not as the schema has it; the sentence is the decoder's, and may quote what was sent."""

    def __init__(self, error: ValueError) -> None:
        super().__init__("invalid", str(error)[:_LONGEST_MESSAGE])


@dataclass(frozen=True, slots=True, repr=False)
class Reported:
    """An event that is well-formed: what is left to find out is whose it is."""

    event: Event
    started_at: datetime
    address: Address | None


class _Name(Struct):
    """What a refused event calls itself, as far as that can be read."""

    id: str | None = None
    source: str | None = None


_raws = msgspec.json.Decoder(list[msgspec.Raw])
_events = msgspec.json.Decoder(Event)
_names = msgspec.json.Decoder(_Name)


def split(body: bytes, *, batch: bool) -> list[msgspec.Raw]:
    """Return the events of a body, unread; ValueError for what is no JSON."""
    return _raws.decode(body) if batch else [msgspec.json.decode(body, type=msgspec.Raw)]


def read(raw: msgspec.Raw, now: datetime) -> Reported:
    """Return an event, or raise Refused with what is wrong with it."""
    try:
        event = _events.decode(raw)
    except RecursionError:
        raise Refused("invalid", "The event is nested too deeply.") from None
    except ValueError as error:
        raise Unreadable(error) from None
    data = event.data
    if (data.key is None) == (data.key_id is None):
        raise Refused("invalid", "Either `key_id` or `key` says whose call it was - at `$.data`")
    if data.cached_tokens > data.prompt_tokens:
        raise Refused("invalid", "Cached tokens are a part of the prompt's - at `$.data.cached_tokens`")
    if data.first_token_ms is not None and data.first_token_ms > data.latency_ms:
        raise Refused("invalid", "The first token comes before the last - at `$.data.first_token_ms`")
    return Reported(event, _started_at(event, now), _address(data.address))


def name_of(raw: msgspec.Raw) -> tuple[str | None, str | None]:
    """Return source and id of any event; None for what cannot be read."""
    try:
        named = _names.decode(raw)
    except (ValueError, RecursionError):
        return None, None
    return named.source, named.id


def call_of(reported: Reported, *, organization_id: UUID, project_id: UUID, key_id: UUID, is_own: bool) -> Call:
    """Return the call that an event tells of, under the id that follows from who it is about, source and id alone.

    What an organization's own gateway reports has names of its own (`call_id`).
    """
    event, data = reported.event, reported.event.data
    failed = Outcome.FAILED if data.status >= 400 else Outcome.COMPLETED
    return Call(
        id=call_id(organization_id, event.source, event.id, is_own=is_own),
        organization_id=organization_id,
        project_id=project_id,
        key_id=key_id,
        model=data.model,
        started_at=reported.started_at,
        status=data.status,
        outcome=data.outcome or failed,
        prompt_tokens=data.prompt_tokens,
        cached_tokens=data.cached_tokens,
        completion_tokens=data.completion_tokens,
        latency_ms=data.latency_ms,
        first_token_ms=data.first_token_ms,
        estimated=False,
        network=network_of(reported.address),
    )


def call_id(organization_id: UUID, source: str, id: str, *, is_own: bool = False) -> UUID:
    """Return the id of a reported call: the same event of the same organization has the same, forever (RFC 9562, 8).

    But for whoever reports it: an organization that knows the name of a call before the operator's gateway reports it,
    as from the first chunk of its answer, would otherwise report it first, with no tokens, and pay nothing.
    """
    name = source.encode()
    digest = blake2b(organization_id.bytes, digest_size=16, person=b"own usage event" if is_own else b"usage event")
    digest.update(len(name).to_bytes(4) + name + id.encode())
    number = int.from_bytes(digest.digest())
    return UUID(int=number & ~(0xF << 76) & ~(0x3 << 62) | 8 << 76 | 2 << 62)


def _started_at(event: Event, now: datetime) -> datetime:
    moment = event.data.started_at or event.time
    if moment is None:
        raise Refused("invalid", "Object missing `started_at`, and the event has no `time` - at `$.data`")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:  # the first and the last day there are
        raise Refused("too_old", "The call began too long ago or too far ahead.") from None
    if moment > now + _AHEAD:
        raise Refused("in_the_future", "The call began in the future.")
    if moment < now - _OLDEST:
        raise Refused("too_old", f"The call began more than {_OLDEST.days} days ago.")
    return moment


def _address(text: str | None) -> Address | None:
    if text is None:
        return None
    if (address := parsed(text)) is None:
        raise Refused("invalid", "This is no address - at `$.data.address`")
    return address
