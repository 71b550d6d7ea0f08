"""One cause, ten thousand messages: how long the request that tells everybody takes, and the memory that it needs."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.bar import Bar
from tests.notifications.faults.station import Station, prepare

READERS = 10_000
_MEGABYTE = 1024 * 1024


def bars() -> Iterator[Bar]:
    with TemporaryDirectory(prefix="llama-console-bench-") as folder:
        prepare(Path(folder))
        station = Station(Path(folder), "filesystem://localhost", prefix=f"bench-{os.getpid()}")
        try:
            took, worked = station.tell("fan_out", "already-registered", READERS)
            few, many = (station.tell("fan_out_memory", "already-registered", n) for n in (READERS // 10, READERS))
        finally:
            station.close()
    yield Bar(f"telling {READERS:,} people in one request ({worked:.2f} s of the processor)", took, "s", 1)
    yield Bar(f"memory for {READERS:,} people beyond that for a tenth", (many - few) / _MEGABYTE, "MiB", 1)
