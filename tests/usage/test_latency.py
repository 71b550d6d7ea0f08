"""Percentiles of the page: of the calls themselves, in steps, groups, "Other" and the total; never of percentiles."""

from datetime import UTC, datetime, timedelta
from math import ceil
from random import Random

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Project
from keys.models import ApiKey
from ledger.ids import new_id
from tests.usage.support import URL, record
from usage import figures
from usage.chart import Plot
from usage.line_chart import draw_lines
from usage.measures import MEASURES
from usage.periods import PRESETS, Period
from usage.queries import Group
from usage.report import Report
from usage.sketch import ACCURACY, bin_of, percentile

pytestmark = pytest.mark.django_db


def by_hand(times: list[int], percent: int) -> int:
    return sorted(times)[ceil(len(times) * percent / 100) - 1]


def near(found: int | str, wanted: int) -> bool:
    return abs(int(found) - wanted) <= ACCURACY * wanted + 1


def shown(milliseconds: int) -> str:
    """Return what the page writes for a sketch of one call."""
    return figures.duration(percentile({bin_of(milliseconds): 1}, 50) or 0)


def test_each_step_group_other_and_total_have_percentiles_of_their_calls(
    as_owner: Client, project: Project, key: ApiKey
) -> None:
    random, now, times = Random(1), timezone.now(), dict[tuple[str, int], list[int]]()
    for number in range(8):
        for back in (0, 1):
            drawn = [int(random.lognormvariate(6, 1)) + 1 for _ in range(20 - number)]
            times[f"model-{number}", back] = drawn
            for each in drawn:
                record(project, key, latency_ms=each, model=f"model-{number}", started_at=now - timedelta(days=back))
    page = as_owner.get(URL, {"metric": "latency-p95", "range": "7d"})
    rows = {row.name: row for row, _url in page.context["rows"]}
    other = [each for (name, _back), drawn in times.items() if name in {"model-6", "model-7"} for each in drawn]
    everything = [each for drawn in times.values() for each in drawn]
    for name, wanted in (("Other", other), ("model-0", times["model-0", 0] + times["model-0", 1])):
        for text, percent in zip(rows[name].durations, (50, 95, 99), strict=True):
            assert near(_read(text), by_hand(wanted, percent)), (name, percent)
    assert near(_read(page.context["totals"].durations[1]), by_hand(everything, 95))
    assert near(_read(page.context["chart"].total), by_hand(everything, 95))
    today = [each for (_name, back), drawn in times.items() if not back for each in drawn]
    assert near(_read(page.context["chart"].columns[-1].total), by_hand(today, 95))


def test_the_file_has_percentiles_where_the_page_shows_them(as_owner: Client, project: Project, key: ApiKey) -> None:
    for each in range(1, 101):
        record(project, key, latency_ms=each * 10, first_token_ms=each)
    for metric, unit in (("latency-p50", 10), ("first-token-p95", 1)):
        header, line = as_owner.get(URL + "usage.csv", {"metric": metric}).content.decode().splitlines()
        name = "latency" if unit == 10 else "first_token"
        assert header.endswith(f",amount_usd,{name}_p50_ms,{name}_p95_ms,{name}_p99_ms")
        cells = line.split(",")[-3:]
        assert all(near(cell, percent * unit) for cell, percent in zip(cells, (50, 95, 99), strict=True))
    assert as_owner.get(URL + "usage.csv").content.decode().splitlines()[0].endswith(",amount_usd")


def test_calls_without_a_first_token_leave_a_gap(as_owner: Client, project: Project, key: ApiKey) -> None:
    record(project, key)
    page = as_owner.get(URL, {"metric": "first-token-p50"})
    assert page.context["chart"].columns[-1].total == "–"
    assert page.context["rows"][0][0].durations == ("–", "–", "–")
    line = as_owner.get(URL + "usage.csv", {"metric": "first-token-p50"}).content.decode().splitlines()[1]
    assert line.endswith(",,,")


def test_a_hidden_series_is_in_no_percentile_of_the_total(as_owner: Client, project: Project, key: ApiKey) -> None:
    record(project, key, model="slow", latency_ms=9000)
    record(project, key, model="quick", latency_ms=100)
    page = as_owner.get(URL, {"metric": "latency-p95", "hide": "slow"})
    assert page.context["totals"].durations[1] == page.context["chart"].total == shown(100)


def test_the_period_before_is_a_line_of_its_own(as_owner: Client, project: Project, key: ApiKey) -> None:
    record(project, key, latency_ms=100)
    record(project, key, latency_ms=9000, started_at=timezone.now() - timedelta(days=7))
    lines = as_owner.get(URL, {"metric": "latency-p50", "range": "7d", "compare": "1"}).context["chart"].lines
    assert [line.series is None for line in lines] == [False, True]
    assert lines[1].path


def test_lines_have_gaps_and_a_value_alone_is_a_dot() -> None:
    period = Period.ending(PRESETS["24h"], datetime(2026, 3, 1, 12, 34, tzinfo=UTC))
    at = period.buckets
    cells = {(at[0], "a"): 50, (at[1], "a"): 100, (at[3], "a"): 100}
    drawn = draw_lines(Plot("L", "ms", period, cells, {"a": 2}, {"a": "A"}, str, str), {at[0]: 50}, [], "70")
    assert drawn.lines[0].path == "M2.08,50.0h0 L6.25,0.0 M14.58,0.0h0"
    assert [column.total for column in drawn.columns[:2]] == ["50", "–"]
    assert [dot.value for dot in drawn.columns[1].dots] == ["100"]
    assert drawn.columns[2].dots == ()
    assert [column.dots[0].is_alone for column in drawn.columns if column.dots] == [False, False, True]


def test_a_report_of_durations_of_nothing_is_empty() -> None:
    period = Period.ending(PRESETS["7d"], timezone.now())
    report = Report(new_id(), period=period, measure=MEASURES["latency-p95"], group=Group.STATUS, compare=True)
    assert report.is_empty
    assert report.chart().total == "–"
    assert report.csv_rows() == report.rows() == []


def _read(text: str) -> int:
    number, unit = text.split(" ")
    return round(float(number.replace(",", "")) * (1000 if unit == "s" else 1))
