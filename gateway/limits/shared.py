"""Limits counted in Redis, for several gateways: one script decides on all limits of a call, by Redis's own clock.

Limits keep abuse away and no money, so they fail open: while Redis is away each gateway counts for itself.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from gateway.limits.demand import CONCURRENT, TOKENS, Bucket, Over, Ticket
from gateway.limits.gcra import MINUTE, Standing, standing
from gateway.limits.local import LocalLimiter

log = logging.getLogger(__name__)

_CONNECTIONS = 16
_PATIENCE = 0.5  # seconds
_PAUSE = 1.0  # seconds in which nobody asks a Redis that did not answer
_LEASE = 120  # seconds that a running call counts without a word of its gateway
_RENEW = 40.0
_MICRO = 1_000_000

# Of each bucket: kind (r: a rate, c: at once), limit, cost. Returns the number of the bucket that is over or 0, the
# time, and of each bucket when it is whole again, in microseconds, or how many calls run.
_ADMIT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local id, lease = ARGV[1], tonumber(ARGV[2]) * 1000000
local found, over = {}, 0
for i, key in ipairs(KEYS) do
  local kind, limit, cost = ARGV[3 * i], tonumber(ARGV[3 * i + 1]), tonumber(ARGV[3 * i + 2])
  if kind == 'c' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    found[i] = redis.call('ZCARD', key)
    if over == 0 and found[i] >= limit then over = i end
  else
    found[i] = math.max(tonumber(redis.call('GET', key) or 0), now)
    if over == 0 and (limit == 0 or found[i] + math.floor(cost * 60000000 / limit) - now > 60000000) then over = i end
  end
end
if over == 0 and id ~= '' then
  for i, key in ipairs(KEYS) do
    local kind, limit, cost = ARGV[3 * i], tonumber(ARGV[3 * i + 1]), tonumber(ARGV[3 * i + 2])
    if kind == 'c' then
      redis.call('ZADD', key, now + lease, id)
      redis.call('PEXPIRE', key, math.floor(lease / 1000))
      found[i] = found[i] + 1
    else
      found[i] = found[i] + math.floor(cost * 60000000 / limit)
      redis.call('SET', key, string.format('%.0f', found[i]), 'PX', 120000)
    end
  end
end
for i = 1, #found do found[i] = string.format('%.0f', found[i]) end
return {over, string.format('%.0f', now), found}
"""
# Of each bucket: kind, and the microseconds that come back of a rate.
_LEAVE = """
for i, key in ipairs(KEYS) do
  if ARGV[2 * i] == 'c' then
    redis.call('ZREM', key, ARGV[1])
  else
    local whole_at = redis.call('GET', key)
    if whole_at then
      redis.call('SET', key, string.format('%.0f', whole_at - ARGV[2 * i + 1]), 'PX', 120000)
    end
  end
end
"""


