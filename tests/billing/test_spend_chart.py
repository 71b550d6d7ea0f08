"""The chart of a month: a line up to today, a forecast from there, and the cap."""

import re
from datetime import UTC, date, datetime

import pytest

from billing.spend import Spend
from billing.spend_chart import SpendChart, draw
from catalog.money import PICO

DAILY = {date(2026, 11, day): day * PICO for day in range(1, 21)}


def chart(day: int = 20, cap: int | None = None, daily: dict[date, int] = DAILY) -> SpendChart:
    return draw(Spend(datetime(2026, 11, day, 12, tzinfo=UTC), daily, before=0), cap)


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path)]


def test_there_is_a_column_for_each_day_of_the_month_and_the_forecast_begins_tomorrow() -> None:
    found = chart()
    assert len(found.columns) == 30
    assert [column.is_ahead for column in found.columns] == [False] * 20 + [True] * 10
    assert found.columns[19].total == "$210.00"
    assert found.columns[20].total.startswith("about $")
    assert found.now is found.columns[19]


def test_the_forecast_goes_on_where_the_line_ends_and_its_range_widens() -> None:
    found = chart()
    line, ahead, band = points(found.line), points(found.ahead), points(found.band)
    assert ahead[0] == band[0] == line[-1]
    above, below = band[1:11], band[:10:-1]
    widths = [low[1] - high[1] for high, low in zip(above, below, strict=True)]
    assert widths == sorted(widths)
    assert widths[0] > 0


def test_all_that_is_drawn_is_inside_of_the_chart() -> None:
    for path in (chart().line, chart().area, chart().ahead, chart().band):
        assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in points(path))


@pytest.mark.parametrize(("cap", "is_drawn"), [(None, False), (400 * PICO, True), (5_000 * PICO, False)])
def test_a_cap_is_drawn_unless_it_would_flatten_all_else(cap: int | None, is_drawn: bool) -> None:
    assert bool(chart(cap=cap).cap_y) is is_drawn


def test_the_last_day_of_a_month_has_nothing_ahead() -> None:
    found = chart(day=30)
    assert (found.ahead, found.band) == ("", "")
    assert found.now is found.columns[-1]


def test_a_month_without_usage_is_a_flat_line() -> None:
    found = chart(day=1, daily={})
    assert points(found.line) == [(1.67, 100.0)]
    assert len(found.ticks) == 1
