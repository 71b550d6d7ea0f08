"""The 30-day chart by model: it takes as long with ten times the calls, and no longer than it may.

`CHART_EVENTS` are the numbers of calls that are compared, of an organization each, written by SQL with the rollups that
the console would write, into SQLite or the empty database of `BENCH_DATABASE_URL`. Beside it the same sums from the
events themselves, by their index.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from bench.bar import Bar
from bench.isolated import isolated
from bench.rounds import medians

SIZES = [int(size) for size in os.environ.get("CHART_EVENTS", "10_000 1_000_000 10_000_000").split()]
KEYS, PROJECTS, MODELS = 100, 5, 3
DAYS = 30
_END = datetime(2026, 11, 1, tzinfo=UTC)
_ROUNDS, _CALLS = 15, 5


def bars() -> Iterator[Bar]:
    with isolated():
        engine = "PostgreSQL" if "BENCH_DATABASE_URL" in os.environ else "SQLite"
        organizations = {size: UUID(int=size << 80 | 7 << 76 | 2 << 62) for size in SIZES}
        for size, organization_id in organizations.items():
            _fill(organization_id, size)
        _analyse()
        times = medians({str(size): _chart(each) for size, each in organizations.items()}, rounds=_ROUNDS, calls=_CALLS)
        name = f"30 days by model on {engine}"
        for size in SIZES:
            yield Bar(f"{name}, {size:,} calls of {KEYS} keys", times[str(size)] / 1000, "ms", 2)
        for small, large in pairwise(SIZES):
            ratio = times[str(large)] / times[str(small)]
            yield Bar(f"{name}, {large:,} by {small:,} calls", ratio, "x", 1.1)
        raw = medians({"raw": _raw(organizations[SIZES[-1]])}, rounds=3)["raw"]
        yield Bar(
            f"{name}, the raw index by it, {SIZES[-1]:,} calls", raw / times[str(SIZES[-1])], "x", 100, at_most=False
        )


def _chart(organization_id: UUID) -> Callable[[], object]:
    """Return the query of the chart as the page puts it, alone."""
    from usage.periods import BY_DAY, Period
    from usage.queries import SUMS, Question

    question = Question(organization_id, Period(BY_DAY, _END - timedelta(days=DAYS), DAYS))
    return _query(question.rows().values_list("start", "model").annotate(**SUMS).order_by())


def _raw(organization_id: UUID) -> Callable[[], object]:
    from django.db.models import Sum
    from django.db.models.functions import TruncDay

    from usage.models import UsageEvent

    events = UsageEvent.objects.filter(
        organization_id=organization_id, started_at__gte=_END - timedelta(days=DAYS), started_at__lt=_END
    )
    return _query(events.values_list(TruncDay("started_at", tzinfo=UTC), "model").annotate(Sum("amount")).order_by())


def _query(rows: Any) -> Callable[[], object]:
    from django.db import connection

    statement, values = rows.query.sql_with_params()

    def run() -> object:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    return run


def _fill(organization_id: UUID, size: int) -> None:
    from django.db import connection

    from bench.usage import fill

    with connection.cursor() as cursor:
        place = {"organization": _id(organization_id), "size": size, "step": DAYS * 86400 / size}
        for statement in fill.statements(connection.vendor, start=_END - timedelta(days=DAYS), **place):
            cursor.execute(statement)


def _id(value: UUID) -> str:
    from django.db import connection

    return value.hex if connection.vendor == "sqlite" else str(value)


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
