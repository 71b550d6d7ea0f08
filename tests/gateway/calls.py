"""Calls to put into a spool."""

from datetime import UTC, datetime
from uuid import UUID

from ledger.ids import new_id
from tests.gateway.fakes import MEMBER, MODEL
from usage.calls import Call, Outcome


def call(id: UUID | None = None, *, completion_tokens: int = 5) -> Call:
    return Call(
        id=id or new_id(), organization_id=MEMBER.organization_id, project_id=MEMBER.project_id, key_id=MEMBER.key_id,
        model=MODEL, started_at=datetime.now(UTC), status=200, outcome=Outcome.COMPLETED, prompt_tokens=12,
        cached_tokens=4, completion_tokens=completion_tokens, latency_ms=7, first_token_ms=None, estimated=False,
    )  # fmt: skip
