"""Recording calls with dedupe, rating and all rollups, beside Django's own ways to write the events alone.

Over one connection, on SQLite or in the empty database of `BENCH_DATABASE_URL`; `INGEST_EVENTS` is how many calls.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from statistics import median
from typing import Any

from bench.bar import Bar
from bench.isolated import isolated

EVENTS = int(os.environ.get("INGEST_EVENTS", "300_000"))
BATCH = 5000  # as many as the gateway's writer takes at once
ROUNDS = 6
_SINGLES = 300  # a round


def bars() -> Iterator[Bar]:
    with isolated():
        speeds = _speeds()
        engine = "PostgreSQL" if "BENCH_DATABASE_URL" in os.environ else "SQLite"
        name = f"ingest on {engine}, {BATCH} calls a transaction, 5 % twice"
        yield Bar(name, speeds["ours"], "calls a second", 40_000, at_most=False)
        yield Bar(f"{name}, by bulk_create", speeds["ours"] / speeds["bulk"], "x", 1.6, at_most=False)
        yield Bar(f"{name}, by single creates", speeds["ours"] / speeds["single"], "x", 20, at_most=False)


def _speeds() -> dict[str, float]:
    """Return calls a second of each way, medians of rounds in turns."""
    from django.utils import timezone

    from bench.usage.calls import calls, make_models, with_some_twice
    from gateway.garbage import collect_seldom
    from usage.actions import record_calls
    from usage.partitions import make_months

    make_models()
    collect_seldom()  # as the gateway's settler does
    now = timezone.now()
    make_months(now)
    span = timedelta(minutes=EVENTS / 2000)  # 2,000 calls a minute of four organizations
    come = with_some_twice(list(calls(EVENTS, start=now - span, span=span)))
    batches = [come[place : place + BATCH] for place in range(0, len(come), BATCH)]
    share = len(batches) // ROUNDS
    ways: dict[str, Callable[[Sequence[Any]], object]] = {"ours": record_calls, "bulk": _bulk, "single": _single}
    found: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(ROUNDS):
        some = batches[turn * share : (turn + 1) * share]
        for way, write in ways.items():
            given = [batch[:_SINGLES] for batch in some[:1]] if way == "single" else some
            others = given if way == "ours" else [_renamed(batch, way, turn) for batch in given]
            began = time.perf_counter()
            for batch in others:
                write(batch)
            found[way].append(sum(map(len, others)) / (time.perf_counter() - began))
    return {way: median(speeds) for way, speeds in found.items()}


def _renamed(batch: Sequence[Any], way: str, turn: int) -> list[Any]:
    """Return the same calls under other ids, so that each way has its own, and single creates find none twice."""
    from uuid import UUID

    from msgspec.structs import replace

    mark = {"bulk": 1, "single": 2}[way] << 60 | turn << 40
    return [replace(call, id=UUID(int=call.id.int ^ mark)) for call in batch]


def _bulk(batch: Sequence[Any]) -> None:
    from usage.models import UsageEvent

    UsageEvent.objects.bulk_create([UsageEvent(**_values(call)) for call in batch], ignore_conflicts=True)


def _single(batch: Sequence[Any]) -> None:
    from usage.models import UsageEvent

    for call in {call.id: call for call in batch}.values():
        UsageEvent.objects.create(**_values(call))


def _values(call: Any) -> dict[str, Any]:
    from msgspec.structs import asdict

    values = asdict(call)
    for name in ("network", "holds", "held"):
        del values[name]
    return {**values, "amount": call.prompt_tokens * 180_000, "price_version": 1}
