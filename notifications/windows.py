"""Counting in windows: at most so many of something in an hour and in a day, however many ask at the same moment.

Windows begin on the hour and at midnight UTC, so at their seam up to twice a cap may pass. What is counted is named by
a fingerprint or an id.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from notifications.models import WindowCount

Caps = Mapping[str, int]  # by scope and window: {"number-hour": 5}
_KEPT = timedelta(days=2)  # longer than any window


class Counter(NamedTuple):
    scope: str
    key: str
    start: datetime


def counters(scope: str, key: str, caps: Caps) -> list[Counter]:
    """Return the counters of the present windows that have a cap."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    starts = {f"{scope}-hour": hour, f"{scope}-day": hour.replace(hour=0)}
    return [Counter(name, key, start) for name, start in starts.items() if name in caps]


def take(counted: Iterable[Counter], caps: Caps) -> bool:
    """Count one more in all of them, or in none if one has reached its cap."""
    with transaction.atomic():
        # Always in the same order: two that touch the same counters then cannot deadlock.
        for counter in sorted(counted):
            if not WindowCount.objects.add_below(caps[counter.scope], **counter._asdict()):
                transaction.set_rollback(True)
                return False
    return True


def give_back(counted: Iterable[Counter]) -> None:
    with transaction.atomic():
        for counter in sorted(counted):
            WindowCount.objects.take_back(**counter._asdict())


def purge(now: datetime) -> int:
    """Delete counters whose window is over; return how many."""
    return WindowCount.objects.filter(start__lt=now - _KEPT).delete()[0]
