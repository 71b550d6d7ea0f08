"""What the gateway reports of one call; the input of a usage event."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class Outcome(StrEnum):
    """How a call ended."""

    COMPLETED = "completed"
    DISCONNECTED = "disconnected"  # the client left before the end; what was produced counts
    FAILED = "failed"  # the upstream failed, or refused the request


class Call(Struct, frozen=True):
    """One call, counted. The id makes it idempotent: the same id is recorded once.

    Tokens are whole numbers of at least zero; cached ones are part of the prompt.
    Times are milliseconds; `started_at` is timezone-aware UTC.
    """

    id: UUID
    organization_id: UUID
    project_id: UUID
    key_id: UUID
    model: str
    started_at: datetime
    status: int
    outcome: Outcome
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    latency_ms: int
    first_token_ms: int | None
    estimated: bool  # the upstream reported no (or absurd) usage and the gateway counted
    network: str = ""  # of the caller: its address cut to /24, or /48 of IPv6; "" if unknown
    holds: tuple[UUID, ...] = ()  # what was set aside for it is a part of each of these
    held: int = 0  # so much of each, pico-dollars
