"""Of a call, whether its prompt and answer can be opened, and if not, why. The two databases meet here by ids alone."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from accounts.models import Project
from content.models import StoredExchange
from ledger.models import Action, AuditEvent
from usage.models import UsageEvent

_ON_ITS_WAY = timedelta(minutes=1)  # that the gateway may take to seal it
Retention = Mapping[UUID, int]  # days by project


class Body(StrEnum):
    """What became of the prompt and the answer of a call."""

    SEALED = "sealed"
    WAITING = "waiting"  # to be sealed
    NEVER = "never-written"
    PURGED = "purged"
    LOST = "lost"  # the gateway could not keep it


def retention_of(projects: Iterable[Project]) -> dict[UUID, int]:
    return {project.pk: project.retention_days for project in projects}


def kept_among(organization_id: UUID, events: Iterable[UsageEvent], retention: Retention, now: datetime) -> set[UUID]:
    """Return the ids of those calls whose prompt and answer can be opened; one query, and none without calls."""
    ids = [event.pk for event in events if retention.get(event.project_id)]
    found = StoredExchange.objects.readable(organization_id, retention, now).filter(pk__in=ids)
    return set(found.values_list("pk", flat=True)) if ids else set()


def find_exchange(event: UsageEvent, project: Project, now: datetime) -> StoredExchange | None:
    """Return what is kept of a call; None if nothing is, or nothing may be read any more."""
    kept = StoredExchange.objects.readable(event.organization_id, retention_of([project]), now)
    return kept.filter(pk=event.pk).first()


def body_of(event: UsageEvent, project: Project, exchange: StoredExchange | None, now: datetime) -> Body:
    """Say what became of the body of a call; `exchange` is what was found of it."""
    if exchange:
        return Body.SEALED
    then = retention_then(project, event.started_at)
    if not then:
        return Body.NEVER
    if event.started_at + timedelta(days=min(then, project.retention_days)) <= now:
        return Body.PURGED
    return Body.WAITING if now - event.started_at < _ON_ITS_WAY else Body.LOST


def retention_then(project: Project, moment: datetime) -> int:
    """Return how many days the project kept calls of a moment, as the audit log tells."""
    changes = AuditEvent.objects.filter(
        organization_id=project.organization_id,
        target=str(project.pk),
        action=Action.PROJECT_RETENTION_CHANGED,
        at__gt=moment,
    )
    first = changes.order_by("pk").first()
    return int(first.payload["former"]) if first else project.retention_days
