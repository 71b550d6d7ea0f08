"""Reading the delivery log: sums of delivery hours, and what waits now. Of messages that are over it asks nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Sum

from notifications.models import DeliveryHour, OutboxMessage, Outcome
from notifications.models.delivery_hour import LATENCIES, DeliveryHourQuerySet


@dataclass(frozen=True, slots=True)
class Ended:
    """Tries of one kind and channel that ended in one way; `latencies` as in DeliveryHour, of what was sent."""

    kind: str
    channel: str
    outcome: Outcome
    code: str
    count: int
    latencies: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages whose time has come, and since when the first of them waits."""

    kind: str
    channel: str
    count: int
    since: datetime


def ended(start: datetime, end: datetime, channel: str = "") -> list[Ended]:
    """Return how all tries of a period ended, in one query."""
    names = ("count", *LATENCIES)
    grouped = _hours(start, end, channel).values_list("kind", "channel", "outcome", "code")
    rows = grouped.annotate(*(Sum(name) for name in names)).order_by()
    return [
        Ended(kind, via, Outcome(outcome), code, int(count), tuple(map(int, latencies)))
        for kind, via, outcome, code, count, *latencies in rows
    ]


def by_hour(start: datetime, end: datetime, channel: str = "") -> list[tuple[datetime, str, int]]:
    """Return hour, outcome and count, in one query."""
    rows = _hours(start, end, channel).values_list("hour", "outcome").annotate(sum=Sum("count")).order_by()
    return [(hour, outcome, int(count)) for hour, outcome, count in rows]


def waiting(now: datetime, channel: str = "") -> list[Waiting]:
    """Return what waits now, in one query that an index answers."""
    found = OutboxMessage.objects.waiting(now)
    if channel:
        found = found.filter(channel=channel)
    rows = found.values_list("kind", "channel").annotate(number=Count("pk"), since=Min("due_at")).order_by()
    return [Waiting(*row) for row in rows]


def count(rows: Iterable[Ended], *outcomes: Outcome) -> int:
    """Return how many of the tries ended in one of these ways."""
    return sum(row.count for row in rows if row.outcome in outcomes)


def latencies(rows: Iterable[Ended]) -> tuple[int, ...]:
    """Return how many of what was sent fell into each span of latency."""
    return tuple(map(sum, zip(*(row.latencies for row in rows), strict=True))) or (0,) * len(LATENCIES)


def _hours(start: datetime, end: datetime, channel: str) -> DeliveryHourQuerySet:
    found = DeliveryHour.objects.between(start, end)
    return found.filter(channel=channel) if channel else found
