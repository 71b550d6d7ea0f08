"""Limits counted in this process: exact where one gateway runs, and what stays when Redis is away.

Nothing here awaits, so a call is counted against all its limits in one piece.
"""

import time
from collections.abc import Callable, Iterable
from uuid import UUID

from gateway.limits.demand import CONCURRENT, TOKENS, Bucket, Over, Ticket
from gateway.limits.gcra import MINUTE, Standing, standing, taken

_SWEEP = 60.0  # seconds between looks for counters that say nothing any more


class LocalLimiter:
    """Counters in memory; see `Limiter`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.moved = 0
        self._whole_at: dict[str, float] = {}
        self._running: dict[str, int] = {}
        self._swept = clock()

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def admit(self, id: UUID, buckets: tuple[Bucket, ...], tokens: int) -> Ticket | Over:
        return self.admit_now(id, buckets, tokens)

    def admit_now(self, id: UUID, buckets: tuple[Bucket, ...], tokens: int) -> Ticket | Over:
        """Count a call that may use so many tokens, or say which limit it met."""
        now = self._clock()
        if now - self._swept > _SWEEP:
            self._sweep(now)
        whole_at, running = self._whole_at, self._running
        after: dict[str, float] = {}  # of each rate: when it is whole again after this call
        least: dict[str, tuple[float, Bucket]] = {}  # by kind: the rate that has the least left
        for bucket in buckets:
            kind, key, limit = bucket.kind, bucket.key, bucket.limit
            if kind == CONCURRENT:
                if running.get(key, 0) >= limit:
                    return Over(bucket, self._standing(bucket, now))
                continue
            then = taken(whole_at.get(key, 0.0), limit, tokens if kind == TOKENS else 1, now)
            if then is None:
                return Over(bucket, self._standing(bucket, now, cost=bucket.cost(tokens)))
            after[key] = then
            left = (now + MINUTE - then) * limit
            if kind not in least or left < least[kind][0]:
                least[kind] = left, bucket
        self.moved += 1
        whole_at.update(after)
        for bucket in buckets:
            if bucket.kind == CONCURRENT:
                running[bucket.key] = running.get(bucket.key, 0) + 1
        return Ticket(id, buckets, tokens, {kind: self._standing(bucket, now) for kind, (_, bucket) in least.items()})

    def settle(self, ticket: Ticket, tokens: int) -> None:
        self.moved += 1
        whole_at, back = self._whole_at, (ticket.tokens - tokens) * MINUTE
        for bucket in ticket.buckets:
            kind = bucket.kind
            if kind == CONCURRENT:
                self._leave(bucket.key)
            elif kind == TOKENS and bucket.key in whole_at:
                # Less than nothing comes back of a call that used more than was foreseen.
                whole_at[bucket.key] -= back / bucket.limit

    def cancel(self, ticket: Ticket) -> None:
        self.moved += 1
        for bucket in ticket.buckets:
            if bucket.kind == CONCURRENT:
                self._leave(bucket.key)
            else:
                self._give_back(bucket, bucket.cost(ticket.tokens))

    def rests(self, buckets: Iterable[Bucket]) -> bool:
        now = self._clock()
        return not any(bucket.key in self._running or self._whole_at.get(bucket.key, 0.0) > now for bucket in buckets)

    async def counters(self, buckets: Iterable[Bucket]) -> list[Standing]:
        now = self._clock()
        return [self._standing(bucket, now) for bucket in buckets]

    def _leave(self, key: str) -> None:
        left = self._running.get(key, 0) - 1
        if left > 0:
            self._running[key] = left
        else:
            self._running.pop(key, None)

    def _give_back(self, bucket: Bucket, amount: int) -> None:
        if bucket.key in self._whole_at:
            self._whole_at[bucket.key] -= amount * MINUTE / bucket.limit

    def _standing(self, bucket: Bucket, now: float, *, cost: int = 0) -> Standing:
        if bucket.kind == CONCURRENT:
            return Standing(bucket.limit, max(0, bucket.limit - self._running.get(bucket.key, 0)), 0.0)
        whole_at = self._whole_at.get(bucket.key, 0.0)
        if not bucket.limit:
            return Standing(0, 0, 0.0, float("inf"))
        return standing(whole_at, bucket.limit, now, cost=cost)

    def _sweep(self, now: float) -> None:
        self._swept = now
        self._whole_at = {key: whole_at for key, whole_at in self._whole_at.items() if whole_at > now}
