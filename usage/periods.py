"""Periods: spans of time as runs of equal steps in UTC, a minute to a month each; a preset, or between two moments."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from usage.grains import DAY, HOUR, MINUTE, Grain

MOST = 400  # steps of a period: more are no chart
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)


def _month_of(moment: datetime) -> datetime:
    return DAY.floor(moment).replace(day=1)


def _months_after(month: datetime, count: int) -> datetime:
    index = month.year * 12 + month.month - 1 + count
    return month.replace(year=index // 12, month=index % 12 + 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a chart, and the grain of the rollup that it is read from."""

    id: str
    title: str | Promise
    grain: Grain
    floor: Callable[[datetime], datetime]  # to the beginning of the step
    after: Callable[[datetime, int], datetime]  # the beginning of the n-th step after one
    label: str | Promise  # how the date filter writes it


def _of_grain(grain: Grain, title: str | Promise, label: str | Promise) -> Step:
    return Step(grain.id, title, grain, grain.floor, lambda start, count: start + count * grain.length, label)


BY_MINUTE = _of_grain(MINUTE, gettext_lazy("Minute"), "H:i")
BY_HOUR = _of_grain(HOUR, gettext_lazy("Hour"), gettext_lazy("M j, H:00"))
BY_DAY = _of_grain(DAY, gettext_lazy("Day"), gettext_lazy("M j"))
BY_MONTH = Step("month", gettext_lazy("Month"), DAY, _month_of, _months_after, gettext_lazy("M Y"))
STEPS = {step.id: step for step in (BY_MINUTE, BY_HOUR, BY_DAY, BY_MONTH)}


@dataclass(frozen=True, slots=True)
class Preset:
    """A range that the page offers, up to now."""

    id: str
    title: str | Promise
    step: Step
    count: int


PRESETS = {
    preset.id: preset
    for preset in (
        Preset("24h", gettext_lazy("24 hours"), BY_HOUR, 24),
        Preset("7d", gettext_lazy("7 days"), BY_DAY, 7),
        Preset("30d", gettext_lazy("30 days"), BY_DAY, 30),
        Preset("90d", gettext_lazy("90 days"), BY_DAY, 90),
        Preset("12m", gettext_lazy("12 months"), BY_MONTH, 12),
    )
}
DEFAULT = "30d"


@dataclass(frozen=True)
class Period:
    """Steps from the beginning of the first up to the end of the last, which may still be running."""

    step: Step
    start: datetime
    count: int

    @classmethod
    def ending(cls, preset: Preset, now: datetime, step: Step | None = None) -> "Period":
        """Return a preset at a moment, by its own step or by another one of the same span."""
        last = preset.step.floor(now.astimezone(UTC))
        whole = cls(preset.step, preset.step.after(last, 1 - preset.count), preset.count)
        return whole if step in (None, preset.step) else cls.between(whole.start, now, step)

    @classmethod
    def between(cls, start: datetime, end: datetime, step: Step, *, most: int = MOST) -> "Period":
        """Return the steps in which there is some of the span; ValueError if there is none, or if they are too many."""
        first, last = step.floor(start.astimezone(UTC)), end.astimezone(UTC)
        if first < _FIRST or last <= start:
            raise ValueError("This is no span of time that has usage.")
        count = 0
        while step.after(first, count) < last:
            count += 1
            if count > most:
                raise ValueError(f"These are more than {most:,} steps.")
        return cls(step, first, count)

    @cached_property
    def buckets(self) -> tuple[datetime, ...]:
        """The beginnings of the steps, the oldest first."""
        return tuple(self.step.after(self.start, number) for number in range(self.count))

    @property
    def end(self) -> datetime:
        """The beginning of the step after the last one."""
        return self.step.after(self.start, self.count)

    def previous(self) -> "Period":
        """Return the period of as many steps before this one."""
        return Period(self.step, self.step.after(self.start, -self.count), self.count)

    def bucket_of(self, moment: datetime) -> datetime:
        return self.step.floor(moment)

    def label(self, bucket: datetime) -> str:
        return date_format(bucket, str(self.step.label))


def steps_for(span: timedelta) -> list[Step]:
    """Return the steps that a span can be shown by: neither more than there is room for, nor less than one."""
    lengths = {BY_MINUTE: MINUTE.length, BY_HOUR: HOUR.length, BY_DAY: DAY.length, BY_MONTH: timedelta(days=28)}
    return [step for step, length in lengths.items() if 1 <= span / length <= MOST]
