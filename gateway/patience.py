"""A time limit for something that is done very often and hardly ever takes long."""

import asyncio
from types import TracebackType


class Patience:
    """Like asyncio.timeout, for one thing after another in one task, with one timer for many of them.

    What takes too long is cancelled after `seconds` at the earliest and twice that at the latest, as a TimeoutError.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None
        self._begun = self._seen = 0  # things that began, and as many as had when the timer looked
        self._running: asyncio.Task[object] | None = None
        self._expired = False

    async def __aenter__(self) -> None:
        self._begun += 1
        self._running = asyncio.current_task()
        if self._timer is None:
            self._look_later()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        task, self._running = self._running, None
        if self._expired and task is not None:
            self._expired = False
            if task.uncancel() == 0 and kind is asyncio.CancelledError:
                raise TimeoutError from None

    def _look_later(self) -> None:
        self._seen = self._begun
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._running is None:
            return  # the next one sets the timer again
        if self._begun == self._seen:
            self._expired = True
            self._running.cancel()
        else:
            self._look_later()
