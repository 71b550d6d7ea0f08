"""A tally: what happens often is counted in memory and written now and then, by one thread.

It is not worth waiting for: what cannot be written, or finds no place, is not counted.
"""

import logging
import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

_MOST = 10_000  # places


class Tally(Generic[T]):
    """Counts things by place; the last one of each place is written with its count."""

    def __init__(self, what: str, write: Callable[[Sequence[tuple[T, int]]], None]) -> None:
        self._what, self._write = what, write
        self._counted: dict[Hashable, tuple[T, int]] = {}
        self._lock = threading.Lock()

    def add(self, place: Hashable, thing: T) -> None:
        with self._lock:
            known = self._counted.get(place)
            if known or len(self._counted) < _MOST:
                self._counted[place] = (thing, known[1] + 1 if known else 1)

    def write(self) -> None:
        with self._lock:
            counted, self._counted = list(self._counted.values()), {}
        if counted:
            try:
                self._write(counted)
            except Exception as error:
                log.warning("writer: %d %s were not counted: %s", len(counted), self._what, type(error).__name__)
