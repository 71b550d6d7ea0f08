"""How limits and budgets stand: of an organization, of projects and of keys, with the counters that enforce them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from billing.models import Budget, Period
from catalog.money import dollars
from keys.models import Limits
from llama_console.gateway_counters import Counters, Limit
from llama_console.gateway_counters import Standing as Counter
from usage import figures

KINDS: dict[str, str | Promise] = {
    "requests_per_minute": gettext_lazy("Requests a minute"),
    "tokens_per_minute": gettext_lazy("Tokens a minute"),
    "concurrent": gettext_lazy("Requests at once"),
}
_BUDGETS = {Period.DAY: gettext_lazy("Budget a day"), Period.MONTH: gettext_lazy("Budget a month")}
_NEAR = 80  # percent from which on a bar warns


@dataclass(frozen=True, slots=True)
class Line:
    """One limit or budget as a page shows it; without a counter `used` is empty."""

    title: str | Promise
    model: str
    most: str
    used: str
    percent: int
    resets_in: int | None  # seconds
    resets_at: datetime | None
    is_soft: bool = False

    @property
    def tone(self) -> str:
        return "bad" if self.percent >= 100 else "warn" if self.percent >= _NEAR else ""


@dataclass(slots=True)
class Holder:
    """Who has limits: an organization, a project or a key."""

    id: UUID
    name: str
    hint: str = ""
    edit_url: str = ""
    lines: list[Line] = field(default_factory=list)


def fill(holders: Sequence[Holder], counters: Counters, now: datetime) -> bool:
    """Give each its lines, in two queries and one question to the gateway; False if that did not answer."""
    ids = [holder.id for holder in holders]
    limits = list(_limits(ids))
    standings = counters(limits)
    found: dict[UUID, list[Line]] = defaultdict(list)
    for place, limit in enumerate(limits):
        found[limit.subject_id].append(_rate(limit, standings[place] if standings is not None else None))
    for budget in Budget.objects.filter(pk__in=ids):
        found[budget.pk].append(_budget(budget, now))
    for holder in holders:
        holder.lines = found[holder.id]
    return standings is not None


def _limits(ids: Iterable[UUID]) -> Iterable[Limit]:
    for row in Limits.objects.filter(subject_id__in=ids).order_by("model"):
        for kind in KINDS:
            most = getattr(row, kind)
            if most is not None:
                yield Limit(row.subject_id, row.model, kind, most)


def _rate(limit: Limit, counter: Counter | None) -> Line:
    used = counter.used if counter else 0
    return Line(
        title=KINDS[limit.kind],
        model=limit.model,
        most=figures.count(limit.most),
        used=figures.count(used) if counter else "",
        percent=_percent(used, limit.most),
        resets_in=round(counter.resets_in) if counter and used and limit.kind != "concurrent" else None,
        resets_at=None,
    )


def _budget(budget: Budget, now: datetime) -> Line:
    used = budget.spent_in(budget.began_at(now)) + budget.held
    most: Any = budget.hard if budget.hard is not None else budget.soft
    return Line(
        title=_BUDGETS[Period(budget.period)],
        model="",
        most=dollars(most),
        used=dollars(used),
        percent=_percent(used, most),
        resets_in=None,
        resets_at=_end(budget, now),
        is_soft=budget.hard is None,
    )


def _percent(used: int, most: int) -> int:
    return min(100, 100 * used // most) if most else 100


def _end(budget: Budget, now: datetime) -> datetime:
    """Return when a budget's period ends, UTC."""
    began = budget.began_at(now)
    following = (
        began + timedelta(days=1) if budget.period == Period.DAY else (began + timedelta(days=32)).replace(day=1)
    )
    return datetime.combine(following, time.min, UTC)
