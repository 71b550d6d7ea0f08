"""Single calls of an organization in a span of time, the oldest first, for files: any number in constant memory."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from usage.keyset import chunks
from usage.models import UsageEvent
from usage.queries import Where

FIRST_DIGIT = F("status") / 100
COLUMNS = (
    "started_at", "id", "project_id", "key_id", "model", "status", "outcome", "prompt_tokens", "cached_tokens",
    "completion_tokens", "estimated", "latency_ms", "first_token_ms", "amount", "price_version",
)  # fmt: skip


def events_of(organization_id: UUID, where: Where, start: datetime, end: datetime) -> QuerySet[UsageEvent]:
    """Return the calls that began from `start` to before `end`."""
    span = Q(organization_id=organization_id, started_at__gte=start, started_at__lt=end)
    return UsageEvent.objects.filter(span, _condition(where))


def event_chunks(
    organization_id: UUID, where: Where, start: datetime, end: datetime
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield their values in the order of COLUMNS."""
    return chunks(events_of(organization_id, where, start, end), "started_at", COLUMNS[2:])


def _condition(where: Where) -> Q:
    """Return what narrows calls as `Where.condition` narrows their rollup."""
    found = Q()
    for name, some in (("project_id", where.projects), ("model", where.models), ("key_id", where.keys)):
        if some is not None:
            found &= Q(**{f"{name}__in": list(some)})
    if where.statuses is not None:
        digits = Q(pk__in=[])
        for digit in where.statuses:
            digits |= Q(status__gte=100 * digit, status__lt=100 * digit + 100)
        found &= digits
    return found
