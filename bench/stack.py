"""The running stack that benchmarks measure: started as `make run` starts it, in a folder of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Stack:
    demo: dict[str, str]
    started_in: float  # seconds


@contextmanager
def running() -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="llama-console-bench-") as var, open(f"{var}/run.log", "w") as log:
        environment = {**os.environ, "VAR_DIR": var, "PORT": str(_free_port()), "API_PORT": str(_free_port())}
        began = time.monotonic()
        command = [sys.executable, "-m", "dev.run"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            while "Ctrl-C stops everything" not in Path(log.name).read_text():
                if process.poll() is not None:
                    raise RuntimeError(Path(log.name).read_text())
                time.sleep(0.05)
            yield Stack(json.loads(Path(var, "demo.json").read_text()), time.monotonic() - began)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
