"""The usage report: one request's parameters in, everything the page and the CSV show out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from usage import figures, series, table
from usage.chart import MAX_SERIES, OTHER, Chart, Plot, Series, draw
from usage.kpis import Kpi, kpis
from usage.line_chart import draw_lines
from usage.measures import MEASURES, Measure
from usage.periods import Period
from usage.queries import Group, Projects, Question, Totals, Where, durations, split, totals, without
from usage.series import Label
from usage.sketch import Sketch, merge, percentile
from usage.sums import Sums
from usage.table import Row

__all__ = ["CSV_HEADER", "MEASURES", "Members", "Report"]

_Key = TypeVar("_Key")
Place = tuple[datetime, str]  # a step, and a group
_GREY = MAX_SERIES
CSV_HEADER = [
    "bucket_start_utc", "group_id", "group_name", "requests", "errors",
    "prompt_tokens", "cached_tokens", "completion_tokens", "amount_usd",
]  # fmt: skip
_DURATIONS = {"latencies": "latency", "first_tokens": "first_token"}  # how a file calls them


@dataclass(frozen=True, slots=True)
class Members:
    """Whose each key is, and how those are called: what the group of members is made of."""

    of: Mapping[UUID, str] = field(default_factory=dict)
    labels: Mapping[str, Label] = field(default_factory=dict)


class Report:
    """Usage of one organization in one period, by one group, charted by one measure.

    `hidden` are ids of series that are in neither chart nor table nor file. Without `has_before` the period before
    is not read: of minutes it may be gone.
    """

    def __init__(
        self,
        organization_id: UUID,
        *,
        period: Period,
        measure: Measure,
        group: Group,
        projects: Projects = None,
        compare: bool = False,
        where: Where | None = None,
        members: Members | None = None,
        hidden: Collection[str] = (),
        has_before: bool = True,
    ) -> None:
        self.period, self.measure, self.group = period, measure, group
        members = members or Members()
        self._question = Question(organization_id, period, group, where or Where(projects), members.of)
        self._compares = compare and has_before
        self._before, self._now = self._read(has_before)
        self._labels = members.labels if group is Group.MEMBER else series.labels(organization_id, group)
        self._names = series.shown(self._now, measure.of)
        self._colours = series.colours(self._names, self._labels)
        if len(self._names) < len(self._now.groups):
            self._colours[OTHER] = _GREY
        self.hidden = {name for name in self._colours if name in hidden}
        self._shown = series.folded(self._now, self._names, self.hidden, Sums, Sums.add)

    @property
    def is_empty(self) -> bool:
        return not self._now.overall.requests

    @property
    def version(self) -> str:
        """A text that changes when what the page shows changes."""
        sums = self._now.overall
        counts = (sums.requests, sums.errors, sums.tokens, sums.latency_ms, sums.amount)
        return "-".join([f"{self.period.end:%Y%m%d%H%M}", *map(str, counts)])

    @property
    def legend(self) -> list[tuple[Series, bool]]:
        """Return all series, and whether each is shown."""
        return [
            (Series(colour, self.label(name).name, name), name not in self.hidden)
            for name, colour in self._colours.items()
        ]

    def chart(self, marks: Sequence[tuple[str, int]] = ()) -> Chart:
        """Draw it, with lines at some amounts if it is of sums."""
        return self._lines() if self.measure.is_duration else self._bars(marks)

    def kpis(self) -> list[Kpi]:
        return kpis(self._now.overall, *self._like_with_like())

    def rows(self) -> list[Row]:
        return [self._row(name) for name in self._visible]

    def total(self) -> Row:
        """Return the last line: all that is shown."""
        sketch = self._sketches.overall if self.measure.is_duration else None
        return table.row(_GREY, "", Label(_("Total")), self._shown.overall, 100, sketch)

    def label(self, name: str) -> Label:
        if name == OTHER:
            return Label(_("Other"))
        return self._labels.get(name, Label(_("Deleted") if self.group is not Group.MODEL else name))

    def csv_header(self) -> list[str]:
        of = _DURATIONS.get(self.measure.sketch)
        return [*CSV_HEADER, *(f"{of}_p{each}_ms" for each in table.PERCENTS if of)]

    def csv_rows(self) -> list[list[str | int]]:
        """Return what the page shows, exactly: one line a bucket and group; those that are in "Other" one by one."""
        names = [name for name in sorted(self._now.groups) if self._series_of(name) not in self.hidden]
        return [
            [
                *(bucket.isoformat(), name, self.label(name).name),
                *table.exact(self._now.cells[bucket, name]),
                *self._exact_durations((bucket, name)),
            ]
            for bucket in self.period.buckets
            for name in names
            if (bucket, name) in self._now.cells
        ]

    @property
    def _visible(self) -> list[str]:
        return [name for name in self._colours if name not in self.hidden]

    def _series_of(self, name: str) -> str:
        return name if name in self._names else OTHER

    def _like_with_like(self) -> tuple[Sums, Sums]:
        """Return the sums of this period and of the one before, of both without the last step if that still runs."""
        if self.period.end <= timezone.now():
            return self._now.overall, self._before.overall
        last = self.period.buckets[-1]
        return without(self._now, last), without(self._before, self.period.previous().buckets[-1])

    def _read(self, has_before: bool) -> tuple[Totals[Sums], Totals[Sums]]:
        """Return the sums of the period before and of this one, in one query."""
        if not has_before:
            return Totals(Sums()), totals(self._question)
        both = replace(self.period, start=self.period.previous().start, count=2 * self.period.count)
        return split(totals(replace(self._question, period=both)), self.period.start)

    @cached_property
    def _measured(self) -> Totals[Sketch]:
        return durations(self._question, self.measure.sketch)

    @cached_property
    def _sketches(self) -> Totals[Sketch]:
        return self._folded_sketches(self._measured)

    def _folded_sketches(self, found: Totals[Sketch]) -> Totals[Sketch]:
        return series.folded(found, self._names, self.hidden, dict, merge)

    def _exact_durations(self, place: Place) -> list[str | int]:
        if not self.measure.is_duration:
            return []
        found = [percentile(self._measured.cells.get(place, {}), each) for each in table.PERCENTS]
        return ["" if each is None else each for each in found]

    def _row(self, name: str) -> Row:
        sums, whole = self._shown.groups[name], self.measure.of(self._shown.overall)
        share = float(figures.share(self.measure.of(sums), whole))
        sketch = self._sketches.groups.get(name, {}) if self.measure.is_duration else None
        return table.row(self._colours[name], name, self.label(name), sums, share, sketch)

    def _plot(self, cells: Mapping[Place, int]) -> Plot:
        return Plot(
            title=_("%(measure)s by %(group)s") % {"measure": self.measure.title, "group": self.group.noun},
            unit=str(self.measure.unit),
            period=self.period,
            cells=cells,
            series={name: self._colours[name] for name in self._visible},
            names={name: self.label(name).name for name in self._visible},
            show=self.measure.show,
            tick=self.measure.tick,
        )

    def _bars(self, marks: Sequence[tuple[str, int]]) -> Chart:
        plot = self._plot({place: self.measure.of(sums) for place, sums in self._shown.cells.items()})
        return draw(replace(plot, before=self._ghosts(), marks=marks))

    def _ghosts(self) -> list[int]:
        """Return the sums of the period before, step by step."""
        if not self._compares:
            return []
        sums = dict.fromkeys(self.period.previous().buckets, 0)
        for (bucket, name), gained in self._before.cells.items():
            if self._series_of(name) not in self.hidden:
                sums[bucket] += self.measure.of(gained)
        return list(sums.values())

    def _lines(self) -> Chart:
        plot = self._plot(self._percentiles(self._sketches.cells))
        overall = table.shown(percentile(self._sketches.overall, self.measure.percent))
        return draw_lines(plot, self._percentiles(by_bucket(self._sketches)), self._former(), overall)

    def _former(self) -> list[int | None]:
        """Return the percentiles of the period before, step by step, each of all its calls."""
        if not self._compares:
            return []
        before = replace(self._question, period=self.period.previous())
        found = self._percentiles(by_bucket(self._folded_sketches(durations(before, self.measure.sketch))))
        return [found.get(bucket) for bucket in before.period.buckets]

    def _percentiles(self, sketches: Mapping[_Key, Sketch]) -> dict[_Key, int]:
        found = {key: percentile(sketch, self.measure.percent) for key, sketch in sketches.items()}
        return {key: value for key, value in found.items() if value is not None}


def by_bucket(found: Totals[Sketch]) -> dict[datetime, Sketch]:
    """Merge the sketches of each step: a percentile of all calls, not a mean of percentiles."""
    whole: dict[datetime, Sketch] = {}
    for (bucket, _name), sketch in found.cells.items():
        merge(whole.setdefault(bucket, {}), sketch)
    return whole
