"""Ends the parts when their supervisor died without a word (SIGKILL, out of memory).

It stands in a session of its own and reads its standard input, a pipe that only the supervisor holds:
`+N` guards process group N, `-N` lets it go. The end of the pipe is the end of the supervisor.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

PATIENCE = 2.0  # seconds from SIGTERM to SIGKILL


class Guardian:
    """The supervisor's side: tells the guarding process which groups to end."""

    def __init__(self) -> None:
        reading, self._pipe = os.pipe()
        self._process = subprocess.Popen([sys.executable, "-m", "dev.guardian"], stdin=reading, start_new_session=True)
        os.close(reading)

    def guard(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def release(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def dismiss(self) -> None:
        os.close(self._pipe)
        self._process.wait()

    def _tell(self, line: str) -> None:
        with suppress(BrokenPipeError):
            os.write(self._pipe, line.encode())


def end(groups: set[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    _signal(groups, signal.SIGTERM)
    while groups and time.monotonic() < deadline:
        time.sleep(0.05)
        groups = _signal(groups, 0)
    _signal(groups, signal.SIGKILL)


def _signal(groups: set[int], number: int) -> set[int]:
    """Signal each group and return those that still have a member."""
    alive = set()
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)
            alive.add(group)
    return alive


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    end(groups)


if __name__ == "__main__":
    main()
