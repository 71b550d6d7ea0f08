"""Percentiles as lines: each series stands for itself, and where nothing was measured its line has a gap."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from usage.chart import Chart, Dot, Line, Plot, address, column, percent, scale, series_of, ticks

Values = Sequence[int | None]  # one a step


def draw_lines(plot: Plot, whole: Mapping[datetime, int], before: Values, total: str) -> Chart:
    """Return the chart of a plot's cells; `whole` has the percentile of all calls of a step, `before` the former."""
    buckets = plot.period.buckets
    values = {name: [plot.cells.get((bucket, name)) for bucket in buckets] for name in plot.series}
    highest = max([*plot.cells.values(), *(each for each in before if each)], default=0)
    step, top = scale(highest)
    lines = [Line(plot.series[name], _path(each, top)) for name, each in values.items()]
    return Chart(
        title=plot.title,
        unit=plot.unit,
        total=total,
        series=series_of(plot),
        columns=tuple(
            column(
                plot.period,
                index,
                total=plot.show(whole[bucket]) if bucket in whole else "–",
                dots=tuple(_dots(plot, values, index, top)),
            )
            for index, bucket in enumerate(buckets)
        ),
        ticks=ticks(plot, step, top if highest else 0),
        end=address(plot.period.end),
        lines=tuple([*lines, Line(None, _path(before, top))] if before else lines),
    )


def _dots(plot: Plot, values: Mapping[str, Values], index: int, top: int) -> list[Dot]:
    found = []
    for name, each in values.items():
        value, around = each[index], [*each[max(0, index - 1) : index], *each[index + 1 : index + 2]]
        if value is not None:
            is_alone = not any(other is not None for other in around)
            found.append(Dot(plot.series[name], percent(1 - value / top), plot.show(value), is_alone))
    return found


def _path(values: Values, top: int) -> str:
    """Return the path of a line. A value alone is a stroke of no length, which round ends make a dot."""
    parts, is_down = [], False
    for index, value in enumerate(values):
        if value is not None:
            x, y = 100 * (index + 0.5) / len(values), 100 * (1 - value / top)
            parts.append(f"{'L' if is_down else 'M'}{x:.2f},{y:.1f}{'' if is_down else 'h0'}")
        is_down = value is not None
    return " ".join(parts)
