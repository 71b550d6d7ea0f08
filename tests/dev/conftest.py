"""The outside world and the model as real programs on free ports, and a supervisor to put under stress."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


def wait_for(probe: Callable[[], Any], seconds: float = 10) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < deadline, f"nothing after {seconds} s"
        time.sleep(0.02)
    return found


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def program(*arguments: str, port: int, **environment: str) -> Iterator[None]:
    command = [sys.executable, "-m", *arguments, "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        wait_for(lambda: answers(port))
        yield
    finally:
        process.terminate()
        process.wait(5)


@dataclass(frozen=True)
class World:
    http: str
    smtp_port: int

    def get(self, path: str) -> tuple[str, Any]:
        """Return a page and its headers."""
        with urllib.request.urlopen(self.http + path, timeout=5) as answer:
            return answer.read().decode(), answer.headers

    def json(self, path: str) -> Any:
        return json.loads(self.get(path)[0])

    def delete(self, path: str) -> None:
        urllib.request.urlopen(urllib.request.Request(self.http + path, method="DELETE"), timeout=5).close()


@contextmanager
def outside() -> Iterator[World]:
    port, smtp_port = free_port(), free_port()
    with program("dev.outside", "--smtp-port", str(smtp_port), port=port):
        yield World(f"http://127.0.0.1:{port}", smtp_port)


@pytest.fixture(scope="session")
def _world() -> Iterator[World]:
    with outside() as world:
        yield world


@pytest.fixture
def world(_world: World) -> World:
    """The outside world with nothing in it."""
    _world.delete("/mailbox")
    _world.delete("/phone")
    return _world


@pytest.fixture(scope="session")
def model_url() -> Iterator[str]:
    port = free_port()
    with program("dev.model", port=port, MODEL_DELAY_MS="0"):
        yield f"http://127.0.0.1:{port}/v1"


@dataclass
class Run:
    """A supervisor under test; everything it prints lands in a file, as under nohup."""

    process: subprocess.Popen[bytes]
    log: Path

    def text(self) -> str:
        return self.log.read_text()

    def says(self, words: str, seconds: float = 10) -> str:
        return str(wait_for(lambda: self.text() if words in self.text() else "", seconds))

    def ends(self, seconds: float = 10) -> int:
        return self.process.wait(seconds)

    def pids(self) -> set[int]:
        return {int(line.split()[-1]) for line in self.text().splitlines() if "│ pid " in line}

    def leaves_nothing(self) -> bool:
        return not any(is_alive(pid) for pid in self.pids())


def is_alive(pid: int) -> bool:
    """A process that ended and was not yet collected by init is not alive."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state) and not state.startswith("Z")


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    started: list[Run] = []

    def start(*plan: list[str] | dict[str, list[str]], deadline: float = 20) -> Run:
        command = [sys.executable, "-m", "tests.dev.supervised", json.dumps(plan), str(deadline)]
        log = tmp_path / "run.log"
        with log.open("w") as output:
            process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        started.append(Run(process, log))
        return started[-1]

    yield start
    for run in started:
        run.process.send_signal(signal.SIGTERM)
        run.process.wait(10)
