"""A dry run refuses just what the limit would have, and reads no more than it says."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from catalog.money import PICO
from ledger.ids import new_id
from usage.dry_run import SPAN, Result, Subject, Taken, Tried, dry_run, would_refuse
from usage.models import UsageEvent

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
RATES = st.sampled_from([Tried.REQUESTS, Tried.TOKENS])


def at(seconds: float, *, tokens: int = 1, amount: int = 0) -> Taken:
    return Taken(NOW + timedelta(seconds=seconds), tokens, amount)


@st.composite
def traffic(draw: st.DrawFn) -> list[Taken]:
    """Draw calls in the order in which they began."""
    moments = sorted(draw(st.lists(st.integers(0, 300_000), max_size=60)))  # milliseconds
    return [at(moment / 1000, tokens=draw(st.integers(0, 50)), amount=draw(st.integers(0, 9))) for moment in moments]


def passed(calls: list[Taken], tried: Tried, limit: int) -> list[Taken]:
    refused = {id(call) for call in would_refuse(calls, tried, limit)}
    return [call for call in calls if id(call) not in refused]


def cost(call: Taken, tried: Tried) -> int:
    return {Tried.REQUESTS: 1, Tried.TOKENS: call.tokens}.get(tried, call.amount)


@given(traffic(), st.integers(1, 100), RATES)
def test_what_passes_is_never_more_than_a_burst_and_what_flows_in_since(
    calls: list[Taken], limit: int, tried: Tried
) -> None:
    let = passed(calls, tried, limit)
    for first, begin in enumerate(let):
        for last in range(first, len(let)):
            minutes = (let[last].at - begin.at) / timedelta(minutes=1)
            assert sum(cost(call, tried) for call in let[first : last + 1]) <= limit * (1 + minutes) + 1e-6


@given(traffic(), st.integers(1, 100), RATES)
def test_a_call_is_refused_only_if_it_does_not_fit(calls: list[Taken], limit: int, tried: Tried) -> None:
    """Against a bucket of fractions, filled anew: another way to say the same."""
    from fractions import Fraction

    level, before, refused = Fraction(limit), NOW, []
    for call in calls:
        level = min(
            Fraction(limit), level + Fraction((call.at - before) // timedelta(microseconds=1), 60_000_000) * limit
        )
        before = call.at
        if cost(call, tried) > level:
            refused.append(call)
        else:
            level -= cost(call, tried)
    assert list(would_refuse(calls, tried, limit)) == refused


@given(traffic(), st.integers(0, 60))
def test_a_budget_lets_through_what_fits_into_its_period(calls: list[Taken], hard: int) -> None:
    assert sum(call.amount for call in passed(calls, Tried.DAY, hard)) <= hard
    assert not list(would_refuse(calls, Tried.MONTH, sum(call.amount for call in calls)))


def test_a_burst_of_the_limit_passes_and_one_more_does_not() -> None:
    burst = [at(0) for _ in range(11)]
    assert len(list(would_refuse(burst, Tried.REQUESTS, 10))) == 1
    assert not list(would_refuse([*burst[:10], at(6)], Tried.REQUESTS, 10))
    assert list(would_refuse([*burst[:10], at(5.999999)], Tried.REQUESTS, 10))


def test_a_call_larger_than_the_limit_never_passes() -> None:
    assert list(would_refuse([at(0, tokens=11)], Tried.TOKENS, 10))


def test_a_budget_begins_anew_with_each_period_of_utc() -> None:
    calls = [at(0, amount=6), at(1, amount=6), at(12 * 3600, amount=6)]  # the last one at midnight
    assert list(would_refuse(calls, Tried.DAY, 10)) == [calls[1]]
    assert list(would_refuse(calls, Tried.MONTH, 10)) == calls[1:]


def event(organization: UUID, age: timedelta, **more: Any) -> UsageEvent:
    given: dict[str, Any] = {
        "project_id": new_id(), "key_id": new_id(), "model": "llama", "status": 200, "outcome": "completed",
        "prompt_tokens": 8, "cached_tokens": 0, "completion_tokens": 2, "estimated": False, "latency_ms": 1,
        "amount": PICO, "price_version": 1,
    }  # fmt: skip
    return UsageEvent(id=new_id(), organization_id=organization, started_at=NOW - age, **{**given, **more})


def tried(subject: Subject, limit: int, which: Tried = Tried.REQUESTS, **more: Any) -> Result:
    return dry_run(subject, which, limit, NOW, **more)


@pytest.mark.django_db
def test_a_run_reads_the_subjects_calls_of_a_week_in_one_query(django_assert_num_queries: Any) -> None:
    ours, project, key = new_id(), new_id(), new_id()
    UsageEvent.objects.bulk_create(
        [
            event(ours, timedelta(hours=2), project_id=project, key_id=key),
            event(ours, timedelta(hours=2), project_id=project, model="other"),
            event(ours, timedelta(hours=1)),
            event(ours, SPAN + timedelta(seconds=1)),
            event(new_id(), timedelta(hours=1)),
        ]
    )
    with django_assert_num_queries(1):
        assert tried(Subject(ours), 1).calls == 3
    assert tried(Subject(ours, project_id=project), 1).calls == 2
    assert tried(Subject(ours, key_id=key), 1).calls == 1
    assert tried(Subject(ours, project_id=project, model="other"), 1).calls == 1
    result = tried(Subject(ours), 1)
    assert (result.refused, result.worst, result.worst_hour) == (1, 1, NOW - timedelta(hours=2))
    assert (result.start, result.end, result.is_cut) == (NOW - SPAN, NOW, False)
    assert tried(Subject(ours), 19, Tried.TOKENS).refused == 1
    assert tried(Subject(ours), 2 * PICO, Tried.DAY).refused == 1
    assert tried(Subject(new_id()), 1) == Result(NOW - SPAN, NOW, 0, 0, None, 0, False)


@pytest.mark.django_db
def test_of_too_many_calls_the_newest_count_and_the_run_says_since_when() -> None:
    ours = new_id()
    UsageEvent.objects.bulk_create(event(ours, timedelta(hours=hours)) for hours in range(1, 6))
    result = tried(Subject(ours), 10, most=3)
    assert (result.calls, result.is_cut, result.start) == (3, True, NOW - timedelta(hours=3))
    assert not tried(Subject(ours), 10, most=5).is_cut


@pytest.mark.django_db
def test_a_run_goes_by_the_index_and_reads_no_other_weeks() -> None:
    events = UsageEvent.objects.filter(organization_id=new_id(), started_at__gte=NOW, key_id=new_id())
    plan = events.order_by("-started_at")[:10].explain()
    if connection.vendor == "sqlite":
        assert "USING INDEX event_by_organization" in plan
        assert "TEMP B-TREE" not in plan
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = events.order_by("-started_at")[:10].explain()  # the index of the partition goes by a name of its own
        assert "organization_id_started_at_idx" in plan


def test_two_hundred_thousand_calls_are_simulated_while_somebody_waits() -> None:
    calls = [at(number / 10) for number in range(200_000)]
    began = time.process_time()
    assert list(would_refuse(calls, Tried.REQUESTS, 100))
    assert time.process_time() - began < 3
