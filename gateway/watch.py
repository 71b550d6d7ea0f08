"""Watching for a client that leaves while its answer is being made."""

import asyncio
from types import TracebackType

from gateway.http import ClientGone, Request


class Watch:
    """Cancels the surrounding work as soon as the client disconnects, and then raises ClientGone.

    Works as asyncio.timeout does: the work is told by cancellation, so that it closes its
    upstream connection at once. Enter it only after the whole body was received, and end it before
    the last byte is sent: servers report a finished request as a disconnect, too.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._gone = self._over = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a watch needs a task")
        self._work = task
        self._leaving = self._request.leaving()
        self._leaving.add_done_callback(self._left)

    def end(self) -> None:
        """Stop watching; what still has to be done is done whether the client stays or not."""
        if not self._over:
            self._over = True
            self._leaving.cancel()

    def _left(self, _leaving: object) -> None:
        if not self._over:
            self._gone = True
            self._work.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        # Ours only if nobody else (a server that stops) cancelled the same task.
        if self._gone and self._work.uncancel() == 0 and kind is asyncio.CancelledError:
            raise ClientGone from None
