"""Figures of keys, as pages tell them: limits, money, and how long ago something was."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.budget_standing import Standing
from catalog.money import dollars
from keys.models import ApiKey, Limits
from usage import figures


@dataclass(frozen=True, slots=True)
class Meter:
    """What a budget has left: the counter that decides, and how much of it is used."""

    spent: str
    of: str
    percent: int
    tone: str  # of the bar: "", "warn" or "bad"
    marks: Collection[str]  # where on the bar somebody is told
    on: datetime | None  # when it is used up at this pace


def meter(found: Standing) -> Meter:
    names = {"day": _("of %(sum)s today"), "month": _("of %(sum)s")}
    of = names[found.budget.period] % {"sum": dollars(found.budget.most)}
    return Meter(dollars(found.used), of, found.percent, found.tone, found.marks, found.on)


def limits_in_words(limits: Limits | None) -> list[str]:
    """Return the limits of all models together, each as a few words."""
    if limits is None:
        return []
    words = []
    if limits.requests_per_minute is not None:
        words.append(_("%(number)s req") % {"number": figures.compact(limits.requests_per_minute)})
    if limits.tokens_per_minute is not None:
        words.append(_("%(number)s tokens") % {"number": figures.compact(limits.tokens_per_minute)})
    if limits.concurrent is not None:
        words.append(_("%(number)s at once") % {"number": figures.compact(limits.concurrent)})
    return words


def last_used_text(hour: datetime | None, now: datetime) -> str:
    """Say when a key was last used, as exactly as the hourly rollup knows it."""
    if hour is None:
        return _("Never")
    hours = int((now - hour).total_seconds() // 3600)
    if hours < 1:
        return _("This hour")
    if hours < 48:
        return _("%(hours)s h ago") % {"hours": hours}
    return ngettext("%(count)s day ago", "%(count)s days ago", hours // 24) % {"count": hours // 24}


def time_left(moment: datetime, now: datetime | None = None) -> str:
    """Return how long it is until then, in whole days, below two days in hours."""
    left = moment - (now or timezone.now())
    if left >= timedelta(days=2):
        return ngettext("%(days)s day", "%(days)s days", left.days) % {"days": left.days}
    hours = max(1, round(left / timedelta(hours=1)))
    return ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours}


def end_text(key: ApiKey, now: datetime) -> str:
    """Say when a key ends by itself, or ended."""
    if key.revoked_at:
        return ""
    if key.over_at is None:
        return _("Never expires")
    if key.over_at <= now:
        return _("Ended")
    if key.ends_at and key.over_at == key.ends_at:
        return _("Stops in %(time)s") % {"time": time_left(key.over_at, now)}
    return _("Expires in %(time)s") % {"time": time_left(key.over_at, now)}
