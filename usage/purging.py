"""Forgetting what is kept for a time: the minutes of the rollup, and single calls where an operator sets an end."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection

from usage import partitions
from usage.grains import minutes_since
from usage.models import Forgotten, MinuteUsage, UsageEvent

_AT_ONCE = 5000
_EVER = datetime.min.replace(tzinfo=UTC)


def purge_minutes(now: datetime) -> int:
    """Delete minutes whose time is over, an organization at a time, and return how many buckets there were."""
    return sum(
        MinuteUsage.objects.filter(organization_id=each, start__lt=minutes_since(now)).delete()[0]
        for each in _organizations()
    )


def kept_since() -> datetime:
    """Return the moment from which on single calls are kept."""
    found = Forgotten.objects.first()
    return found.before if found else _EVER


def forget_calls(before: datetime) -> None:
    """Delete calls of before the beginning of a month for good; their rollups stay, and so do the sums of invoices."""
    if before > kept_since():
        Forgotten.objects.update_or_create(pk=1, defaults={"before": before})
    if connection.vendor == "postgresql":
        partitions.make_months(before)  # calls among those of no month get one that can be dropped
        partitions.drop_months(before)
    over = UsageEvent.objects.filter(started_at__lt=before).values_list("pk", flat=True)
    while some := list(over[:_AT_ONCE]):
        UsageEvent.objects.filter(pk__in=some).delete()


def _organizations() -> Iterator[UUID]:
    """Yield who has minutes: each is a step in the primary key, which no other table would make shorter."""
    last = UUID(int=0)
    ids = MinuteUsage.objects.order_by("organization_id").values_list("organization_id", flat=True)
    while found := ids.filter(organization_id__gt=last).first():
        yield (last := found)
