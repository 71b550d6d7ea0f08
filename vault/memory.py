"""A bounded memory: the least recently used goes first, and everything goes after a while."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
_CAPACITY = 4096


class Memory(Generic[K, V]):
    """A map that forgets. `lifetime` is in seconds."""

    def __init__(self, lifetime: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._lifetime, self._clock = lifetime, clock
        self._items: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: K) -> V | None:
        with self._lock:
            until, value = self._items.get(name, (0.0, None))
            if value is None or until < self._clock():
                self._items.pop(name, None)
                return None
            self._items.move_to_end(name)
            return value

    def put(self, name: K, value: V) -> V:
        with self._lock:
            self._items[name] = self._clock() + self._lifetime, value
            while len(self._items) > _CAPACITY:
                self._items.popitem(last=False)
        return value

    def clear(self) -> None:
        with self._lock:
            self._items.clear()
