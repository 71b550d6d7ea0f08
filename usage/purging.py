"""Forgetting what is kept for a time: the minutes of the rollup."""

from datetime import datetime

from usage.grains import minutes_since
from usage.models import MinuteUsage

_AT_ONCE = 5000


def purge_minutes(now: datetime) -> int:
    """Delete minutes whose time is over, a chunk at a time, and return how many there were."""
    over = MinuteUsage.objects.filter(start__lt=minutes_since(now)).order_by("start", "pk")
    purged = 0
    while some := list(over.values_list("pk", flat=True)[:_AT_ONCE]):
        MinuteUsage.objects.filter(pk__in=some).delete()
        purged += len(some)
    return purged
