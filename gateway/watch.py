"""Watching for a client that leaves while its answer is being made."""

import asyncio
from types import TracebackType

from gateway.http import ClientGone, Receive


class Watch:
    """Cancels the surrounding work as soon as the client disconnects, and then raises ClientGone.

    Works as asyncio.timeout does: the work is told by cancellation, so that it closes its
    upstream connection at once. Enter it only after the whole body was received, and end it before
    the last byte is sent: servers report a finished request as a disconnect, too.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._gone = False

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a watch needs a task")
        self._work = task
        self._watcher = asyncio.create_task(self._wait())

    def end(self) -> None:
        """Stop watching; what still has to be done is done whether the client stays or not."""
        self._watcher.cancel()

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._work.cancel()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        # Ours only if nobody else (a server that stops) cancelled the same task.
        if self._gone and self._work.uncancel() == 0 and kind is asyncio.CancelledError:
            raise ClientGone from None
