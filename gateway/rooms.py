"""The rooms below, as the gateway needs them: the boundary that tests replace with memory.

The real adapter runs every query in a thread, so that the event loop never waits for a database,
and gives up after a few seconds: a request that cannot be authorized is refused, not parked.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import UUID

from django.db import OperationalError, close_old_connections, connections

from billing.permits import Refused
from content.exchanges import Exchange
from usage.calls import Call

if TYPE_CHECKING:  # their modules need Django's apps loaded
    from billing.holds import Held
    from billing.purses import Purse
    from catalog.served import ServedModel
    from gateway.callers import Known
    from gateway.control.mistakes import Mistake
    from gateway.refusal import Refusal

T = TypeVar("T")

PATIENCE = 5.0  # seconds for an answer
_THREADS = 8


class Rooms(Protocol):
    """What the gateway asks and tells. Failures of a database are django.db errors."""

    hold_lifetime: float  # seconds after which a hold is over that nobody prolonged

    async def find_caller(self, secret: str) -> "Known | None":
        """Return whom an active key speaks for, and what pays for its calls."""

    async def changes(self) -> object:
        """Return what is another value after each change of what `find_caller` rests on."""

    async def served_models(self) -> "tuple[ServedModel, ...]":
        """Return every model that is served now."""

    async def reaches(self, database: str) -> bool:
        """Tell whether a database (default, content, vault) answers."""

    async def hold(self, hold_id: UUID, purse: "Purse", need: int, wish: int) -> "Held | Refused":
        """Add to a hold what is needed, or more up to a wish, in pico-dollars."""

    async def give_back(self, hold_id: UUID, purse: "Purse", amount: int) -> None:
        """Take from a hold what no call needs."""

    async def prolong_holds(self, hold_ids: Sequence[UUID]) -> set[UUID]:
        """Begin the time of holds anew and return which of them still were."""

    def record_calls(self, calls: Sequence[Call]) -> int:
        """Write usage and take what it costs, once an id; called from the writer's thread."""

    def keep_exchanges(self, exchanges: Sequence[Exchange]) -> None:
        """Seal and write prompts and answers; called from the writer's thread."""

    def note_refusals(self, refusals: "Sequence[tuple[Refusal, int]]") -> None:
        """Count refusals, each with how often it happened in its minute; called from the writer's thread."""

    def note_mistakes(self, mistakes: "Sequence[tuple[Mistake, int]]") -> None:
        """Count reported events that do not count, each with how many of its hour were like it; likewise."""

    def close(self) -> None:
        """Let go of the threads."""


class DjangoRooms:
    """The real rooms, over Django's ORM. Make it after django.setup()."""

    def __init__(self) -> None:
        from billing import holds
        from billing.purses import funding_of
        from billing.settlement import settle_calls
        from catalog.served import served_models
        from content.actions import keep_exchanges
        from keys import changes
        from keys.refusals import Refused, add_refusals
        from keys.verification import find_caller
        from usage import ingest_errors

        self._caller_of = find_caller
        self._funding_of = funding_of
        self._changes = changes.state
        self._served_models = served_models
        self._holds = holds
        self.hold_lifetime = holds.LIFETIME.total_seconds()
        self._settle_calls = settle_calls
        self._keep_exchanges = keep_exchanges
        self._refused, self._add_refusals = Refused, add_refusals
        self._ingest_errors = ingest_errors
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="rooms")
        self._lookout = ThreadPoolExecutor(1, thread_name_prefix="lookout")  # waits behind no other question

    async def find_caller(self, secret: str) -> "Known | None":
        return await self._ask(lambda: self._known(secret))

    async def changes(self) -> object:
        return await self._ask(self._changes, self._lookout)

    async def served_models(self) -> "tuple[ServedModel, ...]":
        return await self._ask(lambda: self._served_models(priced=True))

    async def reaches(self, database: str) -> bool:
        return await self._ask(lambda: _select_one(database))

    async def hold(self, hold_id: UUID, purse: "Purse", need: int, wish: int) -> "Held | Refused":
        given_up = threading.Event()

        def ask() -> "Held | Refused":
            answer: Held | Refused = self._holds.hold(hold_id, purse, need, wish=wish)
            if given_up.is_set() and not isinstance(answer, Refused):
                self._holds.give_back(hold_id, purse, answer.amount)  # else it would be held in vain until its expiry
            return answer

        try:
            return await self._ask(ask)
        except BaseException:
            given_up.set()
            raise

    async def give_back(self, hold_id: UUID, purse: "Purse", amount: int) -> None:
        await self._ask(lambda: self._holds.give_back(hold_id, purse, amount))

    async def prolong_holds(self, hold_ids: Sequence[UUID]) -> set[UUID]:
        return await self._ask(lambda: self._holds.prolong(hold_ids))

    def record_calls(self, calls: Sequence[Call]) -> int:
        return _with_fresh_connections(lambda: self._settle_calls(calls))

    def keep_exchanges(self, exchanges: Sequence[Exchange]) -> None:
        _with_fresh_connections(lambda: self._keep_exchanges(exchanges))

    def note_refusals(self, refusals: "Sequence[tuple[Refusal, int]]") -> None:
        counted = [
            self._refused(
                organization_id=each.organization_id,
                project_id=each.project_id,
                key_id=each.key_id,
                rule=each.rule,
                at=each.at,
                request_id=each.request_id,
                model=each.model,
                limit=each.limit,
                counter=each.counter,
                resets_at=each.resets_at,
                count=count,
            )
            for each, count in refusals
        ]
        _with_fresh_connections(lambda: self._add_refusals(counted))

    def note_mistakes(self, mistakes: "Sequence[tuple[Mistake, int]]") -> None:
        book = self._ingest_errors
        counted = [
            (book.Refused(each.organization_id or book.NOBODY, each.code, each.detail, each.at, each.event_id), count)
            for each, count in mistakes
        ]
        _with_fresh_connections(lambda: book.add(counted))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._lookout.shutdown(wait=False, cancel_futures=True)

    def _known(self, secret: str) -> "Known | None":
        from gateway.callers import Known

        asked_at = time.monotonic()
        caller = self._caller_of(secret)
        if caller is None:
            return None
        return Known(caller, self._funding_of(caller.organization_id, caller.project_id, caller.subject_id), asked_at)

    async def _ask(self, question: Callable[[], T], pool: ThreadPoolExecutor | None = None) -> T:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(PATIENCE):
                return await loop.run_in_executor(pool or self._pool, _with_fresh_connections, question)
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
