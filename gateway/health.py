"""Readiness: whether everything that a call needs answers, told without a word on why not."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from gateway.rooms import Rooms
from gateway.upstream import Upstream
from gateway.writer import Writer

_LIFETIME = 1.0  # seconds; anybody may ask, so asking must be cheap
_PATIENCE = 3.0


class Health:
    """Asks every dependency at most once a second, however many ask it."""

    def __init__(
        self, rooms: Rooms, upstream: Upstream, writer: Writer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rooms = rooms
        self._upstream = upstream
        self._writer = writer
        self._clock = clock
        self._asking = asyncio.Lock()
        self._known: dict[str, bool] = {}
        self._until = clock()

    async def dependencies(self) -> dict[str, bool]:
        """Return which dependencies answer."""
        async with self._asking:
            if self._clock() >= self._until:
                self._known = await self._ask()
                self._until = self._clock() + _LIFETIME
        return self._known

    def pools(self) -> dict[str, int]:
        """Return how many pools of model servers are ok, degraded and unavailable; none by its name."""
        return dict(self._upstream.pools())

    async def _ask(self) -> dict[str, bool]:
        questions = {
            "database": self._rooms.reaches("default"),
            "content": self._rooms.reaches("content"),
            "vault": self._rooms.reaches("vault"),
            "upstream": self._upstream.ready(),
        }
        answers = await asyncio.gather(*map(_yes, questions.values()))
        return {**dict(zip(questions, answers, strict=True)), "spool": self._writer.healthy()}


async def _yes(question: Awaitable[bool]) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await question
    except Exception:
        return False
