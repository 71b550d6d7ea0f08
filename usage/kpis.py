"""The four figures above the chart, against the period before: both without the step that still runs."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.money import dollars
from usage import figures
from usage.sums import Sums


@dataclass(frozen=True, slots=True)
class Kpi:
    name: str
    value: str
    delta: str
    tone: str  # good, bad or flat
    versus: str | Promise


_VERSUS, _ALONE = gettext_lazy("vs previous"), gettext_lazy("nothing to compare with")


def kpis(all: Sums, now: Sums, before: Sums) -> list[Kpi]:
    """Return the figures of all, and how what is over of it compares."""
    tokens = f"{figures.compact(all.prompt_tokens)} / {figures.compact(all.completion_tokens)}"
    return [
        _kpi(_("Spend"), dollars(all.amount), now.amount, before.amount),
        _kpi(_("Requests"), figures.count(all.requests), now.requests, before.requests),
        _kpi(_("Tokens in / out"), tokens, now.tokens, before.tokens),
        _error_rate(all, now, before),
    ]


def _kpi(name: str, value: str, now: int, before: int) -> Kpi:
    return Kpi(name, value, figures.change(now, before), "flat", _VERSUS if before else _ALONE)


def _rate(sums: Sums) -> float:
    return 100 * sums.errors / sums.requests if sums.requests else 0.0


def _error_rate(all: Sums, now: Sums, before: Sums) -> Kpi:
    rate = _rate(all)
    if not before.requests:
        return Kpi(_("Error rate"), figures.percent(rate, 2), "", "flat", _ALONE)
    difference = _rate(now) - _rate(before)
    tone = "flat" if abs(difference) < 0.005 else "bad" if difference > 0 else "good"
    return Kpi(
        _("Error rate"),
        figures.percent(rate, 2),
        _("%(points)s pt") % {"points": figures.points(difference)},
        tone,
        _VERSUS,
    )
