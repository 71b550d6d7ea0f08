"""Charts as plain numbers: percentages of a fluid SVG, no drawing library. Here stacked bars; `lines.py` has lines."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from usage.periods import Period

OTHER = "other"
MAX_SERIES = 6  # colours of the palette; what is beyond goes into the grey "Other"
_TICKS, _LABELS = 4, 8
_MOST_ABOVE = 4  # a mark so many times above all else would leave the rest a flat line


@dataclass(frozen=True, slots=True)
class Segment:
    series: int
    y: str
    height: str
    value: str


@dataclass(frozen=True, slots=True)
class Ghost:
    """The previous period's bucket, drawn as an outline."""

    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A value on a line; alone, if there is none before and after it."""

    series: int
    y: str
    value: str
    is_alone: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A path in a box of 100 by 100 that is drawn without its proportions; the period before has no series."""

    series: int | None
    path: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across the chart, such as a budget; `y` is "" where it is far above all else."""

    label: str
    y: str


@dataclass(frozen=True, slots=True)
class Column:
    start: str  # of its step, UTC, as an address has it
    x: str
    slot: str  # its width
    center: str
    label: str
    tick: bool
    total: str
    segments: tuple[Segment, ...]
    ghost: Ghost | None
    dots: tuple[Dot, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    id: int  # the colour
    name: str
    key: str  # of the group


@dataclass(frozen=True, slots=True)
class Tick:
    y: str
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    unit: str
    total: str
    series: tuple[Series, ...]
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    end: str  # of the last step
    marks: tuple[Mark, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def table(self) -> Iterator[tuple[Column, list[str]]]:
        """Yield each column with the value of each series."""
        for each in self.columns:
            values = {part.series: part.value for part in each.segments} | {dot.series: dot.value for dot in each.dots}
            yield each, [values.get(series.id, "–") for series in self.series]


@dataclass(frozen=True, slots=True)
class Plot:
    """What to draw: a number for each bucket and series (name → colour), stacked in the order of the series."""

    title: str
    unit: str
    period: Period
    cells: Mapping[tuple[datetime, str], int]
    series: Mapping[str, int]
    names: Mapping[str, str]
    show: Callable[[int], str]
    tick: Callable[[int], str]
    before: Sequence[int] = ()  # the previous period's totals, bucket by bucket
    marks: Sequence[tuple[str, int]] = ()  # labels and amounts


def draw(plot: Plot) -> Chart:
    stacks = [_stack(plot, bucket) for bucket in plot.period.buckets]
    sums = [sum(stack) for stack in stacks]
    highest = max([*sums, *plot.before], default=0)
    near = [amount for _, amount in plot.marks if 0 < amount <= _MOST_ABOVE * highest]
    step, top = scale(max([highest, *(amount * 11 // 10 for amount in near)]))  # with room for a mark's label
    return Chart(
        title=plot.title,
        unit=plot.unit,
        total=plot.show(sum(sums)),
        series=series_of(plot),
        columns=tuple(_column(plot, index, stack, top) for index, stack in enumerate(stacks)),
        ticks=ticks(plot, step, top if highest else 0),
        end=address(plot.period.end),
        marks=tuple(Mark(label, percent(1 - amount / top) if amount in near else "") for label, amount in plot.marks),
    )


def series_of(plot: Plot) -> tuple[Series, ...]:
    return tuple(Series(colour, plot.names[name], name) for name, colour in plot.series.items())


def ticks(plot: Plot, step: int, top: int) -> tuple[Tick, ...]:
    """Return the axis: nothing but zero where there is nothing."""
    return tuple(Tick(percent(1 - value / max(top, 1)), plot.tick(value)) for value in range(0, top + 1, step))


def address(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def scale(highest: int) -> tuple[int, int]:
    """Return (step, top) of an axis that ends at or above the highest value: 1, 2, 2.5 or 5 times a power of ten."""
    rough = max(highest, 1) / _TICKS
    power = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
    steps = (power, 2 * power, 5 * power // 2 if power >= 10 else 2 * power, 5 * power, 10 * power)
    step = next(step for step in steps if step >= rough)
    return step, step * max(1, -(-highest // step))  # whole numbers: a float rounds off from 2**53 on


def _stack(plot: Plot, bucket: datetime) -> list[int]:
    return [plot.cells.get((bucket, name), 0) for name in plot.series]


def _column(plot: Plot, index: int, stack: Sequence[int], top: int) -> Column:
    before = plot.before[index] if plot.before else 0
    return column(
        plot.period,
        index,
        total=plot.show(sum(stack)),
        segments=_segments(plot, stack, top),
        ghost=Ghost(_height(1 - before / top), _height(before / top)) if before else None,
    )


def column(
    period: Period,
    index: int,
    *,
    total: str,
    segments: tuple[Segment, ...] = (),
    ghost: Ghost | None = None,
    dots: tuple[Dot, ...] = (),
) -> Column:
    """Return the place of a step, with what stands in it."""
    count, start = period.count, period.buckets[index]
    return Column(
        start=address(start),
        x=percent(index / count),
        slot=percent(1 / count),
        center=percent((index + 0.5) / count),
        label=period.label(start),
        tick=index % math.ceil(count / _LABELS) == 0,
        total=total,
        segments=segments,
        ghost=ghost,
        dots=dots,
    )


def _segments(plot: Plot, stack: Sequence[int], top: int) -> tuple[Segment, ...]:
    segments, below = [], 0
    for value, colour in zip(stack, plot.series.values(), strict=True):
        below += value
        if value:
            segments.append(Segment(colour, _height(1 - below / top), _height(value / top), plot.show(value)))
    return tuple(segments)


def percent(fraction: float) -> str:
    return f"{100 * fraction:.2f}%"


def _height(fraction: float) -> str:
    """One decimal is a quarter of a pixel here, and half of the page's weight is these numbers."""
    return f"{100 * fraction:.1f}%"
