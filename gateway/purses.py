"""Money set aside ahead of calls, so that most calls ask no database: leases on accounts and budgets.

What a lease has free was taken from the purse by the database, for this process alone, so no two gateways spend it. A
call takes its worst case of each purse that must cover it, or of none. What nobody used for a moment goes back; what a
process leaves behind comes back when its holds are over.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

import django.db

from billing.permits import Refused
from ledger.ids import new_id

if TYPE_CHECKING:
    from billing.purses import Purse
    from gateway.rooms import Rooms

log = logging.getLogger(__name__)

EVERY = 0.5  # seconds between looks for what nobody uses
_IDLE = 1.0  # seconds after which what is free goes back
PROLONG = 240.0  # seconds: so that two that fail in a row cost no hold
_MARGIN = 60.0  # seconds before its expiry in which a lease gives nothing out
_GROWTH, _MOST_AHEAD = 8, 4096  # calls: few questions until a lease is filled with what a busy moment takes
_BUSY = 8  # calls ahead, from which on a lease is filled before it is empty
_SOON = 5.0  # seconds: a lease that is filled again so soon is filled with more


class NotCovered(Exception):
    """A purse does not cover a call."""

    def __init__(self, purse: "Purse", refused: Refused) -> None:
        super().__init__(refused.permit)
        self.purse = purse
        self.refused = refused


@dataclass(slots=True, eq=False)
class Lease:
    """One hold of this process, and what of it no call has yet."""

    purse: "Purse"
    hold_id: UUID = field(default_factory=new_id)
    free: int = 0
    running: int = 0  # calls that have a share
    ahead: int = 1  # for so many calls it is filled
    ends_at: float = float("inf")
    used_at: float = 0.0
    filled_at: float = float("-inf")
    granted: int = 0  # when it was filled last
    filling_ahead: bool = False
    filling: asyncio.Lock = field(default_factory=asyncio.Lock)
    refused: tuple[int, int, Refused] | None = None  # when in the order of things it was asked for how much


@dataclass(slots=True)
class Share:
    """What one call has of each of its leases."""

    leases: tuple[Lease, ...] = ()
    amount: int = 0

    @property
    def holds(self) -> tuple[UUID, ...]:
        return tuple(lease.hold_id for lease in self.leases)

    def end(self) -> None:
        """The call is recorded; its share ends when it settles."""
        for lease in self.leases:
            lease.running -= 1

    def cancel(self) -> None:
        """The call did not run; others can have its share."""
        for lease in self.leases:
            lease.running -= 1
            lease.free += self.amount


class Purses:
    """The leases of this process."""

    def __init__(self, rooms: "Rooms", clock: Callable[[], float] = time.monotonic) -> None:
        self._rooms = rooms
        self._clock = clock
        self._leases: dict[Purse, Lease] = {}
        self._retired: set[Lease] = set()  # filled no more; calls still have shares of them
        self._order = count()  # of calls that come and questions that are asked
        self._filling: set[asyncio.Task[None]] = set()
        self._keeping: asyncio.Task[None] | None = None
        self._prolonged_at = clock()

    def start(self) -> None:
        """Begin to look after the leases."""
        self._keeping = asyncio.create_task(self._keep_on())

    async def stop(self) -> None:
        """Give back what no call has."""
        if self._keeping:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
        await asyncio.gather(*self._filling, return_exceptions=True)
        await self.give_back()

    async def take(self, purses: "Sequence[Purse]", amount: int) -> Share:
        """Set an amount of each purse aside for a call, or raise NotCovered."""
        if not purses or not amount:
            return Share()
        while True:
            leases = tuple([self._lease(purse) for purse in purses])
            for lease in leases:
                if lease.free < amount:
                    await self._to_the_end(self._fill(lease, amount, next(self._order)))
                    break
            else:
                break
        now = self._clock()
        for lease in leases:
            lease.free -= amount
            lease.running += 1
            lease.used_at = now
            if lease.ahead >= _BUSY and lease.free < lease.granted // 2 and not lease.filling_ahead:
                lease.filling_ahead = True
                self._begin(self._fill_ahead(lease, amount))
        return Share(leases, amount)

    def retire_all(self) -> None:
        """Fill no lease any more: what they rest on changed. What is free goes back at the next look."""
        self._retired.update(self._leases.values())
        self._leases.clear()

    async def give_back(self, *, idle_for: float = 0.0) -> None:
        """Give back what is free of leases that nobody used for so many seconds, and of retired ones."""
        now = self._clock()
        for lease in [*self._leases.values(), *self._retired]:
            unused = lease in self._retired or now - lease.used_at >= idle_for
            if lease.free and unused and not lease.filling.locked():
                free, lease.free = lease.free, 0
                lease.ahead = 1
                try:
                    await self._rooms.give_back(lease.hold_id, lease.purse, free)
                except django.db.Error as error:
                    # Perhaps it did go back. So it is not used here; its hold's expiry gives it back if it did not.
                    log.warning("purses: what is free stays held until its expiry: %s", type(error).__name__)
                    self._retire(lease)
        self._retired = {each for each in self._retired if each.running or each.free or each.filling.locked()}

    async def prolong(self) -> None:
        """Begin the time of every hold anew that calls have shares of or that has something free."""
        leases = {
            lease.hold_id: lease for lease in [*self._leases.values(), *self._retired] if lease.running or lease.free
        }
        if not leases:
            return
        asked_at = self._clock()
        there = await self._rooms.prolong_holds(list(leases))
        for hold_id, lease in leases.items():
            if hold_id in there:
                lease.ends_at = asked_at + self._rooms.hold_lifetime - _MARGIN
            else:  # it was over: what it had free is the purse's again
                lease.free = 0
                self._retire(lease)

    def _lease(self, purse: "Purse") -> Lease:
        lease = self._leases.get(purse)
        if lease is not None and lease.ends_at <= self._clock():
            lease.free = 0  # nobody prolonged it; the database may have ended it
            self._retire(lease)
            lease = None
        if lease is None:
            lease = self._leases[purse] = Lease(purse)
        return lease

    def _retire(self, lease: Lease) -> None:
        if self._leases.get(lease.purse) is lease:
            del self._leases[lease.purse]
        self._retired.add(lease)

    async def _fill_ahead(self, lease: Lease, amount: int) -> None:
        """Fill a busy lease before calls must wait for that."""
        try:
            await self._fill(lease, lease.free + amount, next(self._order), calls_of=amount)
        finally:
            lease.filling_ahead = False

    async def _fill(self, lease: Lease, amount: int, arrived: int, *, calls_of: int = 0) -> None:
        async with lease.filling:
            missing = amount - lease.free
            if missing <= 0 or self._leases.get(lease.purse) is not lease:
                return  # somebody filled it meanwhile, or it is retired
            if lease.refused and lease.refused[0] > arrived and lease.refused[1] <= missing:
                raise NotCovered(lease.purse, lease.refused[2])  # asked since this call came, and for no more
            asked, asked_at = next(self._order), self._clock()
            soon = asked_at - lease.filled_at < _SOON
            lease.ahead = min(_GROWTH * lease.ahead, _MOST_AHEAD) if soon else 1
            try:
                answer = await self._rooms.hold(lease.hold_id, lease.purse, missing, lease.ahead * (calls_of or amount))
            except django.db.Error:
                self._retire(lease)  # it may have been held all the same; nobody uses that
                raise
            if isinstance(answer, Refused):
                lease.refused, lease.ahead = (asked, missing, answer), 1
                raise NotCovered(lease.purse, answer)
            lease.free += answer.amount
            lease.granted = answer.amount
            if answer.amount <= missing:
                lease.ahead = 1  # the purse nears its end: nothing is kept from others
            lease.filled_at = lease.used_at = self._clock()
            lease.ends_at = asked_at + self._rooms.hold_lifetime - _MARGIN

    async def _to_the_end(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait for work that goes on when the waiting is cancelled: what the database gave must not be forgotten."""
        await asyncio.shield(self._begin(work))

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._filling.add(task)
        task.add_done_callback(self._filled)
        return task

    def _filled(self, task: asyncio.Task[None]) -> None:
        self._filling.discard(task)
        if not task.cancelled():
            task.exception()  # seen, even if nobody waits any more

    async def _keep_on(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.give_back(idle_for=_IDLE)
                if self._clock() - self._prolonged_at >= PROLONG:
                    self._prolonged_at = self._clock()
                    await self.prolong()
            except Exception as error:  # whatever it is: keeping goes on
                log.warning("purses: holds were not prolonged: %s", type(error).__name__)
