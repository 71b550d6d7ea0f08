"""A server in a process of its own, pinned to its core, from its first answer to its end."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_STOP = 15.0  # seconds


@dataclass(frozen=True, slots=True)
class Server:
    """Where a running server answers, and how it is asked."""

    name: str
    port: int
    path: str
    authorization: str
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    def ask(self, body: bytes) -> tuple[int, bytes]:
        """Return status and body of one answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"content-type": "application/json", "authorization": self.authorization}
            connection.request("POST", self.path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def running(
    command: Sequence[str],
    *,
    name: str,
    port: int,
    path: str,
    folder: Path,
    authorization: str = "Bearer none",
    core: int | None = None,
    environ: Mapping[str, str] | None = None,
    patience: float = 60.0,
) -> Iterator[Server]:
    """Run a server until the end of the block; it takes connections when the block begins."""
    pinned = command if core is None else ("taskset", "-c", str(core), *command)
    log = folder / f"{name}.log"
    with log.open("w") as file:
        environment = {**os.environ, **(environ or {})}
        process = subprocess.Popen(pinned, cwd=ROOT, env=environment, stdout=file, stderr=file)
    try:
        _wait(process, port, log, patience)
        yield Server(name, port, path, authorization, process.pid)
    finally:
        _stop(process)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{log.stem} did not start: {log.read_text()[-2000:]}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
