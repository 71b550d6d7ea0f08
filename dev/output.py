"""What a run prints: whole lines, each under the name of the part that said it, flushed at once.

A reader that goes away (`make run | head`) silences the output and stops nothing.
"""

import os
import sys
import threading
from typing import TextIO

_COLOURS = (36, 35, 34, 32, 33, 96, 95, 94)
_RED = 31
_BOLD = 1


class Output:
    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._lock = threading.Lock()
        self._colour: dict[str, int] = {}
        # Without a standard output (closed by whoever started us) there is no stream at all.
        self._painted = bool(self._stream and self._stream.isatty() and not os.environ.get("NO_COLOR"))

    def part(self, name: str, text: str) -> None:
        colour = self._colour.setdefault(name, _COLOURS[len(self._colour) % len(_COLOURS)])
        self._write(f"{self._paint(f'{name:<8} │', colour)} {text}")

    def say(self, text: str) -> None:
        self._write(self._paint(text, _BOLD))

    def alarm(self, text: str) -> None:
        self._write(self._paint(f"✗ {text}", _RED))

    def _paint(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._painted else text

    def _write(self, line: str) -> None:
        with self._lock:
            if self._stream is None:
                return
            try:
                self._stream.write(f"{line}\n")
                self._stream.flush()
            except (OSError, ValueError):
                self._stream = None
