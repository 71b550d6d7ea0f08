"""One part of a run as a process: started in a session of its own, heard line by line, stopped with its children."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, cast

from dev.guardian import Guardian
from dev.output import Output

LONGEST_LINE = 64 * 1024  # bytes; longer output is broken into several lines


@dataclass(frozen=True, slots=True)
class Part:
    """A program that runs until the end. `ready`: an address that answers 200, or unix:PATH; empty: at once."""

    name: str
    command: tuple[str, ...]
    ready: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """A program that must end well before the next one begins."""

    name: str
    command: tuple[str, ...]
    title: str


class Process:
    def __init__(
        self, name: str, command: tuple[str, ...], environment: Mapping[str, str], output: Output, guardian: Guardian
    ) -> None:
        self.name = name
        self._output = output
        self._guardian = guardian
        self._popen = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        guardian.guard(self._popen.pid)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def exit_code(self) -> int | None:
        return self._popen.poll()

    def stop(self, patience: float) -> None:
        """Ask the program to end; after `patience` seconds end it and whatever it started."""
        self._popen.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(patience)
        self.clear()

    def clear(self) -> None:
        """Leave nothing of the group behind; the last lines are printed first."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.wait()
        self._guardian.release(self._popen.pid)
        self._listener.join(1)

    def _listen(self) -> None:
        with cast(IO[bytes], self._popen.stdout) as stream:
            while line := stream.readline(LONGEST_LINE):
                if text := line.decode("utf-8", "replace").rstrip():
                    self._output.part(self.name, text)
