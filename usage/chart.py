"""The stacked bar chart as plain numbers: percentages of a fluid SVG, no drawing library."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from usage.periods import Period
from usage.queries import Metric, Sums

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
class Column:
    x: str
    center: str
    label: str
    tick: bool
    total: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    y: str
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    total: str
    slot: str  # the width of a column
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]


def draw(
    title: str,
    period: Period,
    cells: Mapping[tuple[datetime, str], Sums],
    series: Mapping[str, int],
    metric: Metric,
    show: Callable[[int], str],
) -> Chart:
    """Draw the metric of each bucket, stacked by series (name → colour), in the series' order."""
    stacks = [_stack(bucket, cells, series, metric) for bucket in period.buckets]
    step, top = scale(max(map(sum, stacks), default=0))
    count = len(stacks)
    every = math.ceil(count / _LABELS)
    columns = tuple(
        Column(
            x=_percent(index / count),
            center=_percent((index + 0.5) / count),
            label=period.label(bucket),
            tick=index % every == 0,
            total=show(sum(stack)),
            segments=_segments(stack, list(series.values()), top, show),
        )
        for index, (bucket, stack) in enumerate(zip(period.buckets, stacks, strict=True))
    )
    ticks = tuple(Tick(_percent(1 - value / top), show(value)) for value in range(0, top + 1, step))
    return Chart(title, show(sum(map(sum, stacks))), _percent(1 / count), columns, ticks)


def scale(highest: int) -> tuple[int, int]:
    """Return (step, top) of an axis that ends at or above the highest value: 1, 2, 2.5 or 5 times a power of ten."""
    rough = max(highest, 1) / _TICKS
    power = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
    steps = (power, 2 * power, 5 * power // 2 if power >= 10 else 2 * power, 5 * power, 10 * power)
    step = next(step for step in steps if step >= rough)
    return step, step * max(1, math.ceil(highest / step))


def _stack(
    bucket: datetime, cells: Mapping[tuple[datetime, str], Sums], series: Mapping[str, int], metric: Metric
) -> list[int]:
    return [metric(cells.get((bucket, name), _NOTHING)) for name in series]


_NOTHING = Sums()


def _segments(
    stack: Sequence[int], colours: Sequence[int], top: int, show: Callable[[int], str]
) -> tuple[Segment, ...]:
    segments, below = [], 0
    for value, colour in zip(stack, colours, strict=True):
        below += value
        if value:
            segments.append(Segment(colour, _percent(1 - below / top), _percent(value / top), show(value)))
    return tuple(segments)


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.3f}%"
