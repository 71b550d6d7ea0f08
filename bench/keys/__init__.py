"""Key verification over HTTP, beside a server that verifies nothing and Django REST framework with HasAPIKey.

All three are saturated by 64 connections, in turns and on one core. KEYS_BODY says how the key is asked for: `key`, or
`keys` for a list of one; KEYS_ROUNDS and KEYS_SECONDS; BENCH_POSTGRES is a server on which a database can be made.
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median

from bench.bar import Bar, Skipped
from bench.gateway import house, subjects
from bench.isolated import isolated
from bench.keeper import unsealer_process
from bench.keys import peers
from bench.servers import wrk
from bench.servers.cores import apart
from bench.servers.server import Server
from bench.servers.venvs import NoPeer

PATH = "/control/v1/keys/verify"
BODY = os.environ.get("KEYS_BODY", "key")
ROUNDS = int(os.environ.get("KEYS_ROUNDS", "5"))
SECONDS = float(os.environ.get("KEYS_SECONDS", "4"))
CONNECTIONS = 64
_BARE, _DJANGO = "keys, verified a second by the bare server's", "keys, HasAPIKey's processor time by ours"


def bars() -> Iterator[Bar | Skipped]:
    if why := wrk.missing():
        yield Skipped("keys", why)
        return
    with ExitStack() as stack:
        core = stack.enter_context(apart())
        folder = stack.enter_context(isolated())
        stack.enter_context(unsealer_process(folder))
        secret = house.furnish()
        body = folder / "key.json"
        body.write_text(json.dumps({"key": secret} if BODY == "key" else {"keys": [secret]}))
        model = stack.enter_context(subjects.model(folder, 0))
        control = house.control_key()
        ours = replace(stack.enter_context(subjects.gateway(folder, core, model.port, control)), path=PATH)
        if why := _silent(ours, body):
            yield from (Skipped(name, why) for name in (_BARE, _DJANGO))
            return
        servers = {"ours": ours, "bare": stack.enter_context(peers.bare(folder, core))}
        absent = ""
        try:
            servers["django"] = stack.enter_context(peers.django(folder, core))
        except (NoPeer, RuntimeError) as error:
            absent = str(error)
        yield from _bars(_measured(servers, body), absent)


def _silent(ours: Server, body: Path) -> str:
    """Return why ours cannot be measured, or nothing."""
    status, answer = ours.ask(body.read_bytes())
    return "" if status == 200 else f"POST {PATH} answers {status}: {answer[:200]!r}"


def _measured(servers: dict[str, Server], body: Path) -> dict[str, list[wrk.Load]]:
    found: dict[str, list[wrk.Load]] = defaultdict(list)
    for number in range(ROUNDS + 1):  # the first warms up
        for name, server in servers.items():
            load = wrk.load(server, body, connections=CONNECTIONS, seconds=SECONDS)
            print(f"round {number}: {name}: {load.rate:.0f}/s, {load.cpu:.1f} µs", file=sys.stderr, flush=True)
            if number:
                found[name].append(load)
    return found


def _bars(found: dict[str, list[wrk.Load]], absent: str) -> Iterator[Bar | Skipped]:
    rates = [ours.rate / bare.rate for ours, bare in zip(found["ours"], found["bare"], strict=True)]
    rate = median(each.rate for each in found["ours"])
    yield Bar(f"{_BARE} ({rate:.0f})", median(rates), "×", 0.85, at_most=False)
    if absent:
        yield Skipped(_DJANGO, absent)
        return
    work = [django.cpu / ours.cpu for ours, django in zip(found["ours"], found["django"], strict=True)]
    ours = median(each.cpu for each in found["ours"])
    yield Bar(f"{_DJANGO} ({ours:.0f} µs)", median(work), "×", 50, at_most=False)
