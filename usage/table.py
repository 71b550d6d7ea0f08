"""The table below the chart: a line for each series, with what it sums up to or how long its calls took."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.money import dollars, exact_dollars
from usage import figures
from usage.series import Label
from usage.sketch import percentile
from usage.sums import Sums

PERCENTS = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Row:
    """`durations` are there in place of tokens and cost where the page charts durations."""

    series: int
    key: str
    name: str
    hint: str
    requests: str
    errors: str
    prompt: str
    cached: str
    completion: str
    cost: str
    share: str
    share_label: str
    durations: tuple[str, ...] = ()


def row(colour: int, key: str, label: Label, sums: Sums, share: float, sketch: Mapping[int, int] | None = None) -> Row:
    return Row(
        series=colour,
        key=key,
        name=label.name,
        hint=label.hint,
        requests=figures.count(sums.requests),
        errors=figures.count(sums.errors),
        prompt=figures.count(sums.prompt_tokens),
        cached=figures.count(sums.cached_tokens),
        completion=figures.count(sums.completion_tokens),
        cost=dollars(sums.amount),
        share=f"{share:.1f}",
        share_label=figures.percent(share, 1),
        durations=() if sketch is None else tuple(shown(percentile(sketch, each)) for each in PERCENTS),
    )


def shown(milliseconds: int | None) -> str:
    return "–" if milliseconds is None else figures.duration(milliseconds)


def exact(sums: Sums) -> list[str | int]:
    """Return the cells of a file, amounts with all their digits."""
    counts = [sums.requests, sums.errors, sums.prompt_tokens, sums.cached_tokens, sums.completion_tokens]
    return [*counts, exact_dollars(sums.amount)]
