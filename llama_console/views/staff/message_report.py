"""The delivery log as its page shows it: figures, chart and tables of one period, in four queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import accumulate
from typing import TypeVar

from llama_console.templatetags.console import relative
from notifications import delivery_log
from notifications.codes import Meaning, explain
from notifications.delivery_log import Ended, Waiting, count, latencies
from notifications.models import Outcome
from notifications.titles import title_of, title_of_channel
from usage import chart, figures
from usage.kpis import Kpi
from usage.periods import Period

_SERIES = {Outcome.SENT: 0, Outcome.RETRIED: 2, Outcome.GIVEN_UP: 4}
_NAMES = {Outcome.SENT: "Sent", Outcome.RETRIED: "Failed, tried again", Outcome.GIVEN_UP: "Given up"}
SPANS = ("Within 1 s", "5 s", "30 s", "5 min", "Longer")
_SOON = 2  # spans that count as soon: within 5 s
_LATE = 300  # seconds; what waits longer is worth a look


class Group(StrEnum):
    CHANNEL = "channel"
    KIND = "kind"

    def of(self, row: Ended | Waiting) -> str:
        return row.channel if self is Group.CHANNEL else row.kind

    def name_of(self, name: str) -> str:
        return title_of_channel(name) if self is Group.CHANNEL else title_of(name)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a bar, in percent, and its label: what all parts up to its end are together; of the last, itself."""

    span: str
    x: str
    width: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """A channel or a kind."""

    name: str
    hint: str
    sent: str
    retried: str
    given_up: str
    rate: str
    waiting: str
    since: datetime | None
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code, and what it means."""

    code: str
    meaning: Meaning
    retried: str
    given_up: str


class Report:
    """What was sent in a period, and how; of one channel if named."""

    def __init__(self, period: Period, group: Group, channel: str, now: datetime) -> None:
        self.period, self.group, self._now = period, group, now
        previous = period.previous()
        self._ended = delivery_log.ended(period.start, period.end, channel)
        self._before = delivery_log.ended(previous.start, previous.end, channel)
        self._hours = delivery_log.by_hour(period.start, period.end, channel)
        self._waiting = delivery_log.waiting(now, channel)

    @property
    def is_empty(self) -> bool:
        return not (self._ended or self._waiting)

    @property
    def unneeded(self) -> int:
        return count(self._ended, Outcome.UNNEEDED)

    def kpis(self) -> list[Kpi]:
        sent, sent_before = (count(rows, Outcome.SENT) for rows in (self._ended, self._before))
        retried, retried_before = (count(rows, Outcome.RETRIED) for rows in (self._ended, self._before))
        return [
            Kpi("Sent", figures.count(sent), figures.change(sent, sent_before), "flat", _versus(sent_before)),
            self._given_up(),
            Kpi(
                "Tried again",
                figures.count(retried),
                figures.change(retried, retried_before),
                "flat",
                _versus(retried_before),
            ),
            self._soon(),
            self._waits(),
        ]

    def chart(self) -> chart.Chart:
        cells = dict.fromkeys(((bucket, name) for bucket in self.period.buckets for name in _SERIES), 0)
        for hour, outcome, number in self._hours:
            if outcome in _SERIES:
                cells[self.period.bucket_of(hour), Outcome(outcome)] += number
        return chart.draw(
            chart.Plot(
                title="Tries by how they ended",
                unit="tries",
                period=self.period,
                cells={(bucket, name.value): number for (bucket, name), number in cells.items()},
                series={name.value: colour for name, colour in _SERIES.items()},
                names={name.value: title for name, title in _NAMES.items()},
                show=figures.count,
                tick=figures.axis,
            )
        )

    def buckets(self) -> list[tuple[str, list[str]]]:
        """Return the chart as a table: each bucket, and a count for each series."""
        found = {(self.period.bucket_of(hour), outcome): 0 for hour, outcome, _ in self._hours}
        for hour, outcome, number in self._hours:
            found[self.period.bucket_of(hour), outcome] += number
        return [
            (self.period.label(bucket), [figures.count(found.get((bucket, name), 0)) for name in _SERIES])
            for bucket in self.period.buckets
        ]

    def rows(self) -> list[Row]:
        """Return the groups, the largest first."""
        names = {self.group.of(row) for row in self._ended} | {self.group.of(row) for row in self._waiting}
        rows = [(name, _of(self._ended, name, self.group), _of(self._waiting, name, self.group)) for name in names]
        rows.sort(key=lambda row: (-count(row[1], Outcome.SENT), row[0]))
        return [self._row(*row) for row in rows]

    def codes(self) -> list[CodeRow]:
        """Return why tries failed, the most frequent first."""
        found: dict[str, list[Ended]] = {}
        for row in self._ended:
            if row.code:
                found.setdefault(row.code, []).append(row)
        ranked = sorted(found, key=lambda code: (-sum(row.count for row in found[code]), code))
        return [
            CodeRow(
                code,
                explain(code),
                figures.count(count(found[code], Outcome.RETRIED)),
                figures.count(count(found[code], Outcome.GIVEN_UP)),
            )
            for code in ranked
        ]

    def _given_up(self) -> Kpi:
        number, over = count(self._ended, Outcome.GIVEN_UP), count(self._ended, Outcome.SENT, Outcome.GIVEN_UP)
        return Kpi("Given up", figures.count(number), _percent(number, over), "bad" if number else "flat", "of all")

    def _soon(self) -> Kpi:
        spans = latencies(self._ended)
        if not sum(spans):
            return Kpi("Within 5 seconds", "–", "", "flat", "nothing was sent")
        longer = f"{figures.count(spans[-1]) if spans[-1] else 'none'} took more than 5 minutes"
        return Kpi("Within 5 seconds", _percent(sum(spans[:_SOON]), sum(spans)), "", "flat", longer)

    def _waits(self) -> Kpi:
        if not self._waiting:
            return Kpi("Waiting now", "0", "", "flat", "nothing is due")
        since = min(row.since for row in self._waiting)
        is_late = (self._now - since).total_seconds() > _LATE
        number = figures.count(sum(row.count for row in self._waiting))
        age = relative(since, self._now)
        if is_late:
            return Kpi("Waiting now", number, age.removesuffix(" ago"), "bad", "for the oldest")
        return Kpi("Waiting now", number, "", "flat", f"oldest due {age}")

    def _row(self, name: str, rows: Sequence[Ended], waits: Sequence[Waiting]) -> Row:
        given_up, over = count(rows, Outcome.GIVEN_UP), count(rows, Outcome.SENT, Outcome.GIVEN_UP)
        return Row(
            name=self.group.name_of(name),
            hint=name if self.group is Group.KIND else "",
            sent=figures.count(count(rows, Outcome.SENT)),
            retried=figures.count(count(rows, Outcome.RETRIED)),
            given_up=figures.count(given_up),
            rate=_percent(given_up, over),
            waiting=figures.count(sum(row.count for row in waits)),
            since=min((row.since for row in waits), default=None),
            shares=_shares(latencies(rows)),
        )


_Of = TypeVar("_Of", Ended, Waiting)


def _of(rows: Iterable[_Of], name: str, group: Group) -> list[_Of]:
    return [row for row in rows if group.of(row) == name]


def _shares(spans: Sequence[int]) -> tuple[Share, ...]:
    """Return the parts of a bar, none where nothing was sent."""
    whole = sum(spans)
    if not whole:
        return ()
    ends = list(accumulate(spans))
    labels = [*(_percent(end, whole) for end in ends[:-1]), _percent(spans[-1], whole)]
    return tuple(
        Share(span, f"{100 * (end - part) / whole:.2f}", f"{100 * part / whole:.2f}", label)
        for span, part, end, label in zip(SPANS, spans, ends, labels, strict=True)
    )


def _percent(part: int, whole: int) -> str:
    """Return a share that says 0% and 100% only where it is that."""
    if not whole:
        return "0%"
    share = 100 * part / whole
    if 0 < share < 0.05:
        return "< 0.1%"
    return "> 99.9%" if 99.95 <= share < 100 else f"{share:.1f}".removesuffix(".0") + "%"


def _versus(before: int) -> str:
    return "vs previous" if before else "nothing to compare with"
