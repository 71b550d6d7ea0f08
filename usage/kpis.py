"""The four figures above the chart, against the period before."""

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


def kpis(now: Sums, before: Sums) -> list[Kpi]:
    tokens = f"{figures.compact(now.prompt_tokens)} / {figures.compact(now.completion_tokens)}"
    return [
        _kpi(_("Spend"), dollars(now.amount), now.amount, before.amount),
        _kpi(_("Requests"), figures.count(now.requests), now.requests, before.requests),
        _kpi(_("Tokens in / out"), tokens, now.tokens, before.tokens),
        _error_rate(now, before),
    ]


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
