"""How long a call takes from the gateway's record of it to the sums that the usage page reads.

The gateway's own writer and its settler process, on SQLite or the empty database of `BENCH_DATABASE_URL`; `FRESH_RATE`
calls a second for `FRESH_SECONDS`. A call is seen when the hour's total has it, looked for every 20 ms.
"""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.bar import Bar
from bench.isolated import isolated

RATE = int(os.environ.get("FRESH_RATE", "500"))
SECONDS = int(os.environ.get("FRESH_SECONDS", "20"))
_LOOK = 0.02


def bars() -> Iterator[Bar]:
    with isolated():
        lags = sorted(_lags())
        name = f"freshness at {RATE} calls a second"
        yield Bar(f"{name}, median", lags[len(lags) // 2], "s", 2)
        yield Bar(f"{name}, the slowest", lags[-1], "s", 2)


def _lags() -> list[float]:
    """Return for each call how long it took, at least by the pause between two looks."""
    from django.conf import settings

    from bench.usage.calls import make_models
    from gateway.app import _GATHER
    from gateway.rooms import DjangoRooms
    from gateway.settler import Settler
    from gateway.spool import Spool
    from gateway.writer import Writer

    make_models()
    writer = Writer(Spool(settings.SPOOL_DIR), DjangoRooms(), pause=_GATHER, look_around=_GATHER, settler=Settler())
    writer.start()
    try:
        return _watched(writer)
    finally:
        writer.stop(30)


def _watched(writer: Any) -> list[float]:
    from bench.usage.calls import calls

    number = RATE * SECONDS
    planned = list(calls(number, start=datetime.now(UTC), span=timedelta(seconds=SECONDS)))
    began, written, seen = time.monotonic(), list[float](), list[float]()
    next_look = began
    while len(seen) < number:
        now = time.monotonic()
        due = min(number, int((now - began) * RATE))
        for call in planned[len(written) : due]:
            writer.record(call)
            written.append(now)
        if now >= next_look:
            visible, now = _visible(), time.monotonic()
            seen += [now - at for at in written[len(seen) : visible]]
            next_look = now + _LOOK
        time.sleep(0.001)
    return seen


def _visible() -> int:
    from django.db.models import Sum

    from usage.models import HourlyTotal

    return HourlyTotal.objects.aggregate(all=Sum("requests"))["all"] or 0
