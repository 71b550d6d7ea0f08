"""The chart's arithmetic: every bar fits, adds up, and keeps its colour."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from usage import figures
from usage.chart import Plot, draw, scale
from usage.csv_export import neutral
from usage.periods import PRESETS, Period
from usage.series import Label, colours

NOW = datetime(2026, 3, 1, 12, 34, tzinfo=UTC)


@given(st.integers(0, 10**24))
@example(10**17 + 1)
def test_an_axis_ends_at_or_just_above_the_highest_value(highest: int) -> None:
    step, top = scale(highest)
    assert top >= highest
    assert top % step == 0
    assert top // step <= 5
    assert top <= max(2.5 * highest, 4)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.id)
def test_a_period_ends_with_the_running_bucket_and_follows_its_previous_one(preset: object) -> None:
    period = Period.ending(PRESETS[preset.id], NOW)  # type: ignore[attr-defined]
    assert len(period.buckets) == preset.count
    assert period.buckets[-1] <= NOW < period.end
    assert period.previous().end == period.start
    assert list(period.buckets) == sorted(set(period.buckets))


def test_twelve_months_begin_on_the_first_across_the_year() -> None:
    period = Period.ending(PRESETS["12m"], NOW)
    assert (period.buckets[0], period.end) == (datetime(2025, 4, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


def test_segments_stack_without_gaps_and_nothing_is_drawn_for_nothing() -> None:
    period = Period.ending(PRESETS["24h"], NOW)
    last = period.buckets[-1]
    cells = {(last, "a"): 3, (last, "b"): 1, (last, "c"): 0}
    names = {"a": "A", "b": "B", "c": "C"}
    colours = {"a": 0, "b": 1, "c": 2}
    drawn = draw(Plot("Requests", "requests", period, cells, colours, names, str, str))
    first, second = drawn.columns[-1].segments
    assert (first.y, first.height, second.y, second.height) == ("25.0%", "75.0%", "0.0%", "25.0%")
    assert (drawn.total, drawn.columns[0].segments) == ("4", ())
    assert [series.name for series in drawn.series] == ["A", "B", "C"]


def test_an_axis_without_anything_on_it_has_zero_alone() -> None:
    period = Period.ending(PRESETS["24h"], NOW)
    drawn = draw(Plot("Spend", "US dollars", period, {}, {}, {}, str, str))
    assert [tick.label for tick in drawn.ticks] == ["0"]


def test_a_colour_belongs_to_the_entity_and_not_to_its_rank() -> None:
    known = {name: Label(name) for name in "abcdefghij"}
    assert colours(["c", "a"], known) == colours(["a", "c"], known) == {"a": 0, "c": 2}
    assert len(set(colours(list("ghijab"), known).values())) == 6


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+1", "-x", "@sum", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_neutralised(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"
    assert neutral("plain") == "plain"


def test_a_semicolon_begins_a_cell_too_where_commas_divide_decimals() -> None:
    assert neutral("Acme;=1+1; @x") == "Acme;'=1+1;' @x"
    assert neutral("a; b - c = d") == "a; b - c = d"


def test_numbers_stay_as_they_are() -> None:
    assert neutral(-5) == -5
    assert neutral("-5.00") == "-5.00"


def test_figures_are_exact_as_long_as_they_are_readable() -> None:
    assert figures.count(9_999_999) == "9,999,999"
    assert figures.count(12_345_678) == "12.35M"
    assert [figures.axis(value) for value in (0, 9000, 250_000, 1_500_000)] == ["0", "9,000", "250k", "1.5M"]
    assert [figures.compact(value) for value in (0, 99_999, 178_574, 5_300_000)] == ["0", "99,999", "179k", "5.30M"]
    assert (figures.change(110, 100), figures.change(90, 100), figures.change(1, 0)) == ("+10.0%", "−10.0%", "")
