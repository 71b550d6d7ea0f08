"""Ranges that an address asks for: a preset or any two moments, by a step. What can't be shown is said, not guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usage.grains import minutes_since
from usage.periods import BY_HOUR, BY_MINUTE, DEFAULT, MOST, PRESETS, STEPS, Period, Preset, Step, steps_for

CUSTOM = "custom"
_FEW = 100  # steps that a chart has of itself; more are there to be chosen
_LONGEST = 32  # characters of a moment


class BadRange(ValueError):
    """Its text says what is wrong with a range."""


@dataclass(frozen=True, slots=True)
class Range:
    """A range by one of its steps."""

    period: Period
    steps: tuple[Step, ...]  # it can be shown by these
    preset: Preset | None

    def has_before(self, now: datetime) -> bool:
        """Tell whether the period before can be read by the same step."""
        return self.period.step is not BY_MINUTE or self.period.previous().start >= minutes_since(now)


def read(query: Mapping[str, str], now: datetime) -> Range:
    """Return what `range`, `from`, `to` and `step` ask for; BadRange for moments that are none or can't be shown."""
    step = STEPS.get(query.get("step", ""))
    if query.get("range") == CUSTOM:
        return _custom(query.get("from", ""), query.get("to", ""), step, now)
    preset = PRESETS.get(query.get("range", ""), PRESETS[DEFAULT])
    whole = Period.ending(preset, now)
    steps = _steps(whole.start, whole.end, now)
    return Range(Period.ending(preset, now, step if step in steps else None), steps, preset)


def _custom(start_text: str, end_text: str, step: Step | None, now: datetime) -> Range:
    start, end = _moment(start_text), _moment(end_text, is_end=True)
    if end <= start:
        raise BadRange(_("This range ends before it begins. Change one of its ends."))
    if start > now:
        raise BadRange(_("This range has not begun yet. Choose an earlier beginning."))
    steps = _steps(start, end, now)
    if step is BY_MINUTE and start < minutes_since(now):
        days = settings.USAGE_MINUTES.days
        text = ngettext(
            "Usage by minute is kept for %(days)s day. Choose a later beginning, or another step.",
            "Usage by minute is kept for %(days)s days. Choose a later beginning, or another step.",
            days,
        )
        raise BadRange(text % {"days": days})
    try:
        period = Period.between(start, end, step or _own_step(steps, start, end))
    except (ValueError, OverflowError):
        raise BadRange(_fault(steps)) from None
    return Range(period, steps if period.step in steps else (period.step, *steps), None)


def _fault(steps: tuple[Step, ...]) -> str:
    if not steps:
        return _("This is too long to be shown. Choose a shorter range.")
    return _("These are more than %(most)s steps, or begin before 2020. Choose a longer step or a shorter range.") % {
        "most": MOST
    }


def _own_step(steps: tuple[Step, ...], start: datetime, end: datetime) -> Step:
    """Return the finest step of few; the coarsest of a span that is long, an hour of one that is too short for any."""
    few = [step for step in steps if _count(step, start, end) <= _FEW]
    return few[0] if few else steps[-1] if steps else BY_HOUR


def _count(step: Step, start: datetime, end: datetime) -> float:
    return (end - start) / (step.after(start.replace(day=1), 1) - start.replace(day=1))


def _steps(start: datetime, end: datetime, now: datetime) -> tuple[Step, ...]:
    kept = start >= minutes_since(now)
    return tuple(step for step in steps_for(end - start) if kept or step is not BY_MINUTE)


def _moment(text: str, *, is_end: bool = False) -> datetime:
    """Read a date, or a date and a time, in UTC. A date that ends a range is in it."""
    try:
        found = datetime.fromisoformat(text[:_LONGEST].strip())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        return found + timedelta(days=1) if is_end and len(text.strip()) <= len("2026-11-02") else found
    except (ValueError, OverflowError):
        raise BadRange(
            _("Give both ends as a date or a date and time, such as 2026-11-02 or 2026-11-02T14:30.")
        ) from None
