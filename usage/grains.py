"""The grains of the rollup: by minute, hour and day, and which table answers which question."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from usage.models import DailyTotal, DailyUsage, HourlyTotal, HourlyUsage, KeyRollup, MinuteUsage, Rollup


@dataclass(frozen=True, slots=True)
class Grain:
    """Buckets of one length. `total` is the table without keys; of minutes there is none."""

    id: str
    length: timedelta
    floor: Callable[[datetime], datetime]  # to the beginning of the bucket
    by_key: type[KeyRollup]
    total: type[Rollup] | None = None


MINUTE = Grain("minute", timedelta(minutes=1), lambda at: at.replace(second=0, microsecond=0), MinuteUsage)
HOUR = Grain(
    "hour", timedelta(hours=1), lambda at: at.replace(minute=0, second=0, microsecond=0), HourlyUsage, HourlyTotal
)
DAY = Grain(
    "day", timedelta(days=1), lambda at: at.replace(hour=0, minute=0, second=0, microsecond=0), DailyUsage, DailyTotal
)
GRAINS = {grain.id: grain for grain in (MINUTE, HOUR, DAY)}


def minutes_since(now: datetime) -> datetime:
    """Return the hour from which on minutes are kept. They are purged a day later, so that none is written in vain."""
    return HOUR.floor(now - settings.USAGE_MINUTES)
