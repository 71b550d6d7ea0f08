"""How limits and budgets stand: of an organization, of projects and of keys, with the counters that enforce them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from billing.budget_standing import Standing, standings
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
    marks: Collection[str] = ()
    on: datetime | None = None  # when it is used up at this pace

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
    """Give each its lines, in five queries and one question to the gateway; False if that did not answer."""
    ids = [holder.id for holder in holders]
    limits = list(_limits(ids))
    counted = counters(limits)
    found: dict[UUID, list[Line]] = defaultdict(list)
    for place, limit in enumerate(limits):
        found[limit.subject_id].append(_rate(limit, counted[place] if counted is not None else None))
    for budget_id, each in standings(list(Budget.objects.filter(pk__in=ids)), now).items():
        found[budget_id].append(_budget(each))
    for holder in holders:
        holder.lines = found[holder.id]
    return counted is not None


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


def _budget(found: Standing) -> Line:
    return Line(
        title=_BUDGETS[Period(found.budget.period)],
        model="",
        most=dollars(found.budget.most),
        used=dollars(found.used),
        percent=found.percent,
        resets_in=None,
        resets_at=found.resets_at,
        is_soft=found.is_soft,
        marks=found.marks,
        on=found.on,
    )


def _percent(used: int, most: int) -> int:
    return min(100, 100 * used // most) if most else 100
