"""What a remote provider said of a plane's root, kept for a moment so that not every call asks again."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from vault.planes import Plane

T = TypeVar("T")
MINUTE = 60.0


class Remembered(Generic[T]):
    """Answers by plane; a failure is not kept."""

    def __init__(self, ask: Callable[[Plane], T], seconds: float) -> None:
        self._ask, self._seconds = ask, seconds
        self._answers: dict[Plane, tuple[float, T]] = {}

    def get(self, plane: Plane) -> T:
        known = self._answers.get(plane)
        if known and time.monotonic() - known[0] < self._seconds:
            return known[1]
        return self.put(plane, self._ask(plane))

    def put(self, plane: Plane, answer: T) -> T:
        self._answers[plane] = (time.monotonic(), answer)
        return answer
