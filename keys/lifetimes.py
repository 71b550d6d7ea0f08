"""How long a key lives: the presets that people choose from, and a date of their own."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

NEVER, DATE, KEEP = "never", "date", "keep"
PRESETS: dict[str, str | Promise] = {
    "7": gettext_lazy("7 days"),
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("1 year"),
    NEVER: gettext_lazy("Never"),
    DATE: gettext_lazy("On a date"),
}
LONGEST = timedelta(days=3660)
SOONEST = timedelta(minutes=1)  # a key that ends before it can be used is a mistake
WARNED = (14, 3)  # days before, on which somebody is told
EXPIRING = timedelta(days=14)
ROTATIONS = (30, 60, 90, 180, 365)  # days
MOST_ROTATION = 3660


def end_of(day: date) -> datetime:
    """Return the end of a day, UTC: the key works all through it."""
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def ends(preset: str, now: datetime) -> datetime | None:
    """Return when a key of a preset ends; None for never."""
    return None if preset == NEVER else now + timedelta(days=int(preset))


def is_possible(moment: datetime, now: datetime) -> bool:
    """Tell whether a key can end then: in the future, and within ten years."""
    return SOONEST <= moment - now <= LONGEST
