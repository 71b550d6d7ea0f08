"""A page of calls, each with whether its body is kept.

Whether it is stands in the other database, which knows no model and no status: where only kept ones are wanted, their
ids come from there, and the calls are asked for by them.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from content.models import StoredExchange
from trust.requests.kept import Retention, kept_among
from usage import log
from usage.log import Page, Place, Wanted
from usage.models import UsageEvent

_CHUNK = 500  # ids that one look brings
_LOOKS = 2  # before the page says that there may be more


@dataclass(frozen=True, slots=True)
class Found:
    page: Page
    kept: set[UUID]


def find_page(
    wanted: Wanted, retention: Retention, now: datetime, *, before: Place | None, size: int, kept: bool
) -> Found:
    """Return a page; `retention` has the projects whose calls may be seen."""
    if kept:
        found = _kept(wanted, retention, now, before, size)
        return Found(found, {event.pk for event in found.events})
    found = log.page(wanted, before=before, size=size)
    return Found(found, kept_among(wanted.organization_id, found.events, retention, now))


def _kept(wanted: Wanted, retention: Retention, now: datetime, before: Place | None, size: int) -> Page:
    events: list[UsageEvent] = []
    for _ in range(_LOOKS):
        places = _places(wanted, retention, now, before)
        found = wanted.events().filter(pk__in=[place.id for place in places])
        events += found[: size + 1 - len(events)]
        if len(events) > size or len(places) < _CHUNK:
            return log.cut(events, size)
        before = places[-1]
    return Page(events, before)


def _places(wanted: Wanted, retention: Retention, now: datetime, before: Place | None) -> list[Place]:
    stored = StoredExchange.objects.readable(wanted.organization_id, retention, now)
    narrowed = [before.condition] if before else []
    narrowed += [Q(started_at__gte=wanted.since)] if wanted.since else []
    narrowed += [Q(started_at__lt=wanted.until)] if wanted.until else []
    narrowed += [Q(project_id__in=list(wanted.projects))] if wanted.projects is not None else []
    rows = stored.filter(*narrowed).order_by("-started_at", "-pk").values_list("started_at", "pk")
    return [Place(at, pk) for at, pk in rows[:_CHUNK]]
