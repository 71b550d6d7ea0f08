"""Ranges of the usage page: presets by any step that fits, and any two moments. What can't be shown is said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Project
from keys.models import ApiKey
from tests.usage.support import URL, record
from usage.grains import minutes_since
from usage.ranges import BadRange, read

NOW = datetime(2026, 11, 20, 15, 42, tzinfo=UTC)


def custom(start: str, end: str, step: str = "") -> dict[str, str]:
    return {"range": "custom", "from": start, "to": end, "step": step}


@pytest.mark.parametrize(
    ("start", "end", "step", "first", "last", "count"),
    [
        ("2026-11-01", "2026-11-03", "day", "2026-11-01T00:00", "2026-11-04T00:00", 3),
        ("2026-11-01T10:20", "2026-11-01T12:00", "hour", "2026-11-01T10:00", "2026-11-01T12:00", 2),
        ("2026-11-01T10:20", "2026-11-01T12:01", "hour", "2026-11-01T10:00", "2026-11-01T13:00", 3),
        ("2026-11-20T10:20", "2026-11-20T10:25", "minute", "2026-11-20T10:20", "2026-11-20T10:25", 5),
        ("2026-11-01T02:00+02:00", "2026-11-02T00:00Z", "day", "2026-11-01T00:00", "2026-11-02T00:00", 1),
        ("2025-11-15", "2026-01-15", "month", "2025-11-01T00:00", "2026-02-01T00:00", 3),
        ("2026-11-20", "2026-11-20", "", "2026-11-20T00:00", "2026-11-21T00:00", 24),
        ("2026-11-20T10:00", "2026-11-20T11:00", "", "2026-11-20T10:00", "2026-11-20T11:00", 60),
        ("2026-10-20T10:00", "2026-10-20T11:00", "", "2026-10-20T10:00", "2026-10-20T11:00", 1),
        ("2026-09-01", "2026-10-31", "", "2026-09-01T00:00", "2026-11-01T00:00", 61),
        ("2024-01-01", "2026-10-31", "", "2024-01-01T00:00", "2026-11-01T00:00", 34),
    ],
)
def test_two_moments_make_whole_steps(start: str, end: str, step: str, first: str, last: str, count: int) -> None:
    period = read(custom(start, end, step), NOW).period
    assert (f"{period.start:%Y-%m-%dT%H:%M}", f"{period.end:%Y-%m-%dT%H:%M}", period.count) == (first, last, count)


@pytest.mark.parametrize(
    ("start", "end", "step", "says"),
    [
        ("", "", "", "Give both ends"),
        ("yesterday", "2026-11-02", "", "Give both ends"),
        ("2026-11-31", "2026-12-02", "", "Give both ends"),
        ("2026-11-01", "9999-12-31", "", "Give both ends"),
        ("0001-01-01T00:00+09:00", "2026-11-01", "", "Give both ends"),
        ("2026-11-05", "2026-11-03", "", "ends before it begins"),
        ("2026-11-05T10:00", "2026-11-05T10:00", "", "ends before it begins"),
        ("2026-12-01", "2026-12-03", "", "has not begun"),
        ("2019-12-01", "2020-03-03", "", "before 2020"),
        ("2026-01-01", "2026-11-03", "hour", "longer step"),
        ("2026-11-20", "2026-11-20", "minute", "longer step"),
        ("2026-11-10T10:00", "2026-11-10T11:00", "minute", "kept for 7 days"),
        ("2026-11-01", "2900-01-01", "", "shorter range"),
    ],
)
def test_what_cannot_be_shown_is_said(start: str, end: str, step: str, says: str) -> None:
    with pytest.raises(BadRange, match=says):
        read(custom(start, end, step), NOW)


def test_a_preset_takes_a_step_that_fits_and_its_own_for_one_that_does_not() -> None:
    assert read({"range": "7d", "step": "hour"}, NOW).period.step.id == "hour"
    assert read({"range": "7d", "step": "minute"}, NOW).period.step.id == "day"
    assert read({"range": "90d", "step": "month"}, NOW).period.count == 4
    assert [step.id for step in read({"range": "24h"}, NOW).steps] == ["hour", "day"]


def test_minutes_before_those_that_are_kept_are_not_compared_with() -> None:
    kept = minutes_since(NOW)
    edge = read(custom(f"{kept:%Y-%m-%dT%H:%M}", f"{kept + timedelta(hours=1):%Y-%m-%dT%H:%M}", "minute"), NOW)
    assert not edge.has_before(NOW)
    assert read(custom("2026-11-20T10:00", "2026-11-20T11:00", "minute"), NOW).has_before(NOW)


@pytest.mark.django_db
def test_a_fault_is_told_beside_the_form_and_nothing_else_is_shown(
    as_owner: Client, project: Project, key: ApiKey
) -> None:
    record(project, key)
    page = as_owner.get(URL, custom("2026-11-05", "<b>"))
    text = page.content.decode()
    assert page.status_code == 422
    assert "Give both ends" in text
    assert 'value="&lt;b&gt;"' in text
    assert 'value="2026-11-05"' in text
    assert 'id="live"' not in text
    assert as_owner.get(URL + "usage.csv", custom("2026-11-05", "x")).status_code == 422


@pytest.mark.django_db
def test_a_custom_range_by_minute_shows_the_minute_of_a_call(as_owner: Client, project: Project, key: ApiKey) -> None:
    at = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=10)
    record(project, key, 3, started_at=at)
    asked = custom(f"{at - timedelta(minutes=2):%Y-%m-%dT%H:%M}", f"{at + timedelta(minutes=3):%Y-%m-%dT%H:%M}")
    page = as_owner.get(URL, asked | {"metric": "requests"})
    assert [column.total for column in page.context["chart"].columns] == ["0", "0", "3", "0", "0"]
    assert page.context["chart"].columns[2].start == f"{at:%Y-%m-%dT%H:%M}"
    assert page.context["ends"]["from"] == asked["from"]
    assert page.context["whole_url"]


@pytest.mark.django_db
def test_minutes_are_offered_where_they_are_kept(as_owner: Client, settings: Any) -> None:
    def offered(start: datetime) -> list[str]:
        asked = custom(f"{start:%Y-%m-%dT%H:%M}", f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}")
        return [step["id"] for step in as_owner.get(URL, asked).context["steps"]]

    assert offered(timezone.now() - timedelta(days=2)) == ["minute", "hour"]
    assert offered(timezone.now() - timedelta(days=9)) == ["hour"]
