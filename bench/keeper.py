"""The real unsealer in a process of its own, over the folder of an isolated Django, and this process as its caller."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_START = 30.0  # seconds


@contextmanager
def unsealer_process(folder: Path) -> Iterator[None]:
    """Inside, everything that is sealed or opened goes through the socket."""
    from django.test import override_settings

    from vault.unsealer import unsealer

    path = folder / "unsealer.sock"
    command = [sys.executable, "manage.py", "unsealer"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "UNSEALER_SOCKET": str(path)})
    try:
        _wait(path, process)
        unsealer.cache_clear()
        with override_settings(UNSEALER_SOCKET=path):
            yield
    finally:
        unsealer.cache_clear()
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _wait(path: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START
    while not path.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("The unsealer did not start.")
        time.sleep(0.05)
