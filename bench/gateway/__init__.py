"""The gateway beside LiteLLM, nginx and the model server itself: what a call costs, and what it waits.

Everything is on: the key is checked, limits are counted, the worst case is held and settled, the call is metered.
One core has the servers, which are asked in turns; the other has load and model server. Processor time is that of
the whole process, its writer included, until it has nothing left to do.

GATEWAY_ROUNDS, and GATEWAY_SECONDS of each load in a round; GATEWAY_PEERS=0 leaves the peers out, NATIVE=1 takes the
Llama API's own shape, and BENCH_DATABASE_URL (an empty database) PostgreSQL.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.bar import Bar, Skipped
from bench.gateway import house, subjects
from bench.gateway.figures import Figures
from bench.gateway.model import EVENTS
from bench.gateway.streams import read_streams
from bench.isolated import isolated
from bench.keeper import unsealer_process
from bench.servers import wrk
from bench.servers.cores import apart
from bench.servers.server import Server
from bench.servers.venvs import NoPeer

ROUNDS = int(os.environ.get("GATEWAY_ROUNDS", "5"))
SECONDS = float(os.environ.get("GATEWAY_SECONDS", "4"))
PEERS = os.environ.get("GATEWAY_PEERS", "1") != "0"
MANY = 16  # connections
STREAMS = 32
PACE = float(os.environ.get("GATEWAY_PACE", "2"))  # milliseconds between two events


def bars() -> Iterator[Bar | Skipped]:
    if why := wrk.missing():
        yield Skipped("gateway", why)
        return
    with ExitStack() as stack:
        core = stack.enter_context(apart())
        folder = stack.enter_context(isolated())
        stack.enter_context(unsealer_process(folder))
        servers, absent = _start(stack, folder, core)
        yield from _measured(servers, _bodies(folder)).bars(absent)


def _start(stack: ExitStack, folder: Path, core: int) -> tuple[dict[str, Server], dict[str, str]]:
    """Start everybody who is here; return them, and why others are not."""
    secret = house.furnish()
    model = stack.enter_context(subjects.model(folder, PACE))
    servers = {"model": model, "gateway": stack.enter_context(subjects.gateway(folder, core, model.port, secret))}
    absent: dict[str, str] = {}
    if not PEERS:
        return servers, dict.fromkeys(("nginx", "litellm"), "GATEWAY_PEERS is 0")
    if why := subjects.no_nginx():
        absent["nginx"] = why
    else:
        servers["nginx"] = stack.enter_context(subjects.nginx(folder, core, model.port))
    try:
        servers["litellm"] = stack.enter_context(subjects.litellm(folder, core, model.port))
    except (NoPeer, RuntimeError) as error:
        absent["litellm"] = f"LiteLLM: {error}"
    return servers, absent


def _bodies(folder: Path) -> tuple[Path, Path]:
    """Return two files with what is asked: for a whole answer, and for a stream."""
    said = [
        {"role": "system", "content": "You are a helpful assistant that answers briefly. " * 4},
        {"role": "user", "content": "What does the quick brown fox do, and why over a lazy dog? " * 4},
    ]
    asked = {"model": house.MODEL, "max_tokens": 256, "messages": said}
    whole, stream = folder / "whole.json", folder / "stream.json"
    whole.write_text(json.dumps(asked))
    stream.write_text(json.dumps({**asked, "stream": True, "stream_options": {"include_usage": True}}))
    return whole, stream


def _measured(servers: dict[str, Server], bodies: tuple[Path, Path]) -> Figures:
    whole, stream = bodies
    figures = Figures(EVENTS)
    for server in servers.values():
        status, answer = server.ask(whole.read_bytes())
        if status != 200:
            raise RuntimeError(f"{server.name} answers {status}: {answer[:300]!r}")
    for number in range(ROUNDS + 1):  # the first warms up
        for name, server in servers.items():
            alone = wrk.load(server, whole, connections=1, seconds=SECONDS)
            many = wrk.load(server, whole, connections=MANY, seconds=SECONDS)
            streams = read_streams(server, stream, connections=STREAMS, seconds=SECONDS)
            if number:
                figures.add(name, alone, many, streams)
            _tell(number, server, alone, many, streams.cpu / EVENTS, streams.first)
    return figures


def _tell(number: int, server: Server, alone: wrk.Load, many: wrk.Load, event: float, first: float) -> None:
    load = os.getloadavg()[0]
    print(
        f"round {number}, load {load:.1f}: {server.name}: "
        f"one {alone.p50:.3f} ms, {alone.rate:.0f}/s, {alone.cpu:.0f} µs; {MANY}: "
        f"{many.rate:.0f}/s, {many.cpu:.0f} µs, p99 {many.p99:.1f} ms; event {event:.1f} µs, first {first:.2f} ms",
        file=sys.stderr,
        flush=True,
    )
