"""Periods: the time ranges of the usage page, each a run of equal buckets in UTC that ends now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

_DAY = timedelta(days=1)


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _day_of(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _month_of(moment: datetime) -> datetime:
    return _day_of(moment).replace(day=1)


def _months_before(month: datetime, count: int) -> datetime:
    index = month.year * 12 + month.month - 1 - count
    return month.replace(year=index // 12, month=index % 12 + 1)


@dataclass(frozen=True, slots=True)
class Preset:
    """A range that the page offers."""

    id: str
    title: str | Promise
    count: int
    floor: Callable[[datetime], datetime]  # to the beginning of the bucket
    back: Callable[[datetime, int], datetime]  # from one bucket to the n-th before it
    label: str | Promise  # how the date filter writes a bucket


PRESETS = {
    preset.id: preset
    for preset in (
        Preset("24h", gettext_lazy("24 hours"), 24, _hour_of, lambda hour, n: hour - timedelta(hours=n), "H:00"),
        Preset("7d", gettext_lazy("7 days"), 7, _day_of, lambda day, n: day - n * _DAY, gettext_lazy("M j")),
        Preset("30d", gettext_lazy("30 days"), 30, _day_of, lambda day, n: day - n * _DAY, gettext_lazy("M j")),
        Preset("90d", gettext_lazy("90 days"), 90, _day_of, lambda day, n: day - n * _DAY, gettext_lazy("M j")),
        Preset("12m", gettext_lazy("12 months"), 12, _month_of, _months_before, gettext_lazy("M Y")),
    )
}
DEFAULT = "30d"


@dataclass(frozen=True, slots=True)
class Period:
    """A preset at a moment: its buckets' beginnings, oldest first, the last one still running."""

    preset: Preset
    buckets: tuple[datetime, ...]

    @classmethod
    def ending(cls, preset: Preset, now: datetime) -> "Period":
        last = preset.floor(now.astimezone(UTC))
        return cls(preset, tuple(preset.back(last, n) for n in reversed(range(preset.count))))

    def previous(self) -> "Period":
        """Return the period of equal length before this one."""
        first = self.buckets[0]
        count = self.preset.count
        return Period(self.preset, tuple(self.preset.back(first, n) for n in range(count, 0, -1)))

    @property
    def start(self) -> datetime:
        return self.buckets[0]

    @property
    def end(self) -> datetime:
        """The beginning of the bucket after the last one."""
        return self.preset.back(self.buckets[-1], -1)

    def bucket_of(self, hour: datetime) -> datetime:
        return self.preset.floor(hour)

    def label(self, bucket: datetime) -> str:
        return date_format(bucket, str(self.preset.label))
