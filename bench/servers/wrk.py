"""Load by wrk: as many connections as are wanted, each asking again as soon as it is answered."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.servers import cpu
from bench.servers.server import Server

_SCRIPT = Path(__file__).with_name("wrk.lua")
_MARK = "RESULT "


@dataclass(frozen=True, slots=True)
class Load:
    """What a server did under load."""

    requests: int
    seconds: float
    p50: float  # milliseconds
    p99: float
    cpu: float = 0.0  # µs a request

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


class BadAnswers(RuntimeError):
    """Some requests were refused or failed, so that the figures say nothing."""


def missing() -> str:
    """Return why there can be no load, or nothing."""
    return "" if shutil.which("wrk") else "wrk is not installed (apt-get install wrk)"


def load(server: Server, body: Path, *, connections: int, seconds: float) -> Load:
    """Ask a server for some seconds, and count its work until it has nothing left to do."""
    before = cpu.settled(server.pid)
    found = read(_run(server, body, connections, seconds), server.name)
    worked = cpu.settled(server.pid) - before
    return Load(found.requests, found.seconds, found.p50, found.p99, worked / found.requests * 1e6)


def read(output: str, name: str) -> Load:
    """Return what wrk printed, or raise BadAnswers if it is nothing to rely on."""
    lines = [line for line in output.splitlines() if line.startswith(_MARK)]
    if not lines:
        raise BadAnswers(f"{name}: wrk told nothing: {output[-500:]}")
    told = json.loads(lines[-1].removeprefix(_MARK))
    if told["errors"] or told["refused"] or not told["requests"]:
        raise BadAnswers(f"{name}: {told['errors']} errors and {told['refused']} refusals of {told['requests']}")
    return Load(told["requests"], told["microseconds"] / 1e6, told["p50"] / 1000, told["p99"] / 1000)


def _run(server: Server, body: Path, connections: int, seconds: float) -> str:
    options = ["-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s"]
    command = ["wrk", *options, "-s", str(_SCRIPT), server.url]
    environment = {**os.environ, "WRK_BODY": str(body), "AUTHORIZATION": server.authorization}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
