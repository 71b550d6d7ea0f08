"""Counting calls against limits, in one process and in Redis: both do the same."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from uuid import UUID, uuid4

import pytest
from redis import Redis

from gateway.limits.demand import CONCURRENT, REQUESTS, TOKENS, Bucket, Limiter, Over, Ticket, buckets_for
from gateway.limits.local import LocalLimiter
from gateway.limits.shared import SharedLimiter
from keys.verification import Rule
from tests.support.ports import free_port

pytestmark = pytest.mark.anyio
URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")


def redis_runs() -> bool:
    try:
        return bool(Redis.from_url(URL, socket_connect_timeout=0.5).ping())
    except Exception:
        return False


KINDS = ["local", pytest.param("redis", marks=pytest.mark.skipif(not redis_runs(), reason="no Redis here"))]


@pytest.fixture(params=KINDS)
async def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[[], Limiter]]:
    """Make limiters that count together: one and the same in a process, several over Redis."""
    monkeypatch.setattr("gateway.limits.shared._PATIENCE", 20.0)  # a busy machine is no Redis that is away
    prefix, made = uuid4().hex, []
    local = LocalLimiter()

    def maker() -> Limiter:
        if request.param == "local":
            return local
        made.append(SharedLimiter(URL, prefix))
        return made[-1]

    yield maker
    for limiter in made:
        await limiter.stop()


def rates(requests: int | None = None, tokens: int | None = None, concurrent: int | None = None) -> Rule:
    return Rule("key", UUID(int=1), "", requests, tokens, concurrent)


async def ask(limiter: Limiter, *rules: Rule, tokens: int = 1, model: str = "llama") -> Ticket | Over:
    return await limiter.admit(uuid4(), buckets_for(rules, model), tokens)


async def test_calls_at_once_over_several_gateways_never_exceed_a_limit(make: Callable[[], Limiter]) -> None:
    gateways = [make() for _ in range(4)]
    answers = await asyncio.gather(*(ask(gateways[n % 4], rates(requests=25)) for n in range(200)))
    assert sum(isinstance(answer, Ticket) for answer in answers) == 25


async def test_tokens_that_were_not_used_come_back_and_what_was_used_beyond_counts(
    make: Callable[[], Limiter],
) -> None:
    limiter, rule = make(), rates(tokens=100_000)
    ticket = await ask(limiter, rule, tokens=100_000)
    assert isinstance(ticket, Ticket)
    over = await ask(limiter, rule, tokens=1000)
    assert isinstance(over, Over)
    assert (over.bucket.rule, over.standing.remaining < 200) == ("key.tokens_per_minute", True)
    limiter.settle(ticket, 1000)
    await asyncio.sleep(0.05)
    second = await ask(limiter, rule, tokens=98_000)
    assert isinstance(second, Ticket)
    limiter.settle(second, 150_000)
    await asyncio.sleep(0.05)
    assert isinstance(await ask(limiter, rule, tokens=1), Over)


async def test_a_call_that_did_not_run_uses_nothing(make: Callable[[], Limiter]) -> None:
    limiter, rule = make(), rates(requests=1, tokens=10, concurrent=1)
    for _ in range(5):
        ticket = await ask(limiter, rule, tokens=10)
        assert isinstance(ticket, Ticket)
        limiter.cancel(ticket)
        await asyncio.sleep(0.02)


async def test_as_many_calls_run_at_once_as_the_limit_says(make: Callable[[], Limiter]) -> None:
    limiter, rule = make(), rates(concurrent=2)
    first, second = await ask(limiter, rule), await ask(limiter, rule)
    assert isinstance(first, Ticket)
    assert isinstance(second, Ticket)
    over = await ask(limiter, rule)
    assert isinstance(over, Over)
    assert over.bucket.kind == CONCURRENT
    limiter.settle(first, 0)
    await asyncio.sleep(0.02)
    assert isinstance(await ask(limiter, rule), Ticket)


async def test_a_call_that_one_limit_refuses_uses_none_of_the_others(make: Callable[[], Limiter]) -> None:
    limiter = make()
    wide, narrow = rates(requests=100), Rule("project", UUID(int=2), "", 1, None, None)
    await ask(limiter, wide, narrow)
    assert isinstance(await ask(limiter, wide, narrow), Over)
    (standing,) = await limiter.counters(buckets_for([wide], "llama"))
    assert standing.remaining == 99


async def test_the_limits_of_a_model_are_its_own(make: Callable[[], Limiter]) -> None:
    limiter, rule = make(), Rule("organization", UUID(int=3), "llama", 1, None, None)
    assert isinstance(await ask(limiter, rule), Ticket)
    assert isinstance(await ask(limiter, rule), Over)
    assert isinstance(await ask(limiter, rule, model="other"), Ticket)


async def test_a_limit_of_nothing_blocks_everything(make: Callable[[], Limiter]) -> None:
    limiter = make()
    for rule in (rates(requests=0), rates(tokens=0), rates(concurrent=0)):
        assert isinstance(await ask(limiter, rule), Over)


async def test_the_tightest_limits_are_told(make: Callable[[], Limiter]) -> None:
    ticket = await ask(make(), rates(requests=10, tokens=500), Rule("project", UUID(int=4), "", 5, None, None))
    assert isinstance(ticket, Ticket)
    assert {kind: each.remaining for kind, each in ticket.standings.items()} == {REQUESTS: 4, TOKENS: 499}


async def test_without_redis_a_gateway_counts_for_itself_and_quickly() -> None:
    limiter = SharedLimiter(f"redis://127.0.0.1:{free_port()}/0", "x")
    began = asyncio.get_running_loop().time()
    answers = [await ask(limiter, rates(requests=3, concurrent=9)) for _ in range(5)]
    assert [isinstance(answer, Ticket) for answer in answers] == [True] * 3 + [False] * 2
    for answer in answers:
        if isinstance(answer, Ticket):
            limiter.settle(answer, 5)
    assert asyncio.get_running_loop().time() - began < 2
    await limiter.stop()


async def test_a_silent_redis_holds_nobody_up_for_longer_than_half_a_second() -> None:
    server = await asyncio.start_server(lambda reader, writer: asyncio.sleep(30), "127.0.0.1", 0)
    limiter = SharedLimiter(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0", "x")
    began = asyncio.get_running_loop().time()
    assert isinstance(await ask(limiter, rates(requests=3)), Ticket)
    assert asyncio.get_running_loop().time() - began < 1
    server.close()
    await limiter.stop()


@pytest.mark.skipif(not redis_runs(), reason="no Redis here")
async def test_a_gateway_that_dies_leaves_no_call_running_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.limits.shared._LEASE", 1)
    prefix = uuid4().hex
    dead, alive = SharedLimiter(URL, prefix), SharedLimiter(URL, prefix)
    assert isinstance(await ask(dead, rates(concurrent=1)), Ticket)
    assert isinstance(await ask(alive, rates(concurrent=1)), Over)
    await asyncio.sleep(1.1)
    assert isinstance(await ask(alive, rates(concurrent=1)), Ticket)
    await dead.stop()
    await alive.stop()


@pytest.mark.skipif(not redis_runs(), reason="no Redis here")
async def test_a_long_call_stays_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.limits.shared._LEASE", 1)
    monkeypatch.setattr("gateway.limits.shared._RENEW", 0.2)
    limiter = SharedLimiter(URL, uuid4().hex)
    await limiter.start()
    assert isinstance(await ask(limiter, rates(concurrent=1)), Ticket)
    await asyncio.sleep(1.3)
    assert isinstance(await ask(limiter, rates(concurrent=1)), Over)
    await limiter.stop()


async def test_counters_in_memory_are_forgotten_once_they_say_nothing() -> None:
    now = [0.0]
    limiter = LocalLimiter(lambda: now[0])
    for number in range(50):
        await limiter.admit(uuid4(), (Bucket(f"{number}:r", "key", REQUESTS, 10),), 1)
    now[0] = 200.0
    await limiter.admit(uuid4(), (Bucket("other:r", "key", REQUESTS, 10),), 1)
    assert list(limiter._whole_at) == ["other:r"]
