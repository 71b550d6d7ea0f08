"""The usage report: one request's parameters in, everything the page and the CSV show out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.money import axis_dollars, dollars, exact_dollars
from usage import chart, figures, series
from usage.periods import Period
from usage.queries import Group, Metric, Projects, Question, Totals, Where, overall, totals
from usage.sums import Sums


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric that the page can chart."""

    id: str
    title: str | Promise
    of: Metric
    unit: str | Promise
    show: Callable[[int], str]
    tick: Callable[[int], str]  # the same, for an axis


MEASURES = {
    measure.id: measure
    for measure in (
        Measure(
            "spend", gettext_lazy("Spend"), lambda sums: sums.amount, gettext_lazy("US dollars"), dollars, axis_dollars
        ),
        Measure(
            "requests",
            gettext_lazy("Requests"),
            lambda sums: sums.requests,
            gettext_lazy("requests"),
            figures.count,
            figures.axis,
        ),
        Measure(
            "tokens",
            gettext_lazy("Tokens"),
            lambda sums: sums.tokens,
            gettext_lazy("tokens"),
            figures.count,
            figures.axis,
        ),
        Measure(
            "errors",
            gettext_lazy("Errors"),
            lambda sums: sums.errors,
            gettext_lazy("failed requests"),
            figures.count,
            figures.axis,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Kpi:
    name: str
    value: str
    delta: str
    tone: str  # good, bad or flat
    versus: str | Promise


@dataclass(frozen=True, slots=True)
class Row:
    series: int
    name: str
    hint: str
    requests: str
    prompt: str
    cached: str
    completion: str
    cost: str
    share: str
    share_label: str


_GREY = chart.MAX_SERIES


class Report:
    """Usage of one organization in one period, by one group, charted by one measure."""

    def __init__(
        self,
        organization_id: UUID,
        *,
        period: Period,
        measure: Measure,
        group: Group,
        projects: Projects = None,
        compare: bool = False,
    ) -> None:
        self.period, self.measure, self.group = period, measure, group
        question = Question(organization_id, period, group, Where(projects))
        self._totals = totals(question)
        previous = replace(question, period=period.previous())
        self._ghosts = _buckets(totals(previous), previous.period, measure.of) if compare else []
        self._before = overall(previous)
        self._labels = series.labels(organization_id, group)
        names = series.shown(self._totals, measure.of)
        self._groups, self._cells = series.folded(self._totals, names)
        self._colours = series.colours(names, self._labels)
        if chart.OTHER in self._groups:
            self._colours[chart.OTHER] = _GREY

    @property
    def is_empty(self) -> bool:
        return not self._totals.overall.requests

    @property
    def version(self) -> str:
        """A text that changes when what the page shows changes."""
        sums = self._totals.overall
        return f"{self.period.end:%Y%m%d%H}-{sums.requests}-{sums.tokens}-{sums.amount}"

    def chart(self) -> chart.Chart:
        return chart.draw(
            chart.Plot(
                title=_("%(measure)s by %(group)s") % {"measure": self.measure.title, "group": self.group.noun},
                unit=str(self.measure.unit),
                period=self.period,
                cells={place: self.measure.of(sums) for place, sums in self._cells.items()},
                series=self._colours,
                names={name: self.label(name).name for name in self._colours},
                show=self.measure.show,
                tick=self.measure.tick,
                before=self._ghosts,
            )
        )

    def kpis(self) -> list[Kpi]:
        now, before = self._totals.overall, self._before
        tokens = f"{figures.compact(now.prompt_tokens)} / {figures.compact(now.completion_tokens)}"
        return [
            _kpi(_("Spend"), dollars(now.amount), now.amount, before.amount),
            _kpi(_("Requests"), figures.count(now.requests), now.requests, before.requests),
            _kpi(_("Tokens in / out"), tokens, now.tokens, before.tokens),
            _error_rate(now, before),
        ]

    def rows(self) -> list[Row]:
        return [self._row(name, colour) for name, colour in self._colours.items()]

    def total(self) -> Row:
        return _row(_GREY, series.Label(_("Total")), self._totals.overall, 100)

    def label(self, name: str) -> series.Label:
        if name == chart.OTHER:
            return series.Label(_("Other"))
        return self._labels.get(name, series.Label(_("Deleted") if self.group is not Group.MODEL else name))

    def csv_rows(self) -> list[list[str | int]]:
        """Return what the page shows, exactly: one line a bucket and group, amounts with all their digits."""
        return [
            [bucket.isoformat(), *self._identity(name), *_exact(self._totals.cells[bucket, name])]
            for bucket in self.period.buckets
            for name in sorted(self._totals.groups)
            if (bucket, name) in self._totals.cells
        ]

    def _identity(self, name: str) -> tuple[str, str]:
        return name, self.label(name).name

    def _row(self, name: str, colour: int) -> Row:
        whole = self.measure.of(self._totals.overall)
        part = self._groups[name]
        return _row(colour, self.label(name), part, float(figures.share(self.measure.of(part), whole)))


CSV_HEADER = [
    "bucket_start_utc", "group_id", "group_name", "requests", "errors",
    "prompt_tokens", "cached_tokens", "completion_tokens", "amount_usd",
]  # fmt: skip


def _buckets(found: Totals[Sums], period: Period, metric: Metric) -> list[int]:
    sums = dict.fromkeys(period.buckets, 0)
    for (bucket, _group), gained in found.cells.items():
        sums[bucket] += metric(gained)
    return list(sums.values())


def _exact(sums: Sums) -> list[str | int]:
    counts = [sums.requests, sums.errors, sums.prompt_tokens, sums.cached_tokens, sums.completion_tokens]
    return [*counts, exact_dollars(sums.amount)]


def _row(colour: int, label: series.Label, sums: Sums, share: float) -> Row:
    return Row(
        series=colour,
        name=label.name,
        hint=label.hint,
        requests=figures.count(sums.requests),
        prompt=figures.count(sums.prompt_tokens),
        cached=figures.count(sums.cached_tokens),
        completion=figures.count(sums.completion_tokens),
        cost=dollars(sums.amount),
        share=f"{share:.1f}",
        share_label=figures.percent(share, 1),
    )


_VERSUS, _ALONE = gettext_lazy("vs previous"), gettext_lazy("nothing to compare with")


def _kpi(name: str, value: str, now: int, before: int) -> Kpi:
    return Kpi(name, value, figures.change(now, before), "flat", _VERSUS if before else _ALONE)


def _error_rate(now: Sums, before: Sums) -> Kpi:
    rate = 100 * now.errors / now.requests if now.requests else 0.0
    if not before.requests:
        return Kpi(_("Error rate"), figures.percent(rate, 2), "", "flat", _ALONE)
    difference = rate - 100 * before.errors / before.requests
    tone = "flat" if abs(difference) < 0.005 else "bad" if difference > 0 else "good"
    return Kpi(
        _("Error rate"),
        figures.percent(rate, 2),
        _("%(points)s pt") % {"points": figures.points(difference)},
        tone,
        _VERSUS,
    )
