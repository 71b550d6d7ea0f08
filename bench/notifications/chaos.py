"""Workers killed again and again while they send: nothing is lost, and twice goes only what had to.

SIGKILL hits the older of two workers after every so many mails, some milliseconds later, at whatever it does just then.
Twice goes a mail whose worker died after the mail server took it and before the outbox knew, under one Message-ID.
"""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.bar import Bar
from tests.notifications.faults.station import Station, prepare

MAILS, KILLS, WORKERS = 2000, 100, 2
BROKERS = {
    "RabbitMQ": "amqp://guest:guest@127.0.0.1:5672//",
    "Redis": "redis://127.0.0.1:6379/7",
    "embedded": "filesystem://localhost",
}
_LONGEST = 0.1  # seconds from a mail to the kill that it brings
_PATIENCE = 900.0  # seconds a broker


def bars() -> Iterator[Bar]:
    for broker, url in BROKERS.items():
        with TemporaryDirectory(prefix="llama-console-bench-") as folder:
            lost, twice, kills, took = survive(Path(folder), url)
        under = f"{kills} kills during {MAILS} sends on {broker}"
        yield Bar(f"mails lost, {under} ({took:.0f} s)", lost, "mails", 0)
        yield Bar(f"mails sent twice, {under}", twice, "mails", kills)
        yield Bar(f"kills on {broker}", kills, "kills", KILLS, at_most=False)


def survive(folder: Path, broker: str) -> tuple[int, int, int, float]:
    """Return how many mails never came, how many came again, how many workers were killed, and the seconds."""
    prepare(folder)
    station = Station(folder, broker, prefix=f"bench-{os.getpid()}")
    began = time.monotonic()
    try:
        workers = [station.start_worker() for _ in range(WORKERS)]
        station.start_beat()
        station.tell("people", MAILS)
        station.wait(lambda: station.tell("is_working"))
        station.tell("tell", "already-registered")
        kills = _harass(station, workers)
        station.wait_until_sent(_PATIENCE)
        came, ids = Counter(station.office.taken), set(station.tell("states"))
    finally:
        station.close()
    known = {each.strip("<>").partition("@")[0] for each in came}
    return len(ids - known), sum(came.values()) - len(came), kills, time.monotonic() - began


def _harass(station: Station, workers: "list[subprocess.Popen[Any]]") -> int:
    """Kill a worker whenever another share of the mails came, and start the next one in its place."""
    kills, deadline = 0, time.monotonic() + _PATIENCE
    while kills < KILLS and time.monotonic() < deadline:
        if len(station.office.taken) >= kills * MAILS // KILLS:
            time.sleep(random.uniform(0, _LONGEST))  # noqa: S311
            workers[0].send_signal(signal.SIGKILL)
            workers.pop(0).wait()
            workers.append(station.start_worker())
            kills += 1
        time.sleep(0.001)
    return kills