class SharedLimiter:
    """Counters in Redis; see `Limiter`. Open it in the loop that serves."""

    def __init__(self, url: str, prefix: str, clock: Callable[[], float] = time.monotonic) -> None:
        # Few connections, for which calls wait: a burst that opens hundreds would be slower than the script.
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=_PATIENCE,
            socket_timeout=_PATIENCE,
            socket_connect_timeout=_PATIENCE,
        )
        self._redis: Any = Redis(connection_pool=pool)
        self._admit = self._redis.register_script(_ADMIT)
        self._leave = self._redis.register_script(_LEAVE)
        self._prefix = f"{{{prefix}}}:limits:"  # in braces: one slot of a cluster
        self._clock = clock
        self.moved = 0  # others count as well, and are not asked
        self._local = LocalLimiter(clock)
        self._asked_again_at = 0.0
        self._running: dict[UUID, Ticket] = {}  # counted in Redis
        self._tasks: set[asyncio.Task[None]] = set()
        self._renewal: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._renewal = asyncio.create_task(self._renew())

    async def stop(self) -> None:
        if self._renewal:
            self._renewal.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()
        await self._redis.connection_pool.aclose()

    async def admit(self, id: UUID, buckets: tuple[Bucket, ...], tokens: int) -> Ticket | Over:
        if not buckets:
            return Ticket(id)
        answer = await self._ask(lambda: self._admit(self._keys(buckets), [id.hex, _LEASE, *_asked(buckets, tokens)]))
        if answer is None:
            return self._local.admit_now(id, buckets, tokens)
        over, standings = _read(answer, buckets, tokens)
        if over is not None:
            return Over(buckets[over], standings[over])
        ticket = Ticket(id, buckets, tokens, _tightest(zip(buckets, standings, strict=True)))
        self._running[id] = ticket
        return ticket

    def settle(self, ticket: Ticket, tokens: int) -> None:
        unused = {bucket.key: ticket.tokens - tokens for bucket in ticket.buckets if bucket.kind == TOKENS}
        if self._running.pop(ticket.id, None):
            self._give_back(ticket, unused)
        else:
            self._local.settle(ticket, tokens)

    def cancel(self, ticket: Ticket) -> None:
        if self._running.pop(ticket.id, None):
            self._give_back(ticket, {bucket.key: bucket.cost(ticket.tokens) for bucket in ticket.buckets})
        else:
            self._local.cancel(ticket)

    def rests(self, buckets: Iterable[Bucket]) -> bool:
        return not any(True for _ in buckets)

    async def counters(self, buckets: Iterable[Bucket]) -> list[Standing]:
        asked = tuple(buckets)
        if not asked:
            return []
        answer = await self._ask(lambda: self._admit(self._keys(asked), ["", 0, *_asked(asked, 0, requests=0)]))
        return await self._local.counters(asked) if answer is None else _read(answer, asked, 0)[1]

    def _keys(self, buckets: Iterable[Bucket]) -> list[str]:
        return [self._prefix + bucket.key for bucket in buckets]

    def _give_back(self, ticket: Ticket, amounts: Mapping[str, int]) -> None:
        left = [bucket for bucket in ticket.buckets if bucket.key in amounts or bucket.kind == CONCURRENT]
        if not left:
            return
        words: list[str | int] = [ticket.id.hex]
        for bucket in left:
            back = int(amounts.get(bucket.key, 0) * MINUTE * _MICRO / bucket.limit)
            words += ["c" if bucket.kind == CONCURRENT else "r", back]
        task = asyncio.create_task(self._tell(lambda: self._leave(self._keys(left), words)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW)
            for ticket in list(self._running.values()):
                for bucket in ticket.buckets:
                    if bucket.kind == CONCURRENT and ticket.id in self._running:
                        await self._tell(lambda ticket=ticket, bucket=bucket: self._stay(ticket, bucket))  # type: ignore[misc]

    async def _stay(self, ticket: Ticket, bucket: Bucket) -> None:
        key = self._prefix + bucket.key
        seconds, micros = await self._redis.time()
        await self._redis.zadd(key, {ticket.id.hex: seconds * _MICRO + micros + _LEASE * _MICRO}, xx=True)
        await self._redis.expire(key, _LEASE)

    async def _tell(self, words: Callable[[], Awaitable[Any]]) -> None:
        await self._ask(words)

    async def _ask(self, question: Callable[[], Awaitable[Any]]) -> Any:
        """Return Redis's answer; None while it is away."""
        if self._clock() < self._asked_again_at:
            return None
        try:
            async with asyncio.timeout(_PATIENCE):
                return await question()
        except (RedisError, OSError, TimeoutError) as error:
            if self._clock() >= self._asked_again_at:  # once for all that waited
                log.warning("limits: Redis is away, this gateway counts for itself: %s", type(error).__name__)
            self._asked_again_at = self._clock() + _PAUSE
            return None


def _asked(buckets: Iterable[Bucket], tokens: int, *, requests: int = 1) -> list[str | int]:
    words: list[str | int] = []
    for bucket in buckets:
        words += [
            "c" if bucket.kind == CONCURRENT else "r",
            bucket.limit,
            tokens if bucket.kind == TOKENS else requests,
        ]
    return words


def _read(answer: Any, buckets: tuple[Bucket, ...], tokens: int) -> tuple[int | None, list[Standing]]:
    over, now, found = int(answer[0]), int(answer[1]), [int(each) for each in answer[2]]
    standings = [
        _standing(bucket, value, now, cost=bucket.cost(tokens) if number == over else 0)
        for number, (bucket, value) in enumerate(zip(buckets, found, strict=True), 1)
    ]
    return (over - 1 if over else None), standings


def _standing(bucket: Bucket, value: int, now: int, *, cost: int) -> Standing:
    if bucket.kind == CONCURRENT:
        return Standing(bucket.limit, max(0, bucket.limit - value), 0.0)
    if not bucket.limit:
        return Standing(0, 0, 0.0, float("inf"))
    return standing((value - now) / _MICRO, bucket.limit, 0.0, cost=cost)


def _tightest(standings: Iterable[tuple[Bucket, Standing]]) -> dict[str, Standing]:
    """Return, by kind, how the rate stands that has the least left."""
    found: dict[str, Standing] = {}
    for bucket, each in standings:
        if bucket.kind != CONCURRENT and (bucket.kind not in found or each.remaining < found[bucket.kind].remaining):
            found[bucket.kind] = each
    return found
