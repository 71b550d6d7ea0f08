"""What the usage page charts: sums, which stack, and percentiles of durations, which never do."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from catalog.money import axis_dollars, dollars
from usage import figures
from usage.queries import Metric
from usage.sums import Sums


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric. Of durations `of` says which groups are the largest, and `sketch` where the percentile comes from."""

    id: str
    title: str | Promise
    of: Metric
    unit: str | Promise
    show: Callable[[int], str]
    tick: Callable[[int], str]  # the same, for an axis
    sketch: str = ""  # the column of the rollup
    percent: int = 0

    @property
    def is_duration(self) -> bool:
        return bool(self.sketch)


def _requests(sums: Sums) -> int:
    return sums.requests


def _counted(name: str, title: str | Promise, of: Metric, unit: str | Promise) -> Measure:
    return Measure(name, title, of, unit, figures.count, figures.axis)


def _duration(name: str, title: str | Promise, sketch: str, percent: int) -> Measure:
    unit = gettext_lazy("milliseconds and seconds")
    return Measure(name, title, _requests, unit, figures.duration, figures.axis_duration, sketch, percent)


_TOKENS = gettext_lazy("tokens")
MEASURES = {
    measure.id: measure
    for measure in (
        Measure(
            "spend", gettext_lazy("Spend"), lambda sums: sums.amount, gettext_lazy("US dollars"), dollars, axis_dollars
        ),
        _counted("requests", gettext_lazy("Requests"), _requests, gettext_lazy("requests")),
        _counted("errors", gettext_lazy("Errors"), lambda sums: sums.errors, gettext_lazy("failed requests")),
        _counted("tokens", gettext_lazy("Tokens"), lambda sums: sums.tokens, _TOKENS),
        _counted("tokens-in", gettext_lazy("Tokens in"), lambda sums: sums.prompt_tokens, _TOKENS),
        _counted("tokens-cached", gettext_lazy("Cached tokens"), lambda sums: sums.cached_tokens, _TOKENS),
        _counted("tokens-out", gettext_lazy("Tokens out"), lambda sums: sums.completion_tokens, _TOKENS),
        _duration("latency-p50", gettext_lazy("Latency, p50"), "latencies", 50),
        _duration("latency-p95", gettext_lazy("Latency, p95"), "latencies", 95),
        _duration("first-token-p50", gettext_lazy("Time to first token, p50"), "first_tokens", 50),
        _duration("first-token-p95", gettext_lazy("Time to first token, p95"), "first_tokens", 95),
    )
}
