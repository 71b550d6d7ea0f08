"""A time limit for what is done very often and hardly ever takes long."""

import asyncio
from types import TracebackType


class Patience:
    """Like asyncio.timeout, for whatever tasks do one after the other or at once, with one timer for all of them.

    What takes too long is cancelled after `seconds` at the earliest and twice that at the latest, as a TimeoutError.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None
        self._young: set[asyncio.Task[object]] = set()  # began since the timer was set
        self._old: set[asyncio.Task[object]] = set()
        self._expired: set[asyncio.Task[object]] = set()

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("patience needs a task")
        self._young.add(task)
        if self._timer is None:
            self._look_later()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        task = asyncio.current_task()
        if task in self._young:
            self._young.remove(task)
        elif task in self._old:
            self._old.remove(task)
        elif task in self._expired:
            self._expired.remove(task)
            if task.uncancel() == 0 and kind is asyncio.CancelledError:
                raise TimeoutError from None

    def _look_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._look)

    def _look(self) -> None:
        self._timer = None
        for task in self._old:
            task.cancel()
        self._expired |= self._old
        self._old, self._young = self._young, set()
        if self._old:
            self._look_later()  # else the next one sets the timer again
