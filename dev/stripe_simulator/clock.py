"""The simulator's time: real time and what it was advanced by."""

import time


class Clock:
    def __init__(self) -> None:
        self.ahead = 0.0  # seconds
        self._held: float | None = None

    def now(self) -> int:
        return int(self.exact())

    def exact(self) -> float:
        return self._held if self._held is not None else time.time() + self.ahead

    def hold(self, at: float) -> None:
        """Stand still at a moment, while what falls due then is done."""
        self._held = at

    def release(self) -> None:
        self._held = None
