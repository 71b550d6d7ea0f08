"""What calls of other gateways have of limits and purses while they run, until they are reported or for a while.

A call that nobody reports has used what it was counted for; the money that was set aside for it goes back. All of this
is one process's own: a report that reaches another counts all the same, and what the call had here ends by itself.
"""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from gateway.blocked import Blocked
from gateway.limits.demand import Limiter, Over, Ticket, buckets_for
from gateway.purses import NotCovered, Purses, Share

if TYPE_CHECKING:
    from billing.purses import Funding
    from catalog.served import ServedModel
    from keys.verification import Caller

log = logging.getLogger(__name__)

LIFETIME = 900.0  # seconds
_EVERY = 5.0
_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Demand:
    """What a call will use at most, as its gateway tells it."""

    prompt: int = 0  # tokens
    completion: int = 0
    worst: int = 0  # pico-dollars


@dataclass(slots=True, eq=False)
class Reserved:
    """What one call has."""

    key_id: UUID
    organization_id: UUID
    limiter: Limiter
    ticket: Ticket
    share: Share
    tokens: int
    ends_at: float

    def settle(self, tokens: int) -> None:
        """The call is recorded with so many tokens."""
        self.limiter.settle(self.ticket, tokens)
        self.share.end()

    def expire(self) -> None:
        """Nobody reported the call."""
        self.limiter.settle(self.ticket, self.tokens)
        self.share.cancel()

    def cancel(self) -> None:
        """The call does not run."""
        self.limiter.cancel(self.ticket)
        self.share.cancel()


class Reservations:
    """Gives and takes back; everything but `take_back` belongs to the event loop."""

    def __init__(
        self,
        limiter: Limiter,
        purses: Purses,
        blocked: Blocked,
        clock: Callable[[], float] = time.monotonic,
        *,
        most: int = _MOST,
    ) -> None:
        self._most = most
        self.limiter = limiter
        self._purses = purses
        self._blocked = blocked
        self._clock = clock
        self._given: dict[UUID, Reserved] = {}  # the oldest first
        self._expiring: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for what is over."""
        self._expiring = asyncio.create_task(self._expire_on())

    async def stop(self) -> None:
        """Look no more; what is left ends with this process's holds."""
        if self._expiring:
            self._expiring.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._expiring

    async def give(
        self, id: UUID, caller: "Caller", funding: "Funding", model: "ServedModel", demand: Demand
    ) -> Reserved:
        """Count a call against its limits and set its worst case aside, or raise the GatewayError with the rule."""
        tokens = demand.prompt + demand.completion
        ticket = await self.limiter.admit(id, buckets_for(caller.rules, model.name), tokens)
        if isinstance(ticket, Over):
            raise self._blocked.over(id, caller, model.name, ticket)
        try:
            share = await self._purses.take(funding.purses, demand.worst)
        except NotCovered as error:
            self.limiter.cancel(ticket)
            raise self._blocked.not_covered(id, caller, model.name, error.purse, error.refused) from None
        except BaseException:
            self.limiter.cancel(ticket)
            raise
        ends_at = self._clock() + LIFETIME
        reserved = Reserved(caller.key_id, caller.organization_id, self.limiter, ticket, share, tokens, ends_at)
        self._given[id] = reserved
        if len(self._given) > self._most:
            self._make_room()
        return reserved

    def _make_room(self) -> None:
        """End the oldest tenth of whoever has most: nobody can end what others have by taking more."""
        given = list(self._given.items())
        most, number = Counter(reserved.organization_id for _, reserved in given).most_common(1)[0]
        theirs = [hold for hold, reserved in given if reserved.organization_id == most]
        for hold in theirs[: max(1, number // 10)]:
            if reserved := self._given.pop(hold, None):
                reserved.expire()

    def take_back(self, id: UUID, key_id: UUID) -> Reserved | None:
        """Return what a call of a key has, once; from any thread. Its `settle` belongs to the event loop."""
        reserved = self._given.get(id)
        return self._given.pop(id, None) if reserved and reserved.key_id == key_id else None

    def cancel(self, id: UUID) -> None:
        """Take back what a call has that nobody was told of."""
        if reserved := self._given.pop(id, None):
            reserved.cancel()

    def expire(self) -> None:
        """End what nobody reported in time."""
        now = self._clock()
        # A copy in one step, because `take_back` may change it at any moment.
        for over in [each for each, reserved in list(self._given.items()) if reserved.ends_at <= now]:
            if reserved := self._given.pop(over, None):
                reserved.expire()

    async def _expire_on(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            try:
                self.expire()
            except Exception as error:  # whatever it is: what is over goes on to end
                log.warning("reservations: some did not end: %s", type(error).__name__)
