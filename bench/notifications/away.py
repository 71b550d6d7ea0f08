"""Brokers that refuse connections, or take them and say nothing: how long somebody who signs up waits."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.bar import Bar
from tests.notifications.faults.proxy import Mode, Proxy
from tests.notifications.faults.station import Station, prepare

SIGN_UPS = 9
BROKERS = {
    "Redis": (6379, "redis://127.0.0.1:{port}/7"),
    "RabbitMQ": (5672, "amqp://guest:guest@127.0.0.1:{port}//"),
}


def bars() -> Iterator[Bar]:
    for broker, (port, url) in BROKERS.items():
        proxy = Proxy(("127.0.0.1", port))
        with TemporaryDirectory(prefix="llama-console-bench-") as folder:
            prepare(Path(folder))
            station = Station(Path(folder), url.format(port=proxy.port), prefix=f"bench-{os.getpid()}")
            try:
                for mode in (Mode.PASS, Mode.REFUSE, Mode.SILENT):
                    proxy.set(mode)
                    longest = max(station.tell("sign_up")[0] for _ in range(SIGN_UPS))
                    if mode is not Mode.PASS:  # which only warms up
                        yield Bar(f"the longest of {SIGN_UPS} sign-ups, {broker} {mode.value}", longest, "s", 1)
            finally:
                proxy.set(Mode.PASS)
                station.close()
                proxy.close()
