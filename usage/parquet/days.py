"""The days that have calls, and how many: from the rollup, which is written with the calls themselves."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.db.models import Sum

from usage.models import DailyTotal
from usage.parquet.files import Day


def days(organization_id: UUID | None, since: date | None, until: date | None) -> Iterator[Day]:
    """Yield the days of one organization or of all, from `since` to before `until`."""
    found = DailyTotal.objects.all()
    if organization_id:
        found = found.filter(organization_id=organization_id)
    if since:
        found = found.filter(start__gte=_midnight(since))
    if until:
        found = found.filter(start__lt=_midnight(until))
    counted = found.values_list("organization_id", "start").annotate(number=Sum("requests"))
    for organization, start, number in list(counted.order_by("organization_id", "start")):
        yield Day(organization, start.astimezone(UTC).date(), int(number))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
