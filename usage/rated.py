"""A call with its price: what is recorded of it, and what its settlement needs besides."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from usage.calls import Outcome


@dataclass(slots=True)
class RatedCall:
    """One call as its event says it: a plain record, because making a row's object takes longer than all the rest."""

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
    estimated: bool
    latency_ms: int
    first_token_ms: int | None
    network: str
    holds: tuple[UUID, ...]
    held: int
    amount: int  # pico-dollars
    price_version: int  # 0: the model had no price
    billed_in: UUID | None = None  # the invoice; of who is not billed, none
