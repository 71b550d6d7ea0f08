"""How fast workers send, as a fraction of what a bare SMTP client does with the same mails and the same server.

Bare is smtplib in one process: mails that are rendered already, one after the other, with a connection for each as
Django's backend makes it; with one kept for all; and with one kept and two durable commits a mail, without which
nothing can promise to send at least once and to record each opening. The workers do all they do in production: the
relay claims, the broker carries ids, the unsealer in its process commits a leaf and opens each address, three templates
are rendered. Rounds take turns, so that a busy moment of the machine hits all alike.

There are three servers: one that answers at once, which no real one does; one that needs five milliseconds to take a
mail; and, where Postfix is installed and this is root, Postfix itself, which writes each mail into its queue. The bar
holds against a server that people have: Postfix, or else the slow one.
"""

import os
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.bar import Bar
from bench.commit import bare_commit
from bench.notifications.postfix import Postfix, is_here, postfix
from bench.notifications.sink import Sink, sink
from tests.notifications.faults.station import Station, prepare

MAILS, ROUNDS, WORKERS, THREADS = 500, 5, 3, 2
DELAYS = {"at once": 0.0, "in 5 ms": 0.005}
BARE = {
    "single": "a connection a mail",
    "kept": "one connection",
    "durable": "one connection and two commits a mail",
}
SENDER, RECIPIENT = "console@localhost", "person@example.com"
_PATIENCE = 300.0  # seconds a round

Server = Sink | Postfix


def bars() -> Iterator[Bar]:
    mails: list[bytes] = []
    for answer, delay in DELAYS.items():
        with sink(delay) as server:
            yield from _against(server, f"answers {answer}", lambda server=server: server.mails())
            mails = server.mails()
    if is_here():
        with postfix() as real:
            yield from _against(real, "is Postfix", lambda: mails[:MAILS])


def _against(server: Server, said: str, mails: Callable[[], list[bytes]]) -> Iterator[Bar]:
    with TemporaryDirectory(prefix="llama-console-bench-") as folder, _station(Path(folder), server) as station:
        rates = _measure(station, server, mails, bare_commit(Path(folder, "bare.sqlite3")))
    for bare, name in BARE.items():
        rate = f"workers {rates['workers']:.0f}/s, bare with {name} {rates[bare]:.0f}/s, the server {said}"
        yield Bar(f"throughput: {rate}", rates["workers"] / rates[bare], "×", 0.5, at_most=False)


def _measure(
    station: Station, server: Server, mails: Callable[[], list[bytes]], commit: Callable[[], None]
) -> dict[str, float]:
    """Return mails a second, medians of the rounds."""
    rates: dict[str, list[float]] = {name: [] for name in ("workers", *BARE)}
    for _ in range(ROUNDS):
        rates["workers"].append(_workers(station, server))
        sent = mails()
        rates["kept"].append(_kept(server, sent, lambda: None))
        rates["durable"].append(_kept(server, sent, lambda: (commit(), commit())))
        rates["single"].append(_single(server, sent))
    return {name: median(measured) for name, measured in rates.items()}


def _workers(station: Station, server: Server) -> float:
    """Return the rate from the commit of the messages until the last of them came."""
    server.forget()
    _, began = station.tell("tell", "already-registered")
    deadline = began + _PATIENCE
    while server.count() < MAILS:
        if time.monotonic() > deadline:
            raise RuntimeError(f"Only {server.count()} of {MAILS} mails came.\n{station.log()}")
        time.sleep(0.05)
    return MAILS / (server.last() - began)


def _kept(server: Server, mails: list[bytes], afterwards: Callable[[], object]) -> float:
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", server.port, local_hostname="localhost") as client:
        for mail in mails:
            client.sendmail(SENDER, [RECIPIENT], mail)
            afterwards()
    return len(mails) / (time.monotonic() - began)


def _single(server: Server, mails: list[bytes]) -> float:
    began = time.monotonic()
    for mail in mails:
        with smtplib.SMTP("127.0.0.1", server.port, local_hostname="localhost") as client:
            client.sendmail(SENDER, [RECIPIENT], mail)
    return len(mails) / (time.monotonic() - began)


@contextmanager
def _station(folder: Path, server: Server) -> Iterator[Station]:
    """A station on the embedded broker, at work and warm."""
    prepare(folder)
    more = {"SMTP_URL": f"smtp://127.0.0.1:{server.port}", "UNSEALER_SOCKET": f"{folder}/unsealer.sock"}
    station = Station(folder, "filesystem://localhost", f"bench-{os.getpid()}", lease=120, **more)
    try:
        station.start_unsealer()
        for _ in range(WORKERS):
            station.start_worker("--concurrency", str(THREADS))
        station.start_beat()
        station.tell("people", MAILS)
        station.wait(lambda: station.tell("is_working"))
        _workers(station, server)
        yield station
    finally:
        station.close()
