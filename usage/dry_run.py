"""A dry run: which of the last week's calls another limit would have refused.

Rates are simulated as the gateway enforces them, by GCRA with a burst of the limit itself, in whole numbers. Each call
counts when it began, with what it took in the end. The gateway sets the worst case aside until then, so near a limit it
may refuse a little more. Calls that were refused at the time are no usage, and are not tried again here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from usage.models import UsageEvent

MOST = 200_000  # events that are read
SPAN = timedelta(days=7)
_MINUTE = 60_000_000  # microseconds


class Tried(StrEnum):
    """What is tried."""

    REQUESTS = "requests_per_minute"
    TOKENS = "tokens_per_minute"
    DAY = "budget_day"
    MONTH = "budget_month"

    @property
    def is_budget(self) -> bool:
        return self in {Tried.DAY, Tried.MONTH}


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose calls: of an organization, of one of its projects, or of one key; of all models or of one."""

    organization_id: UUID
    project_id: UUID | None = None
    key_id: UUID | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A call that was made: when it began, in UTC, and what it took."""

    at: datetime
    tokens: int
    amount: int  # pico-dollars


@dataclass(frozen=True, slots=True)
class Result:
    """`start` is when the first call of the simulated ones began; later than asked for if there were too many."""

    start: datetime
    end: datetime
    calls: int
    refused: int
    worst_hour: datetime | None  # in which most would have been refused
    worst: int
    is_cut: bool  # to the newest calls


def dry_run(subject: Subject, tried: Tried, limit: int, now: datetime, *, most: int = MOST) -> Result:
    """Simulate a limit over the last week's calls; in one query."""
    found = _calls(subject, now - SPAN, most + 1)
    is_cut = len(found) > most
    calls = found[len(found) - most :] if is_cut else found
    refused = list(would_refuse(calls, tried, limit))
    hours = Counter(call.at.replace(minute=0, second=0, microsecond=0) for call in refused)
    # The first of equals, so that the same calls give the same answer.
    worst_hour = min(hours, key=lambda hour: (-hours[hour], hour), default=None)
    return Result(
        start=calls[0].at if is_cut else now - SPAN,
        end=now,
        calls=len(calls),
        refused=len(refused),
        worst_hour=worst_hour,
        worst=hours[worst_hour] if worst_hour else 0,
        is_cut=is_cut,
    )


def would_refuse(calls: Iterable[Taken], tried: Tried, limit: int) -> Iterator[Taken]:
    """Yield the calls that a limit would have refused; calls are given in the order in which they began."""
    if tried.is_budget:
        return _over_budget(calls, limit, monthly=tried is Tried.MONTH)
    return _over_rate(calls, limit, by_token=tried is Tried.TOKENS)


def _over_rate(calls: Iterable[Taken], limit: int, *, by_token: bool) -> Iterator[Taken]:
    # Times are microseconds times the limit: then what one request or token takes is a whole number.
    burst, free_at = _MINUTE * limit, 0
    for call in calls:
        now = _microseconds(call.at) * limit
        cost = call.tokens if by_token else 1
        until = max(free_at, now) + cost * _MINUTE
        if until - now > burst:
            yield call
        else:
            free_at = until


def _over_budget(calls: Iterable[Taken], hard: int, *, monthly: bool) -> Iterator[Taken]:
    period, spent = None, 0
    for call in calls:
        day = call.at.date()
        began = day.replace(day=1) if monthly else day
        if began != period:
            period, spent = began, 0
        if spent + call.amount > hard:
            yield call
        else:
            spent += call.amount


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _calls(subject: Subject, since: datetime, most: int) -> Sequence[Taken]:
    """Return the newest calls, the oldest of them first; by the index of the organization and the time."""
    events = UsageEvent.objects.filter(organization_id=subject.organization_id, started_at__gte=since)
    if subject.project_id:
        events = events.filter(project_id=subject.project_id)
    if subject.key_id:
        events = events.filter(key_id=subject.key_id)
    if subject.model:
        events = events.filter(model=subject.model)
    columns = events.values_list("started_at", "prompt_tokens", "completion_tokens", "amount")
    newest = list(columns.order_by("-started_at")[:most])
    return [Taken(at, prompt + completion, amount) for at, prompt, completion, amount in reversed(newest)]
