"""An answer as it comes in over a connection of our own: what was received and not read yet, in bounded memory."""

import asyncio
from typing import Protocol


class Dropped(Exception):
    """An idle connection was closed by the server just when it was used again; no byte came back."""


class Source(Protocol):
    """The connection behind an answer."""

    def resume(self) -> None:
        """Read on: somebody took what was there."""

    def abandon(self) -> None:
        """Drop what still comes, and be free if it ends soon."""

    def abort(self) -> None:
        """Close at once."""


class Incoming:
    """A Received. The connection fills it in; its reader waits for the head and takes the body piece by piece."""

    __slots__ = (
        "_pieces",
        "_source",
        "_waiter",
        "abandoned",
        "complete",
        "error",
        "headed",
        "headers",
        "size",
        "status",
    )

    def __init__(self, source: Source) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.headed = False
        self.complete = False
        self.abandoned = False
        self.error: Exception | None = None
        self.size = 0  # of what nobody read yet
        self._pieces: list[bytes] = []
        self._source = source
        self._waiter: asyncio.Future[None] | None = None

    async def head(self) -> None:
        """Wait until status and headers are there."""
        while not self.headed:
            await self._wait()

    async def read(self) -> bytes:
        while not self._pieces:
            if self.complete:
                return b""
            await self._wait()
        pieces, self._pieces, self.size = self._pieces, [], 0
        self._source.resume()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def finish(self) -> None:
        if not self.complete and self.error is None:
            self.abandoned = True
            self._source.abandon()

    def close(self) -> None:
        if not self.complete and not self.abandoned:
            self._source.abort()

    def add(self, piece: bytes) -> None:
        """Take a piece of the body."""
        self._pieces.append(piece)
        self.size += len(piece)

    def fail(self, error: Exception) -> None:
        """Nothing follows; what was received before can still be read."""
        if not self.complete and self.error is None:
            self.error = error
        self.wake()

    def wake(self) -> None:
        """Let the reader look again."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self) -> None:
        if self.error is not None:
            raise self.error
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
