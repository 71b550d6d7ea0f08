"""Verification: from a presented secret to the caller it speaks for."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a valid key speaks for, and what holds for its calls."""

    key_id: UUID
    organization_id: UUID
    project_id: UUID
    retention_days: int  # 0: prompts and answers are never written


def find_caller(secret: str) -> Caller | None:
    """Return the caller of an active key; None for a malformed, unknown, expired or revoked one."""
    raise NotImplementedError
