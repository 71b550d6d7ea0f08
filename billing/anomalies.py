"""Finding spending that is unusual for its time of the week, and telling of it at most once a day an organization.

The last whole hour is compared with the same hour of the same weekday, and the last whole day with the same weekday, in
the weeks before; `billing/unusual.py` has the rule. Read from the rollups, of many organizations in a few queries.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import Organization
from billing.apart import apart
from billing.audience import audience_of
from billing.models import SpendingAnomaly
from billing.unusual import WEEKS, is_unusual, usual
from catalog.money import CENT
from notifications.telling import tell
from notifications.webhooks.publish import publish
from usage.grains import DAY, HOUR, Grain
from usage.models import DailyTotal

_BATCH = 400  # organizations a query
_WEEK = timedelta(days=7)
_AMOUNT = Sum("amount")


@dataclass(frozen=True, slots=True)
class Window:
    """A whole hour or day."""

    grain: Grain
    start: datetime

    @classmethod
    def last(cls, grain: Grain, now: datetime) -> "Window":
        return cls(grain, grain.floor(now.astimezone(UTC)) - grain.length)

    @property
    def before(self) -> list[datetime]:
        """The same time of the weeks before, the last one first."""
        return [self.start - number * _WEEK for number in range(1, WEEKS + 1)]

    def rows(self, organization_ids: Sequence[UUID]) -> QuerySet[Any]:
        assert self.grain.total
        return self.grain.total._default_manager.filter(organization_id__in=organization_ids).order_by()


@dataclass(frozen=True, slots=True)
class Found:
    """What was unusual, and what would have been usual."""

    organization_id: UUID
    window: Window
    spent: int
    usual: int


def warn_of_anomalies(now: datetime | None = None) -> int:
    """Tell whom it concerns, and return of how many organizations."""
    now, told = now or timezone.now(), 0
    windows = Window.last(HOUR, now), Window.last(DAY, now)
    ids = list(Organization.objects.order_by("pk").values_list("pk", flat=True))
    for place in range(0, len(ids), _BATCH):
        for window in windows:
            found = apart(ids[place:][:_BATCH], partial(_find, window, now))
            told += sum(_told(each, now.astimezone(UTC).date()) for each in found)
    return told


def _find(window: Window, now: datetime, ids: Sequence[UUID]) -> Iterator[Found]:
    """Yield what is unusual in a window and was not told of yet, in five queries."""
    least = settings.BILLING_ANOMALY_LEAST * CENT
    here = window.rows(ids).filter(start=window.start).values_list("organization_id").annotate(sum=_AMOUNT)
    spent = {organization_id: int(amount) for organization_id, amount in here.filter(sum__gte=least)}
    known = _known(window, list(spent), now)
    before = _before(window, [each for each in spent if each not in known])
    high = [each for each, usually in before.items() if is_unusual(spent[each], usually, 0, least)]
    recent = _recent(window, high)
    for organization_id in high:
        amount, usually = spent[organization_id], before[organization_id]
        if is_unusual(amount, usually, recent.get(organization_id, 0), least):
            yield Found(organization_id, window, amount, usual(usually) or 0)


def _known(window: Window, ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Return who was told today; and of whose day it is known, by one of its hours."""
    told = Q(told_on=now.astimezone(UTC).date())
    if window.grain is DAY:
        told |= Q(start__gte=window.start)
    return set(SpendingAnomaly.objects.filter(told, organization_id__in=ids).values_list("organization_id", flat=True))


def _before(window: Window, ids: Sequence[UUID]) -> dict[UUID, list[int]]:
    """Return what each spent at the same time of the weeks before, as far back as it has usage: nothing counts, too."""
    rows = window.rows(ids).filter(start__in=window.before).values_list("organization_id", "start").annotate(_AMOUNT)
    spent = {(organization_id, start): int(amount) for organization_id, start, amount in rows}
    began = DailyTotal.objects.filter(organization_id__in=ids).order_by().values_list("organization_id")
    return {
        organization_id: [spent.get((organization_id, start), 0) for start in window.before if start >= first]
        for organization_id, first in began.annotate(Min("start"))
    }


def _recent(window: Window, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the most that each spent in one such window of the seven days before."""
    rows = window.rows(ids).filter(start__gte=window.start - _WEEK, start__lt=window.start)
    most: dict[UUID, int] = {}
    for organization_id, _start, amount in rows.values_list("organization_id", "start").annotate(_AMOUNT):
        most[organization_id] = max(most.get(organization_id, 0), int(amount))
    return most


def _told(found: Found, today: date) -> bool:
    to, where = audience_of(found.organization_id), _most_of(found)
    about = {"start": found.window.start, "is_day": found.window.grain is DAY, "spent": found.spent}
    with transaction.atomic():
        # Two who look at once: one of them has the row.
        anomaly, is_new = SpendingAnomaly.objects.get_or_create(
            organization_id=found.organization_id, told_on=today, defaults=about | where | {"usual": found.usual}
        )
        if is_new:
            tell("spending-anomaly", anomaly.pk, to)
            publish(found.organization_id, "spending.anomaly", anomaly.pk)
    return is_new


def _most_of(found: Found) -> dict[str, Any]:
    """Return the key and model that have most of it together."""
    end = found.window.start + found.window.grain.length
    rows = found.window.grain.by_key._default_manager.filter(
        organization_id=found.organization_id, start__gte=found.window.start, start__lt=end
    )
    summed = rows.values("model", "project_id", "key_id").annotate(share=_AMOUNT)
    return dict(summed.order_by("-share", "model", "project_id", "key_id")[0])
