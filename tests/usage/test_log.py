"""Single calls, a page at a time: exact places, the hours that the rollup names, and indexes for what is rare."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.ids import new_id
from usage import log
from usage.actions import record_calls
from usage.calls import Call, Outcome
from usage.log import Place, Status, Wanted
from usage.models import HourlyUsage

pytestmark = pytest.mark.django_db
ORGANIZATION, PROJECT, KEY = (UUID(int=n) for n in (1, 2, 3))
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def record(at: datetime = NOON, **changes: Any) -> UUID:
    values: dict[str, Any] = {
        "organization_id": ORGANIZATION, "project_id": PROJECT, "key_id": KEY, "model": "llama", "status": 200,
        "outcome": Outcome.COMPLETED, "prompt_tokens": 1, "cached_tokens": 0, "completion_tokens": 1, "latency_ms": 1,
        "first_token_ms": None, "estimated": False,
    }  # fmt: skip
    call = Call(id=new_id(), started_at=at, **(values | changes))
    record_calls([call])
    return call.id


def walk(wanted: Wanted, size: int) -> list[UUID]:
    """Return all ids, a page after the other."""
    seen: list[UUID] = []
    before: Place | None = None
    for _ in range(100):
        found = log.page(wanted, before=before, size=size)
        assert len(found.events) <= size
        seen += [event.pk for event in found.events]
        if (before := found.following) is None:
            return seen
    raise AssertionError("The pages have no end.")


@pytest.mark.parametrize("size", [1, 2, 3, 50])
@pytest.mark.parametrize(
    "narrowed",
    [{}, {"projects": [PROJECT]}, {"key_id": KEY}, {"model": "llama"}, {"status": Status.SERVER}, {"estimated": True}],
)
def test_every_call_is_on_one_page_whatever_the_size(size: int, narrowed: dict[str, Any]) -> None:
    ages = [0, 0, 0, 1, 59, 60, 61, 200, 24 * 60, 24 * 60 + 1, 100 * 24 * 60]
    made = [record(NOON - timedelta(minutes=age), status=502, estimated=True) for age in ages]
    for n in range(3):
        record(NOON - timedelta(minutes=30 * n), project_id=new_id(), key_id=new_id(), model="other", status=200)
    record(organization_id=new_id(), status=502, estimated=True)
    seen = walk(Wanted(ORGANIZATION, **narrowed), size)
    expected = set(made) if narrowed else {pk for pk in seen if pk not in made} | set(made)
    assert set(seen) == expected
    assert len(seen) == len(expected) == (11 if narrowed else 14)


def test_what_the_rollup_cannot_tell_apart_is_found_beyond_the_hours_of_one_round() -> None:
    found = record(NOON - timedelta(hours=300), status=502)
    for hour in range(250):
        record(NOON - timedelta(hours=hour), status=404)
    assert walk(Wanted(ORGANIZATION, status=Status.SERVER), 50) == [found]


def test_a_page_ends_where_the_time_asked_for_ends() -> None:
    inside = record()
    record(NOON - timedelta(hours=1, microseconds=1))
    record(NOON + timedelta(hours=1))
    wanted = Wanted(ORGANIZATION, model="llama", since=NOON - timedelta(hours=1), until=NOON + timedelta(hours=1))
    assert walk(wanted, 50) == [inside]


@pytest.mark.parametrize(
    "text", ["", "1", "-", "x-" + "0" * 32, "1-" + "g" * 32, "²-" + "0" * 32, "9" * 18 + "-" + "0" * 32]
)
def test_a_text_that_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Place.read(text)


def test_a_place_is_read_as_it_was_written() -> None:
    place = Place(NOON + timedelta(microseconds=7), new_id())
    assert Place.read(str(place)) == place


def test_only_the_hours_that_have_such_calls_are_read() -> None:
    rare = record(NOON - timedelta(hours=40), key_id=new_id())
    for hour in range(39):
        record(NOON - timedelta(hours=hour))
    HourlyUsage.objects.filter(start=NOON).update(key_id=new_id())
    key = log.find(Wanted(ORGANIZATION), rare)
    assert key
    with CaptureQueriesContext(connection) as queries:
        log.page(Wanted(ORGANIZATION, key_id=key.key_id), before=None, size=50)
    _, events = queries
    assert "2026-06-29" in events["sql"]  # the hour of the rare call
    assert "2026-07-01 12:00" not in events["sql"]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(ORGANIZATION), "event_by_organization"),
        (Wanted(ORGANIZATION, estimated=True), "event_estimated"),
        (Wanted(ORGANIZATION, outcome=Outcome.FAILED), "event_unfinished"),
        (Wanted(ORGANIZATION, outcome=Outcome.DISCONNECTED, since=NOON), "event_unfinished"),
        (Wanted(ORGANIZATION, model="llama"), "event_by_organization"),
    ],
)
def test_an_index_finds_the_page(wanted: Wanted, index: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("On a small table PostgreSQL reads it whole, whatever indexes there are.")
    plan = wanted.events()[:51].explain()
    assert f"USING INDEX {index}" in plan
    assert "SCAN" not in plan
