"""Quiet hours: by the clock on the recipient's wall, past midnight and where it is turned; never without an end."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.preferences import Span, end_of_quiet

NIGHT, NOON, SMALL_HOURS = (time(22), time(7)), (time(12), time(13)), (time(1), time(2, 30))
BERLIN = "Europe/Berlin"
START = datetime(2015, 1, 1, tzinfo=UTC)


def until(hours: Span, now: str, zone: str = "UTC") -> str:
    """Return when quiet ends, as the wall's clock says it there; empty if it is not quiet."""
    end = end_of_quiet(hours, datetime.fromisoformat(now), zone)
    return end.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes") if end else ""


@pytest.mark.parametrize(
    ("hours", "now", "end"),
    [
        (NIGHT, "2026-11-25T21:59:59+00:00", ""),
        (NIGHT, "2026-11-25T22:00+00:00", "2026-11-26T07:00+00:00"),
        (NIGHT, "2026-11-25T23:59:59+00:00", "2026-11-26T07:00+00:00"),
        (NIGHT, "2026-11-26T00:00+00:00", "2026-11-26T07:00+00:00"),
        (NIGHT, "2026-11-26T06:59:59+00:00", "2026-11-26T07:00+00:00"),
        (NIGHT, "2026-11-26T07:00+00:00", ""),
        (NOON, "2026-11-26T12:30+00:00", "2026-11-26T13:00+00:00"),
        (NOON, "2026-11-26T11:30+00:00", ""),
        (NOON, "2026-11-26T13:00+00:00", ""),
    ],
)
def test_quiet_begins_and_ends_to_the_minute_also_past_midnight(hours: Span, now: str, end: str) -> None:
    assert until(hours, now) == end


def test_it_is_the_recipients_night_and_not_ours() -> None:
    assert until(NIGHT, "2026-11-25T03:00+00:00", "America/Los_Angeles") == ""
    assert until(NIGHT, "2026-11-25T12:00+00:00", "America/Los_Angeles") == "2026-11-25T07:00-08:00"


@pytest.mark.parametrize("hours", [(time(9), time(9)), (time(0), time(0))])
def test_hours_of_no_length_are_never_quiet(hours: Span) -> None:
    assert until(hours, "2026-11-25T09:00+00:00") == until(hours, "2026-11-25T00:00+00:00") == ""


@pytest.mark.parametrize(
    ("now", "end"),
    [
        # In March there is no 02:30: an hour later there is.
        ("2026-03-29T00:15+00:00", "2026-03-29T03:30+02:00"),
        ("2026-03-29T00:45+00:00", "2026-03-29T03:30+02:00"),
        ("2026-03-29T01:00+00:00", ""),
        # In October 02:15 comes twice, and it is quiet both times.
        ("2026-10-25T00:15+00:00", "2026-10-25T02:30+02:00"),
        ("2026-10-25T00:45+00:00", ""),
        ("2026-10-25T01:15+00:00", "2026-10-25T02:30+01:00"),
        ("2026-10-25T01:30+00:00", ""),
    ],
)
def test_where_the_clock_is_turned_quiet_ends_ahead_and_never_in_the_past(now: str, end: str) -> None:
    assert until(SMALL_HOURS, now, BERLIN) == end


@given(
    st.integers(0, 20 * 365 * 24 * 60),
    st.sampled_from(sorted(available_timezones())),
    st.times(timezones=st.none()),
    st.times(timezones=st.none()),
)
def test_quiet_ends_in_every_zone_within_two_days_and_then_it_is_not_quiet(
    minutes: int, zone: str, begins: time, ends: time
) -> None:
    now = START + timedelta(minutes=minutes)
    end = end_of_quiet((begins, ends), now, zone)
    if end is not None:
        assert now < end < now + timedelta(days=2)
        assert end_of_quiet((begins, ends), end, zone) is None
