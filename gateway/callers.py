"""Who calls, remembered: an answer of the database is believed until somebody changes what it rests on.

Triggers note such changes (`keys/changes.py`). The gateway looks for them several times a second; what it remembers
counts only within a second of such a look, so a revoked key is refused a second later at the latest, also while the
database is away: then nothing is believed. Unknown keys are not remembered.
"""

import asyncio
import contextlib
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import OperationalError

from gateway.limits.demand import TOKENS, Bucket, buckets_for

if TYPE_CHECKING:
    from billing.purses import Funding
    from gateway.rooms import Rooms
    from keys.verification import Caller

log = logging.getLogger(__name__)

EVERY = 0.4  # seconds between looks
BELIEVED = 1.0  # seconds after the beginning of a look
_MOST = 10_000
_TRIES = 3  # to get an answer of the database that is no older than it may be believed


@dataclass(frozen=True, slots=True)
class Known:
    """A caller, and what pays for its calls."""

    caller: "Caller"
    funding: "Funding"
    asked_at: float = field(default_factory=time.monotonic, compare=False)  # when the database began to answer
    _met: dict[str, tuple[tuple[Bucket, ...], bool]] = field(default_factory=dict, compare=False)

    def buckets(self, model: str) -> tuple[tuple[Bucket, ...], bool]:
        """Return the limits that its calls of a model meet, and whether tokens are counted for any of them."""
        if (met := self._met.get(model)) is None:  # models are the catalog's, so they are few
            buckets = buckets_for(self.caller.rules, model)
            met = self._met[model] = buckets, any(bucket.kind == TOKENS for bucket in buckets)
        return met


class Callers:
    """Finds who calls; `on_change` hears that what was remembered is forgotten."""

    def __init__(
        self, rooms: "Rooms", on_change: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rooms = rooms
        self._on_change = on_change
        self._clock = clock
        self._known: OrderedDict[bytes, Known] = OrderedDict()
        self._state: object = None
        self._looked_at = float("-inf")
        self._epoch = 0
        self._asking: dict[tuple[bytes, int], asyncio.Task[Known | None]] = {}
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for changes."""
        self._looking = asyncio.create_task(self._look_on())

    async def stop(self) -> None:
        """Look no more."""
        if self._looking:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking

    async def find(self, secret: str) -> Known | None:
        """Return who presents a secret; None if no active key has it."""
        place = hashlib.blake2b(secret.encode(), digest_size=32).digest()  # memory holds no secret longer than needed
        for _ in range(_TRIES):
            if self._clock() - self._looked_at <= BELIEVED and (known := self._known.get(place)):
                return known
            epoch = self._epoch
            known = await self._ask_once(place, secret)
            if known is None or self.counts(known, epoch):
                return known
        raise OperationalError("the database answers more slowly than it may be believed")

    async def _ask_once(self, place: bytes, secret: str) -> Known | None:
        """Ask for all who want to know the same now: thousands of calls at once are one question."""
        asked = (place, self._epoch)  # after a change that was seen it is another question
        if asked not in self._asking:
            self._asking[asked] = asking = asyncio.create_task(self._ask(place, secret))
            asking.add_done_callback(lambda task: self._answered(asked, task))
        return await asyncio.shield(self._asking[asked])  # who leaves does not take the others' answer along

    async def _ask(self, place: bytes, secret: str) -> Known | None:
        epoch = self._epoch
        known = await self._rooms.find_caller(secret)
        if known and epoch == self._epoch:  # else it may be from before a change that was seen meanwhile
            self._known[place] = known
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        return known

    def _answered(self, asked: tuple[bytes, int], task: "asyncio.Task[Known | None]") -> None:
        del self._asking[asked]
        if not task.cancelled():
            task.exception()  # seen, even if nobody waits any more

    def counts(self, known: Known, moment: int | None) -> bool:
        """Tell whether who was found after a moment may still call, if the call has waited for something since."""
        unchanged = moment is not None and moment == self.moment()
        return unchanged or self._clock() - known.asked_at <= BELIEVED

    def moment(self) -> int | None:
        """Return what is another number after each change that was seen; None while nothing is believed."""
        return self._epoch if self._clock() - self._looked_at <= BELIEVED else None

    async def look(self) -> None:
        """Forget everything if anything changed since the last look."""
        began = self._clock()
        state = await self._rooms.changes()
        if state != self._state:
            self._state = state
            self._epoch += 1
            self._known.clear()
            self._on_change()
        self._looked_at = began

    async def _look_on(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:  # whatever it is: looking goes on
                log.warning("keys: no look for changes, nothing is remembered: %s", type(error).__name__)
            await asyncio.sleep(EVERY)
