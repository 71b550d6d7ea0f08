"""The stacked bar chart as plain numbers: percentages of a fluid SVG, no drawing library."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from usage.periods import Period

OTHER = "other"
MAX_SERIES = 6  # colours of the palette; what is beyond goes into the grey "Other"
_TICKS, _LABELS = 4, 8


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
class Column:
    x: str
    slot: str  # its width
    center: str
    label: str
    tick: bool
    total: str
    segments: tuple[Segment, ...]
    ghost: Ghost | None


@dataclass(frozen=True, slots=True)
class Series:
    id: int  # the colour
    name: str


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


def draw(plot: Plot) -> Chart:
    stacks = [_stack(plot, bucket) for bucket in plot.period.buckets]
    sums = [sum(stack) for stack in stacks]
    highest = max([*sums, *plot.before], default=0)
    step, top = scale(highest)
    columns = tuple(_column(plot, index, stack, top) for index, stack in enumerate(stacks))
    ticks = tuple(
        Tick(_percent(1 - value / top), plot.tick(value)) for value in range(0, top + 1 if highest else 1, step)
    )
    series = tuple(Series(colour, plot.names[name]) for name, colour in plot.series.items())
    return Chart(plot.title, plot.unit, plot.show(sum(sums)), series, columns, ticks)


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
    count = len(plot.period.buckets)
    before = plot.before[index] if plot.before else 0
    return Column(
        x=_percent(index / count),
        slot=_percent(1 / count),
        center=_percent((index + 0.5) / count),
        label=plot.period.label(plot.period.buckets[index]),
        tick=index % math.ceil(count / _LABELS) == 0,
        total=plot.show(sum(stack)),
        segments=_segments(plot, stack, top),
        ghost=Ghost(_height(1 - before / top), _height(before / top)) if before else None,
    )


def _segments(plot: Plot, stack: Sequence[int], top: int) -> tuple[Segment, ...]:
    segments, below = [], 0
    for value, colour in zip(stack, plot.series.values(), strict=True):
        below += value
        if value:
            segments.append(Segment(colour, _height(1 - below / top), _height(value / top), plot.show(value)))
    return tuple(segments)


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.2f}%"


def _height(fraction: float) -> str:
    """One decimal is a quarter of a pixel here, and half of the page's weight is these numbers."""
    return f"{100 * fraction:.1f}%"
