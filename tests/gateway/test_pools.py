"""Which server answers, which one is asked after it failed, and when none is asked at all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from catalog.upstreams import ModelServer, Offer
from gateway.errors import UpstreamError, told_to_caller
from gateway.requests.asked import Asked
from gateway.upstream.circuit import Circuit
from gateway.upstream.own_client import OwnClient
from gateway.upstream.pools import Pools
from tests.gateway.servers import Line, Script, Scripted, serving

pytestmark = pytest.mark.anyio
ASKED = Asked("llama", "llama", b'{"messages":[]}')
STREAM = Asked("llama", "llama", b'{"messages":[]}', stream=True)
GOOD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Servers:
    """Pools over servers of which each does as its behaviour says now."""

    def __init__(self, pools: Pools, time: Time, behaviours: list[bytes | None], servers: list[Scripted]) -> None:
        self.pools, self.time, self.behaviours, self.servers = pools, time, behaviours, servers
        self.asked: list[int] = []
        self.bodies: list[bytes] = []

    async def outcome(self) -> str:
        """Ask, and return `ok` or what went wrong."""
        try:
            await self.pools.complete(ASKED)
        except UpstreamError as error:
            return error.code
        return "ok"


@asynccontextmanager
async def pooled(*behaviours: bytes | None, **more: object) -> AsyncIterator[Servers]:
    """None hangs, empty bytes reset, others are the answer."""
    time, current = Time(), list(behaviours)

    def script(place: int) -> Script:
        async def run(line: Line) -> None:
            while True:
                request = await line.request()
                house.asked.append(place)
                house.bodies.append(request.partition(b"\r\n\r\n")[2])
                match current[place]:
                    case None:
                        await line.left()
                    case b"":
                        line.reset()
                        return
                    case answer:
                        await line.say(answer)

        return run

    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(serving(script(place))) for place in range(len(behaviours))]
        named = [
            ModelServer(
                f"s{place}", f"http://127.0.0.1:{server.port}", models={"llama": Offer(f"llama-{place}")},
                connect_timeout=0.3, first_byte_timeout=0.15, between_bytes_timeout=0.15, **more,
            )
            for place, server in enumerate(servers)
        ]  # fmt: skip
        pools = Pools(named, OwnClient, time)
        house = Servers(pools, time, current, servers)
        await pools.open()
        yield house
        await pools.close()


def says(status: int, more: bytes = b"", body: bytes = b"{}") -> bytes:
    return b"HTTP/1.1 %d X\r\ncontent-length: %d\r\n%s\r\n%s" % (status, len(body), more, body)


async def test_equals_take_turns_and_each_is_asked_by_its_own_name_of_the_model() -> None:
    async with pooled(GOOD, GOOD, GOOD) as house:
        assert [await house.outcome() for _ in range(6)] == ["ok"] * 6
        assert sorted(house.asked) == [0, 0, 1, 1, 2, 2]
        assert house.bodies[0] == b'{"model":"llama-%d","stream":false,"messages":[]}' % house.asked[0]


async def test_the_least_busy_one_is_asked() -> None:
    async with pooled(None, GOOD) as house:
        waiting = asyncio.create_task(house.outcome())
        await asyncio.sleep(0.03)
        assert [await house.outcome() for _ in range(3)] == ["ok"] * 3
        assert house.asked == [0, 1, 1, 1]
        waiting.cancel()


TROUBLES: list[bytes | None] = [
    b"", None, says(500), says(502), says(503), says(429), says(401), says(404), b"SSH-2.0\r\n\r\n",
]  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_after_a_failure_another_one_is_asked_and_never_the_same(trouble: bytes | None) -> None:
    async with pooled(trouble, GOOD) as house:
        assert await house.outcome() == "ok"
        assert house.asked == [0, 1]
    async with pooled(trouble, trouble) as house:
        assert await house.outcome() != "ok"
        assert house.asked == [0, 1]


async def test_three_are_asked_at_most() -> None:
    async with pooled(b"", b"", b"", b"") as house:
        assert await house.outcome() == "unreachable"
        assert len(house.asked) == 3


async def test_a_wrong_request_is_wrong_everywhere() -> None:
    async with pooled(says(400, body=b'{"error":{"message":"no"}}'), GOOD) as house:
        assert await house.outcome() == "refused"
        assert house.asked == [0]


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 900\r\n\r\n"


@pytest.mark.parametrize("begun", [HEAD, HEAD + b'data: {"choices":[]}\n\n'])
async def test_nobody_else_is_asked_once_an_answer_began(begun: bytes) -> None:
    async with pooled(begun, GOOD) as house:
        with pytest.raises(UpstreamError):
            async for _ in house.pools.stream(STREAM):
                pass
        assert await house.outcome() == "ok"
        assert house.asked[0] == 0
        assert house.asked.count(0) == 1


async def test_after_five_failures_in_a_row_a_server_gets_a_pause_and_then_one_try() -> None:
    async with pooled(b"") as house:
        assert [await house.outcome() for _ in range(5)] == ["unreachable"] * 5
        assert [await house.outcome() for _ in range(3)] == ["away"] * 3
        assert len(house.asked) == 5
        assert house.pools.pools() == {"ok": 0, "degraded": 0, "unavailable": 1}
        house.time.now += 1.01
        assert await house.outcome() == "unreachable"  # the try
        house.time.now += 1.01
        assert await house.outcome() == "away"  # now the pause is two seconds
        house.time.now += 1.01
        house.behaviours[0] = GOOD
        assert [await house.outcome() for _ in range(2)] == ["ok"] * 2
        assert house.pools.pools() == {"ok": 1, "degraded": 0, "unavailable": 0}


async def test_half_open_lets_one_request_through_at_a_time() -> None:
    async with pooled(b"") as house:
        for _ in range(5):
            await house.outcome()
        house.time.now += 1.01
        house.behaviours[0] = None
        first = asyncio.create_task(house.outcome())
        await asyncio.sleep(0.03)
        assert await house.outcome() == "away"
        first.cancel()  # tells nothing, and leaves the try to the next one
        await asyncio.sleep(0.01)
        house.behaviours[0] = GOOD
        assert await house.outcome() == "ok"


async def test_the_rest_of_a_pool_goes_on_while_one_server_pauses() -> None:
    async with pooled(b"", GOOD) as house:
        assert [await house.outcome() for _ in range(30)] == ["ok"] * 30
        assert house.asked.count(0) == 5
        assert house.pools.pools() == {"ok": 0, "degraded": 1, "unavailable": 0}


@pytest.mark.parametrize("answer", [says(500), says(429), says(400), says(401)])
async def test_what_a_caller_can_cause_opens_no_circuit(answer: bytes) -> None:
    async with pooled(answer) as house:
        assert "away" not in [await house.outcome() for _ in range(12)]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_says_when_is_not_asked_before(status: int) -> None:
    async with pooled(says(status, b"retry-after: 7\r\n"), GOOD) as house:
        assert [await house.outcome() for _ in range(6)] == ["ok"] * 6
        assert house.asked.count(0) == 1
        house.behaviours[1] = says(429, b"retry-after: 9\r\n")
        assert await house.outcome() == "rate_limited"
        before = len(house.asked)
        with pytest.raises(UpstreamError) as error:
            await house.pools.complete(ASKED)
        assert (error.value.code, error.value.retry_after, len(house.asked)) == ("rate_limited", 7, before)
        house.time.now += 7.01
        house.behaviours[0] = GOOD
        assert await house.outcome() == "ok"


async def test_nobody_waits_for_hours() -> None:
    async with pooled(says(429, b"retry-after: 86400\r\n")) as house:
        await house.outcome()
        house.time.now += 61
        house.behaviours[0] = GOOD
        assert await house.outcome() == "ok"


async def test_a_model_that_no_server_offers_is_the_operator_s_problem() -> None:
    async with pooled(GOOD) as house:
        with pytest.raises(UpstreamError) as error:
            await house.pools.complete(Asked("other", "other", b'{"a":1}'))
        assert error.value.code == "misconfigured"
        assert not house.asked


async def test_what_a_caller_is_told_of_servers_that_are_away() -> None:
    told = told_to_caller(UpstreamError("", "away", False, retry_after=3))
    assert (told.status, told.code, told.retry_after) == (503, "upstream_unavailable", 3)


async def test_a_failure_of_before_the_circuit_opened_says_nothing_new() -> None:
    time = Time()
    circuit = Circuit(time)
    for _ in range(9):
        circuit.failed(trying=False)
    assert not circuit.lets_through()
    time.now += 1.01
    assert circuit.begin()
    circuit.failed(trying=False)  # one that had begun long ago
    assert not circuit.lets_through()  # for one tries already
    circuit.succeeded()
    assert circuit.closed


Ask = Callable[[Servers], Awaitable[None]]


async def test_nothing_stays_counted_as_running() -> None:
    async with pooled(GOOD, b"", None) as house:
        asked = [asyncio.create_task(house.outcome()) for _ in range(30)]
        await asyncio.sleep(0.02)
        for task in asked[::3]:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        stream = house.pools.stream(STREAM)
        with pytest.raises(UpstreamError):
            await anext(stream)
        assert [member.busy for member in house.pools._members] == [0, 0, 0]
