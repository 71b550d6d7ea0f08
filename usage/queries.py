"""Reading usage: sums of the rollup for one organization, in one query each."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy

from usage.models import HourlyTotal, HourlyUsage, UsageEvent
from usage.periods import Period
from usage.sums import NAMES, Sums


class Group(StrEnum):
    MODEL = "model"
    PROJECT = "project"
    KEY = "key"

    @property
    def column(self) -> str:
        return self.value if self is Group.MODEL else f"{self.value}_id"

    @property
    def noun(self) -> str:
        """The group's name inside a sentence."""
        return str(_NOUNS[self])

    @property
    def heading(self) -> str:
        return self.noun[0].upper() + self.noun[1:]


_NOUNS = {
    Group.MODEL: gettext_lazy("model"),
    Group.PROJECT: gettext_lazy("project"),
    Group.KEY: gettext_lazy("API key"),
}
Metric = Callable[[Sums], int]


# What the rows of a rollup come to, in the order of `Sums`; failed calls have rows of their own.
_ERRORS = Sum("requests", filter=Q(status__gte=4))
SUMS = {f"sum_{name}": _ERRORS if name == "errors" else Sum(name) for name in NAMES}


@dataclass(slots=True)
class Totals:
    """Usage of one period by group and by bucket."""

    overall: Sums = field(default_factory=Sums)
    groups: dict[str, Sums] = field(default_factory=dict)
    cells: dict[tuple[datetime, str], Sums] = field(default_factory=dict)


Projects = Collection[UUID] | None  # None: all of the organization's


def rollup(organization_id: UUID, projects: Projects = None) -> QuerySet[HourlyUsage]:
    """Return the hours of the keys of an organization, or of those of its projects."""
    rows = HourlyUsage.objects.filter(organization_id=organization_id)
    return rows if projects is None else rows.filter(project_id__in=projects)


def totals(rows: QuerySet[Any], period: Period, group: Group) -> Totals:
    """Sum the rows of a period by bucket and group."""
    result = Totals()
    found = (
        rows.filter(start__gte=period.start, start__lt=period.end)
        .values_list("start", group.column)
        .annotate(**SUMS)
        .order_by()
    )
    for start, name, *sums in found.iterator(chunk_size=5000):
        gained = Sums(*(int(each or 0) for each in sums))
        result.overall.add(gained)
        result.groups.setdefault(str(name), Sums()).add(gained)
        result.cells.setdefault((period.bucket_of(start), str(name)), Sums()).add(gained)
    return result


def hourly_totals(organization_id: UUID, projects: Projects = None) -> QuerySet[HourlyTotal]:
    """Return the same without keys: fewer rows, for whoever asks of none."""
    rows = HourlyTotal.objects.filter(organization_id=organization_id)
    return rows if projects is None else rows.filter(project_id__in=projects)


def sum_of(rows: QuerySet[Any]) -> Sums:
    """Sum rows of a rollup in the database."""
    return Sums(*(int(each or 0) for each in rows.aggregate(**SUMS).values()))


def overall(rows: QuerySet[Any], period: Period) -> Sums:
    """Sum the rows of a period in the database."""
    return sum_of(rows.filter(start__gte=period.start, start__lt=period.end))


def by_key(organization_id: UUID, since: datetime) -> dict[UUID, Sums]:
    """Return the sums of each key from an hour on."""
    rows = rollup(organization_id).filter(start__gte=since).values_list("key_id").annotate(**SUMS)
    return {key_id: Sums(*(int(each or 0) for each in sums)) for key_id, *sums in rows.order_by()}


def first_event(organization_id: UUID, projects: Projects = None) -> UsageEvent | None:
    """Return the oldest event of an organization, or of those of its projects."""
    return _events(organization_id, projects).order_by("started_at").first()


def recent_events(
    organization_id: UUID, *, limit: int, where: Q | None = None, projects: Projects = None
) -> list[UsageEvent]:
    """Return the newest events of an organization, or of those of its projects."""
    events = _events(organization_id, projects).filter(where or Q())
    return list(events.order_by("-started_at")[:limit])


def _events(organization_id: UUID, projects: Projects) -> QuerySet[UsageEvent]:
    events = UsageEvent.objects.filter(organization_id=organization_id)
    return events if projects is None else events.filter(project_id__in=projects)


def organizations_using(model: str, since: datetime) -> int:
    """Return how many organizations called a model since then, in whole hours. It reads the rollup of all of them."""
    rows = HourlyTotal.objects.filter(model=model, start__gte=since)
    return int(rows.aggregate(number=Count("organization_id", distinct=True))["number"])
