"""Reading usage: sums and durations of one organization, by step and group, in one query each.

Each question is put to the smallest table that can answer it: of its step's grain, and without keys unless they matter.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy

from usage.models import HourlyTotal, HourlyUsage, Rollup, UsageEvent
from usage.periods import Period
from usage.sketch import Sketch, merge, unpack
from usage.sums import NAMES, Sums


class Group(StrEnum):
    MODEL = "model"
    PROJECT = "project"
    KEY = "key"
    MEMBER = "member"  # whoever made the key: a person, or a service account
    STATUS = "status"

    @property
    def column(self) -> str:
        return _COLUMNS[self]

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
    Group.MEMBER: gettext_lazy("member"),
    Group.STATUS: gettext_lazy("status"),
}
_COLUMNS = {
    Group.MODEL: "model",
    Group.PROJECT: "project_id",
    Group.KEY: "key_id",
    Group.MEMBER: "key_id",
    Group.STATUS: "status",
}
_OF_KEYS = {Group.KEY, Group.MEMBER}
Metric = Callable[[Sums], int]
Projects = Collection[UUID] | None  # None: all of the organization's

# What the rows of a rollup come to, in the order of `Sums`; failed calls have rows of their own.
_ERRORS = Sum("requests", filter=Q(status__gte=4))
SUMS = {f"sum_{name}": _ERRORS if name == "errors" else Sum(name) for name in NAMES}


@dataclass(frozen=True, slots=True)
class Where:
    """Which usage counts; None is all of it."""

    projects: Projects = None
    models: Collection[str] | None = None
    keys: Collection[UUID] | None = None
    statuses: Collection[int] | None = None  # first digits

    @property
    def condition(self) -> Q:
        narrowed = {"project_id": self.projects, "model": self.models, "key_id": self.keys, "status": self.statuses}
        return Q(**{f"{name}__in": list(some) for name, some in narrowed.items() if some is not None})


@dataclass(frozen=True, slots=True)
class Question:
    """Usage of an organization in a period, by group. `owners` says whose each key is, for the group of members."""

    organization_id: UUID
    period: Period
    group: Group = Group.MODEL
    where: Where = field(default_factory=Where)
    owners: Mapping[UUID, str] = field(default_factory=dict)

    def rows(self) -> QuerySet[Any]:
        """Return the buckets that answer it."""
        grain, by_key = self.period.step.grain, self.group in _OF_KEYS or self.where.keys is not None
        table: type[Rollup] = grain.by_key if by_key or grain.total is None else grain.total
        rows = table._default_manager.filter(organization_id=self.organization_id)
        return rows.filter(self.where.condition, start__gte=self.period.start, start__lt=self.period.end)

    def name_of(self, value: object) -> str:
        """Return the name of a group as cells have it: a model, an id, or a status as `4xx`."""
        if self.group is Group.MEMBER and isinstance(value, UUID):
            return self.owners.get(value, "")
        return f"{value}xx" if self.group is Group.STATUS else str(value)


_Value = TypeVar("_Value")


@dataclass(slots=True)
class Totals(Generic[_Value]):
    """Values of one period: all of it, by group, and by step and group."""

    overall: _Value
    groups: dict[str, _Value] = field(default_factory=dict)
    cells: dict[tuple[datetime, str], _Value] = field(default_factory=dict)


def totals(question: Question) -> Totals[Sums]:
    """Sum what was used."""
    result = Totals(Sums())
    column, bucket_of = question.group.column, question.period.bucket_of
    found = question.rows().values_list("start", column).annotate(**SUMS).order_by()
    for start, value, *sums in found.iterator(chunk_size=5000):
        gained, name = _sums(sums), question.name_of(value)
        result.overall.add(gained)
        result.groups.setdefault(name, Sums()).add(gained)
        result.cells.setdefault((bucket_of(start), name), Sums()).add(gained)
    return result


def durations(question: Question, column: str) -> Totals[Sketch]:
    """Merge the sketches of one column: `latencies`, or `first_tokens`."""
    result: Totals[Sketch] = Totals({})
    bucket_of, names = question.period.bucket_of, ("start", question.group.column, column)
    for start, value, packed in question.rows().values_list(*names).iterator(chunk_size=5000):
        merge(result.cells.setdefault((bucket_of(start), question.name_of(value)), {}), unpack(packed))
    for (_bucket, name), sketch in result.cells.items():
        merge(result.groups.setdefault(name, {}), sketch)
    for sketch in result.groups.values():
        merge(result.overall, sketch)
    return result


def split(whole: Totals[Sums], moment: datetime) -> tuple[Totals[Sums], Totals[Sums]]:
    """Return what was before a moment, and what since: two periods that were read as one."""
    before, since = Totals(Sums()), Totals(Sums())
    for (bucket, name), sums in whole.cells.items():
        part = before if bucket < moment else since
        part.cells[bucket, name] = sums
        part.groups.setdefault(name, Sums()).add(sums)
        part.overall.add(sums)
    return before, since


def without(found: Totals[Sums], bucket: datetime) -> Sums:
    """Return the sum of all other steps."""
    rest = Sums()
    for (start, _name), sums in found.cells.items():
        if start != bucket:
            rest.add(sums)
    return rest


def overall(question: Question) -> Sums:
    """Sum a whole period in the database."""
    return sum_of(question.rows())


def rollup(organization_id: UUID, projects: Projects = None) -> QuerySet[HourlyUsage]:
    """Return the hours of the keys of an organization, or of those of its projects."""
    return HourlyUsage.objects.filter(Where(projects).condition, organization_id=organization_id)


def hourly_totals(organization_id: UUID, projects: Projects = None) -> QuerySet[HourlyTotal]:
    """Return the same without keys: fewer rows, for whoever asks of none."""
    return HourlyTotal.objects.filter(Where(projects).condition, organization_id=organization_id)


def sum_of(rows: QuerySet[Any]) -> Sums:
    """Sum rows of a rollup in the database."""
    return _sums(rows.aggregate(**SUMS).values())


def by_key(organization_id: UUID, since: datetime) -> dict[UUID, Sums]:
    """Return the sums of each key from an hour on."""
    rows = rollup(organization_id).filter(start__gte=since).values_list("key_id").annotate(**SUMS)
    return {key_id: _sums(sums) for key_id, *sums in rows.order_by()}


def first_event(organization_id: UUID, projects: Projects = None) -> UsageEvent | None:
    """Return the oldest event of an organization, or of those of its projects."""
    return _events(organization_id, projects).order_by("started_at").first()


def recent_events(
    organization_id: UUID, *, limit: int, where: Q | None = None, projects: Projects = None
) -> list[UsageEvent]:
    """Return the newest events of an organization, or of those of its projects."""
    events = _events(organization_id, projects).filter(where or Q())
    return list(events.order_by("-started_at")[:limit])


def organizations_using(model: str, since: datetime) -> int:
    """Return how many organizations called a model since then, in whole hours. It reads the rollup of all of them."""
    rows = HourlyTotal.objects.filter(model=model, start__gte=since)
    return int(rows.aggregate(number=Count("organization_id", distinct=True))["number"])


def _events(organization_id: UUID, projects: Projects) -> QuerySet[UsageEvent]:
    return UsageEvent.objects.filter(Where(projects).condition, organization_id=organization_id)


def _sums(values: Iterator[Any] | Collection[Any]) -> Sums:
    return Sums(*(int(each or 0) for each in values))
