"""Verification: from a presented secret to the caller it speaks for."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from keys.models import ApiKey
from keys.secrets import hash_secret, is_well_formed


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a valid key speaks for, and what holds for its calls."""

    key_id: UUID
    organization_id: UUID
    project_id: UUID
    retention_days: int  # 0: prompts and answers are never written


def find_caller(secret: str) -> Caller | None:
    """Return the caller of an active key in one query.

    None for a malformed, unknown or revoked one, one of an archived project, or a demo key in production.
    """
    if not is_well_formed(secret):
        return None
    keys = ApiKey.objects.active().filter(secret_hash=hash_secret(secret), project__archived_at=None)
    if not settings.DEVELOPMENT:
        keys = keys.filter(project__organization__is_demo=False)
    row = keys.values_list("id", "project__organization_id", "project_id", "project__retention_days").first()
    return Caller(*row) if row else None
