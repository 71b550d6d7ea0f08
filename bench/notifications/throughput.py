"""How fast one worker sends, as a fraction of what a bare SMTP client does with the same mails and the same server.

Bare is smtplib in one process: mails that are rendered already, one after the other, with a connection for each as
Django's backend makes it, and with one kept for all. The worker does all it does in production: the relay claims,
the broker carries ids, the unsealer in its process commits a leaf and opens each address, three templates are rendered.
Rounds take turns, so that a busy moment of the machine hits all alike.
"""

import os
import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench.bar import Bar
from bench.notifications.sink import Sink, sink
from tests.notifications.faults.station import Station, prepare

MAILS, ROUNDS = int(os.environ.get("MAILS", "1000")), 3
SENDER, RECIPIENT = "console@localhost", "person@example.com"
_PATIENCE = 120.0  # seconds a round


def bars() -> Iterator[Bar]:
    rates = measure()
    said = ", ".join(f"{name} {rate:.0f}/s" for name, rate in rates.items())
    yield Bar(
        f"worker's throughput, of a bare client with a kept connection ({said})",
        rates["worker"] / rates["kept"],
        "×",
        0.5,
        False,
    )
    yield Bar(
        "worker's throughput, of a bare client with a connection a mail",
        rates["worker"] / rates["single"],
        "×",
        0.5,
        False,
    )


def measure(broker: str = "filesystem://localhost") -> dict[str, float]:
    """Return mails a second, medians of the rounds."""
    rates: dict[str, list[float]] = {"worker": [], "kept": [], "single": []}
    with sink() as server, _station(server, broker) as station:
        _warm_up(station, server)
        for _ in range(ROUNDS):
            rates["worker"].append(_worker(station, server))
            mails = server.mails()
            rates["kept"].append(_kept(server, mails))
            rates["single"].append(_single(server, mails))
    return {name: median(measured) for name, measured in rates.items()}


def _worker(station: Station, server: Sink) -> float:
    server.forget()
    a = _cpu(station)
    began, _ = station.tell("tell", "already-registered")
    _wait(lambda: server.count() == MAILS, server, station)
    b = _cpu(station)
    print({k: round(1000 * (b[k] - a[k]) / MAILS, 2) for k in b}, MAILS / (server.last() - began))
    return MAILS / (server.last() - began)


def _cpu(station):
    r = {}
    for p in station._processes:
        f = open(f"/proc/{p.pid}/stat").read().rsplit(")", 1)[1].split()
        r[" ".join(p.args[1:7])[-22:] + str(p.pid)] = (int(f[11]) + int(f[12])) / 100
    return r


def _kept(server: Sink, mails: list[bytes]) -> float:
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", server.port, local_hostname="localhost") as client:
        for mail in mails:
            client.sendmail(SENDER, [RECIPIENT], mail)
    return len(mails) / (time.monotonic() - began)


def _single(server: Sink, mails: list[bytes]) -> float:
    began = time.monotonic()
    for mail in mails:
        with smtplib.SMTP("127.0.0.1", server.port, local_hostname="localhost") as client:
            client.sendmail(SENDER, [RECIPIENT], mail)
    return len(mails) / (time.monotonic() - began)


def _warm_up(station: Station, server: Sink) -> None:
    for _ in range(int(os.environ.get("WORKERS", "1"))):
        station.start_worker("--concurrency", os.environ.get("THREADS", "4"))
    station.start_beat()
    station.tell("people", MAILS)
    station.wait(lambda: station.tell("is_working"))
    _worker(station, server)


def _wait(happened: Any, server, station) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise RuntimeError(f"The worker did not send everything. {server.count()} {station.log()[-3000:]}")
        time.sleep(0.05)


@contextmanager
def _station(server: Sink, broker: str) -> Iterator[Station]:
    with TemporaryDirectory(prefix="llama-console-bench-") as name:
        folder, path = Path(name), f"{name}/unsealer.sock"
        prepare(folder)
        station = Station(
            folder,
            broker,
            f"bench-{os.getpid()}",
            lease=120,
            SMTP_URL=f"smtp://127.0.0.1:{server.port}",
            UNSEALER_SOCKET=path,
        )
        try:
            station.start_unsealer()
            yield station
        finally:
            station.close()


if __name__ == "__main__":
    print(measure())
