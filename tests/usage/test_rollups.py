"""Rollups: each bucket of each grain says what its calls come to, in whatever order and however often they come."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Model
from ledger.ids import new_id
from tests.usage.test_recording import KEY, ORGANIZATION, PROJECT, call, llama  # noqa: F401  fixture
from usage.actions import record_calls
from usage.calls import Call
from usage.models import DailyTotal, DailyUsage, HourlyTotal, HourlyUsage, MinuteUsage, Rollup, UsageEvent
from usage.purging import purge_minutes
from usage.sketch import bin_of, unpack

pytestmark = pytest.mark.django_db
TABLES = (MinuteUsage, HourlyUsage, DailyUsage, HourlyTotal, DailyTotal)
CUT = {MinuteUsage: {}, HourlyUsage: {"minute": 0}, DailyUsage: {"minute": 0, "hour": 0}}
MODELS, KEYS, STATUSES = ("llama", "other"), (KEY, new_id()), (200, 204, 404, 429, 502)
_Row = tuple[int, ...]


def start_of(table: type[Rollup], at: datetime) -> datetime:
    if table is MinuteUsage:
        return at.replace(second=0, microsecond=0)
    at = at.replace(minute=0, second=0, microsecond=0)
    return at if table in (HourlyUsage, HourlyTotal) else at.replace(hour=0)


def by_hand(table: type[Rollup], events: Iterable[UsageEvent]) -> dict[tuple[Any, ...], list[Any]]:
    """Count events without anything of what counts them in the console."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    for event in events:
        keys = (event.key_id,) if hasattr(table, "key_id") else ()
        place = (event.organization_id, start_of(table, event.started_at), event.model, event.project_id, *keys)
        row = found.setdefault((*place, int(str(event.status)[0])), [0, 0, 0, 0, 0, 0, {}, {}])
        counts = 1, event.prompt_tokens, event.cached_tokens, event.completion_tokens, event.latency_ms, event.amount
        row[:6] = [one + other for one, other in zip(row, counts, strict=False)]
        for sketch, duration in ((row[6], event.latency_ms), (row[7], event.first_token_ms)):
            if duration is not None:
                sketch[bin_of(duration)] = sketch.get(bin_of(duration), 0) + 1
    return found


def kept(table: type[Rollup]) -> dict[tuple[Any, ...], list[Any]]:
    found = {}
    for row in table._default_manager.all():
        keys = (row.key_id,) if hasattr(row, "key_id") else ()
        place = (row.organization_id, row.start, row.model, row.project_id, *keys, row.status)
        sums = row.requests, row.prompt_tokens, row.cached_tokens, row.completion_tokens, row.latency_ms, row.amount
        found[place] = [*map(int, sums), unpack(row.latencies), unpack(row.first_tokens)]
    return found


def are_exact() -> None:
    events = list(UsageEvent.objects.all())
    for table in TABLES:
        assert kept(table) == by_hand(table, events), table


CALLS = st.builds(
    dict,
    back=st.integers(0, 3 * 24 * 60),
    model=st.sampled_from(MODELS),
    key=st.sampled_from(KEYS),
    status=st.sampled_from(STATUSES),
    tokens=st.integers(0, 5000),
    latency=st.integers(0, 100_000),
    first=st.none() | st.integers(0, 9000),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(CALLS, min_size=1, max_size=12), batches=st.lists(st.lists(st.integers(0, 11), max_size=9)))
def test_every_bucket_says_what_its_calls_come_to(
    llama: Model,  # noqa: F811
    numbers: list[dict[str, Any]],
    batches: list[list[int]],
) -> None:
    for table in (*TABLES, UsageEvent):
        table._default_manager.all().delete()
    now = timezone.now()
    calls = [made(now, **each) for each in numbers]
    for batch in batches:
        record_calls([calls[place % len(calls)] for place in batch])
    are_exact()


def made(
    now: datetime, *, back: int, model: str, key: UUID, status: int, tokens: int, latency: int, first: Any
) -> Call:
    return call(
        started_at=now - timedelta(minutes=back),
        model=model,
        key_id=key,
        status=status,
        prompt_tokens=tokens,
        cached_tokens=tokens // 2,
        latency_ms=latency,
        first_token_ms=first,
    )


def test_calls_that_come_later_than_minutes_are_kept_count_by_hour_and_day_alone() -> None:
    late = timezone.now() - timedelta(days=20)
    record_calls([call(started_at=late), call()])
    assert not MinuteUsage.objects.exists() or MinuteUsage.objects.get().start > late
    assert HourlyUsage.objects.get(start=late.replace(minute=0, second=0, microsecond=0)).requests == 1
    assert DailyTotal.objects.filter(start__lte=late).count() == 1


def test_two_projects_of_an_organization_and_two_organizations_have_buckets_of_their_own() -> None:
    record_calls([call(), call(project_id=new_id()), call(organization_id=new_id())])
    assert DailyTotal.objects.filter(organization_id=ORGANIZATION, project_id=PROJECT).get().requests == 1
    assert DailyTotal.objects.count() == 3


def test_minutes_are_purged_when_their_time_is_over(settings: Any) -> None:
    now = timezone.now()
    record_calls([call(started_at=now), call(started_at=now - timedelta(days=2))])
    assert MinuteUsage.objects.count() == 2
    settings.USAGE_MINUTES = timedelta(days=1)
    assert purge_minutes(now) == 1
    assert MinuteUsage.objects.get().start == now.replace(second=0, microsecond=0)
    assert DailyTotal.objects.count() == 2


def test_a_day_ends_at_midnight_utc() -> None:
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    record_calls([call(started_at=midnight - timedelta(microseconds=1)), call(started_at=midnight)])
    assert [row.start for row in DailyTotal.objects.order_by("start")] == [midnight - timedelta(days=1), midnight]
