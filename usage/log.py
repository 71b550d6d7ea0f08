"""Single calls of one organization, the newest first, a page at a time.

No page looks through the calls that it leaves out. Where projects, a key, a model or errors are asked for, the rollup
names the hours in which there were such calls, and only those are read; what did not end well, and what was estimated,
has an index of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from usage.calls import Outcome
from usage.models import UsageEvent
from usage.queries import Projects, hourly_totals, rollup

_HOUR = timedelta(hours=1)
_ROUNDS = 2  # of hours that a page reads before it says that there may be more
_MOST_HOURS = 100  # in one round
_CHUNK = 500
_EPOCH = datetime.fromtimestamp(0, UTC)


class Status(StrEnum):
    """The first digit of what the caller was answered."""

    OK = "2xx"
    CLIENT = "4xx"
    SERVER = "5xx"

    @property
    def condition(self) -> Q:
        first = int(self.value[0]) * 100
        return Q(status__gte=first, status__lt=first + 100)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: everything older follows. The id tells calls of one moment apart."""

    at: datetime
    id: UUID = field(default=UUID(int=0))

    @classmethod
    def of(cls, event: UsageEvent) -> "Place":
        return cls(event.started_at, event.pk)

    @classmethod
    def read(cls, text: str) -> "Place":
        """Return the place that `str` wrote; ValueError for any other text."""
        micros, _, name = text.partition("-")
        if not (micros.isascii() and micros.isdigit() and len(micros) <= 17 and len(name) == 32):
            raise ValueError("This is no place in the list of calls.")
        return cls(_EPOCH + timedelta(microseconds=int(micros)), UUID(hex=name))

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.id.hex}"

    @property
    def condition(self) -> Q:
        return Q(started_at__lte=self.at) & (Q(started_at__lt=self.at) | Q(pk__lt=self.id))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls: of these projects (None: of all), and what else narrows them."""

    organization_id: UUID
    projects: Projects = None
    key_id: UUID | None = None
    model: str = ""
    status: Status | None = None
    outcome: Outcome | None = None
    estimated: bool = False
    since: datetime | None = None
    until: datetime | None = None  # not included

    def events(self) -> QuerySet[UsageEvent]:
        """Return all of them, the newest first."""
        found = UsageEvent.objects.filter(organization_id=self.organization_id).filter(*self._conditions())
        return found.order_by("-started_at", "-pk")

    def _conditions(self) -> Iterator[Q]:
        yield from self._grouped()
        if self.status:
            yield self.status.condition
        if self.outcome:
            yield Q(outcome=self.outcome.value)
        if self._is_unfinished:
            yield ~Q(outcome=Outcome.COMPLETED.value)  # as the index says it
        if self.estimated:
            yield Q(estimated=True)
        if self.since:
            yield Q(started_at__gte=self.since)
        if self.until:
            yield Q(started_at__lt=self.until)

    def _grouped(self) -> Iterator[Q]:
        """Yield what the rollup can tell apart as well."""
        if self.projects is not None:
            yield Q(project_id__in=list(self.projects))
        if self.key_id:
            yield Q(key_id=self.key_id)
        if self.model:
            yield Q(model=self.model)

    @property
    def _is_unfinished(self) -> bool:
        return self.outcome not in (None, Outcome.COMPLETED)

    @property
    def reads_hours(self) -> bool:
        """Tell whether the rollup says where to look."""
        is_indexed = self.estimated or self._is_unfinished
        return not is_indexed and (any(True for _ in self._grouped()) or self._wants_errors)

    @property
    def _wants_errors(self) -> bool:
        return self.status in (Status.CLIENT, Status.SERVER)

    def hours(self, before: Place | None) -> Iterator[tuple[datetime, int]]:
        """Yield the hours that have such calls, the newest first, each with how many it may have."""
        rows = rollup(self.organization_id).filter(*self._grouped())
        if self.status:
            rows = rows.filter(status=int(self.status.value[0]))
        if self.since:
            rows = rows.filter(start__gt=self.since - _HOUR)
        if self.until:
            rows = rows.filter(start__lt=self.until)
        if before:
            rows = rows.filter(start__lte=before.at)
        yield from rows.values_list("start").annotate(number=Sum("requests")).order_by("-start")[:_MOST_HOURS]


@dataclass(frozen=True, slots=True)
class Page:
    """Calls, and where the next page begins; None on the last one."""

    events: list[UsageEvent]
    following: Place | None


def page(wanted: Wanted, *, before: Place | None, size: int) -> Page:
    events = _after(wanted.events(), before)
    if not wanted.reads_hours:
        return cut(list(events[: size + 1]), size)
    found: list[UsageEvent] = []
    for _ in range(_ROUNDS):
        hours, is_all = _enough(wanted, before, size + 1 - len(found))
        if hours:
            found += _after(events, before).filter(_within(hours))[: size + 1 - len(found)]
        if is_all or len(found) > size:
            return cut(found, size)
        before = Place(hours[-1])  # nothing of it is older than its beginning
    return Page(found, before)


def cut(found: list[UsageEvent], size: int) -> Page:
    """Return a page of what was found, which is one more than the page has if there is another one."""
    return Page(found[:size], Place.of(found[size - 1]) if len(found) > size else None)


def everything(wanted: Wanted) -> Iterator[UsageEvent]:
    """Yield all calls, a chunk at a time; new ones that come meanwhile change nothing."""
    before: Place | None = None
    while True:
        found = page(wanted, before=before, size=_CHUNK)
        yield from found.events
        if found.following is None:
            return
        before = found.following


def models_of(organization_id: UUID, projects: Projects, since: datetime | None) -> list[str]:
    """Return the names of the models that were called."""
    rows = hourly_totals(organization_id, projects)
    rows = rows.filter(start__gte=since - _HOUR) if since else rows
    return sorted(rows.values_list("model", flat=True).distinct().order_by())


def find(wanted: Wanted, pk: UUID) -> UsageEvent | None:
    return wanted.events().filter(pk=pk).first()


def _after(events: QuerySet[UsageEvent], before: Place | None) -> QuerySet[UsageEvent]:
    return events.filter(before.condition) if before else events


def _enough(wanted: Wanted, before: Place | None, number: int) -> tuple[list[datetime], bool]:
    """Return hours with so many calls, those of the place's own hour aside, and whether these are all there are."""
    hours, counted = [], 0
    for hour, calls in wanted.hours(before):
        hours.append(hour)
        # Of the hour in which the page before ended nobody knows how many are left.
        counted += 0 if before and hour + _HOUR > before.at else calls
        if counted >= number:
            return hours, False
    return hours, len(hours) < _MOST_HOURS


def _within(hours: Sequence[datetime]) -> Q:
    """Return the condition that a call began in one of these hours; those side by side become one span."""
    found, end, start = Q(), hours[0] + _HOUR, hours[0]
    for hour in hours[1:]:
        if hour + _HOUR != start:
            found |= Q(started_at__gte=start, started_at__lt=end)
            end = hour + _HOUR
        start = hour
    return found | Q(started_at__gte=start, started_at__lt=end)
