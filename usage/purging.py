"""Forgetting what is kept for a time: the minutes of the rollup."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from usage.grains import minutes_since
from usage.models import MinuteUsage


def purge_minutes(now: datetime) -> int:
    """Delete minutes whose time is over, an organization at a time, and return how many buckets there were."""
    return sum(
        MinuteUsage.objects.filter(organization_id=each, start__lt=minutes_since(now)).delete()[0]
        for each in _organizations()
    )


def _organizations() -> Iterator[UUID]:
    """Yield who has minutes: each is a step in the primary key, which no other table would make shorter."""
    last = UUID(int=0)
    ids = MinuteUsage.objects.order_by("organization_id").values_list("organization_id", flat=True)
    while found := ids.filter(organization_id__gt=last).first():
        yield (last := found)
