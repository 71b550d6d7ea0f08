"""Whether a model server is asked at all: after failures in a row it gets a pause, then one request to try.

Closed, it is asked. Open, it is not. Half open, one request goes through: its success closes the circuit, its failure
opens it for twice as long.
"""

import time
from collections.abc import Callable

_FAILURES = 5  # in a row
_SHORTEST_PAUSE = 1.0  # seconds
_LONGEST_PAUSE = 30.0


class Circuit:
    """Follows one server's failures."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._pause = _SHORTEST_PAUSE
        self._until: float | None = None  # None: closed
        self._trying = False

    @property
    def closed(self) -> bool:
        return self._until is None

    @property
    def wait(self) -> float:
        """Seconds until a request may go through."""
        return 0.0 if self._until is None else max(0.0, self._until - self._clock())

    def lets_through(self) -> bool:
        """Tell whether a request may go to the server now."""
        return self._until is None or (not self._trying and self._clock() >= self._until)

    def begin(self) -> bool:
        """Let a request through and tell whether it is the one that tries."""
        if self._until is None:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        """The server answered."""
        self._failures = 0
        self._until = None
        self._pause = _SHORTEST_PAUSE
        self._trying = False

    def failed(self, *, trying: bool) -> None:
        """The server failed; `trying`: what `begin` said of the request."""
        self._failures += 1
        if trying:
            self._trying = False
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        elif self._until is not None or self._failures < _FAILURES:
            return  # a request of before the circuit opened says nothing new
        self._until = self._clock() + self._pause

    def undecided(self, *, trying: bool) -> None:
        """The request ended without telling anything of the server."""
        if trying:
            self._trying = False
