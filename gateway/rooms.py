"""The rooms below, as the gateway needs them: the boundary that tests replace with memory.

The real adapter runs every query in a thread, so that the event loop never waits for a database,
and gives up after a few seconds: a request that cannot be authorized is refused, not parked.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import UUID

from django.db import OperationalError, close_old_connections, connections

from billing.permits import Permit
from content.exchanges import Exchange
from usage.calls import Call

if TYPE_CHECKING:  # their modules need Django's apps loaded
    from catalog.served import ServedModel
    from keys.verification import Caller

T = TypeVar("T")

PATIENCE = 5.0  # seconds for an answer
_THREADS = 8


class Rooms(Protocol):
    """What the gateway asks and tells. Failures of a database are django.db errors."""

    async def find_caller(self, secret: str) -> "Caller | None":
        """Return whom an active key speaks for."""

    async def served_models(self) -> "tuple[ServedModel, ...]":
        """Return every model that is served now."""

    async def reaches(self, database: str) -> bool:
        """Tell whether a database (default, content, vault) answers."""

    async def permit(self, call_id: UUID, caller: "Caller", model: str, prompt: int, completion: int) -> Permit:
        """Hold what a call costs at most, given the most tokens of its prompt and of its answer."""

    async def prolong_hold(self, call_id: UUID) -> None:
        """Begin the time of a call's hold anew."""

    def record_calls(self, calls: Sequence[Call]) -> int:
        """Write usage and take what it costs, once an id; called from the writer's thread."""

    def keep_exchanges(self, exchanges: Sequence[Exchange]) -> None:
        """Seal and write prompts and answers; called from the writer's thread."""

    def close(self) -> None:
        """Let go of the threads."""


class DjangoRooms:
    """The real rooms, over Django's ORM. Make it after django.setup()."""

    def __init__(self) -> None:
        from billing.holds import prolong
        from billing.settlement import settle_calls
        from billing.spending import permit
        from catalog.served import served_models
        from content.actions import keep_exchanges
        from keys.verification import find_caller

        self._find_caller = find_caller
        self._served_models = served_models
        self._permit = permit
        self._prolong = prolong
        self._settle_calls = settle_calls
        self._keep_exchanges = keep_exchanges
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="rooms")

    async def find_caller(self, secret: str) -> "Caller | None":
        return await self._ask(lambda: self._find_caller(secret))

    async def served_models(self) -> "tuple[ServedModel, ...]":
        return await self._ask(self._served_models)

    async def reaches(self, database: str) -> bool:
        return await self._ask(lambda: _select_one(database))

    async def permit(self, call_id: UUID, caller: "Caller", model: str, prompt: int, completion: int) -> Permit:
        organization_id = caller.organization_id
        return await self._ask(
            lambda: self._permit(call_id, organization_id, model=model, prompt=prompt, completion=completion)
        )

    async def prolong_hold(self, call_id: UUID) -> None:
        await self._ask(lambda: self._prolong(call_id))

    def record_calls(self, calls: Sequence[Call]) -> int:
        return _with_fresh_connections(lambda: self._settle_calls(calls))

    def keep_exchanges(self, exchanges: Sequence[Exchange]) -> None:
        _with_fresh_connections(lambda: self._keep_exchanges(exchanges))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, question: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(PATIENCE):
                return await loop.run_in_executor(self._pool, _with_fresh_connections, question)
        except TimeoutError:
            raise OperationalError("the database did not answer in time") from None


def _with_fresh_connections(work: Callable[[], T]) -> T:
    # Django does this around a request; nobody else would close a connection that died or aged.
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()


def _select_one(database: str) -> bool:
    with connections[database].cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))
