"""What both clients of a model server do, whatever the server does."""

import asyncio
import time
from collections.abc import Callable

import pytest
import trustme

from catalog.upstreams import ModelServer
from gateway.errors import UpstreamError
from gateway.upstream.aiohttp_client import AiohttpClient
from gateway.upstream.boundary import Client
from gateway.upstream.own_client import OwnClient
from tests.gateway.servers import Line, Script, asking, opened, rest, serving, whole

pytestmark = pytest.mark.anyio
Kind = Callable[[ModelServer], Client]
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"


@pytest.fixture(params=[OwnClient, AiohttpClient], ids=["own", "aiohttp"])
def kind(request: pytest.FixtureRequest) -> Kind:
    return request.param  # type: ignore[no-any-return]


def says(*pieces: bytes, pause: float = 0.0, then: str = "close") -> Script:
    """Answer one request with these bytes, then close, reset, or hold the line."""

    async def script(line: Line) -> None:
        await line.request()
        await line.say(*pieces, pause=pause)
        if then == "reset":
            line.reset()
        elif then == "hold":
            await line.left()

    return script


async def forever(line: Line) -> None:
    while True:
        await line.answer(b"%d" % line.number)


ANSWERS: dict[str, tuple[bytes, tuple[int, bytes]]] = {
    "length": (OK + b"content-length: 5\r\n\r\nhello", (200, b"hello")),
    "nothing": (OK + b"content-length: 0\r\n\r\n", (200, b"")),
    "chunks": (CHUNKED + b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", (200, b"hello")),
    "chunk extensions": (CHUNKED + b"5;a=b\r\nhello\r\n0\r\n\r\n", (200, b"hello")),
    "trailers": (CHUNKED + b"5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n", (200, b"hello")),
    "close": (OK + b"connection: close\r\ncontent-length: 5\r\n\r\nhello", (200, b"hello")),
    "to the end": (OK + b"content-type: application/json\r\n\r\nhello", (200, b"hello")),
    "http 1.0": (b"HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello", (200, b"hello")),
    "continue first": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"content-length: 5\r\n\r\nhello", (200, b"hello")),
    "hints first": (b"HTTP/1.1 103 Hints\r\nlink: a\r\n\r\n" + OK + b"content-length: 1\r\n\r\nx", (200, b"x")),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
    "304": (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n", (304, b"")),
    "no reason": (b"HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx", (200, b"x")),
    "redirect": (b"HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 1\r\n\r\nx", (302, b"x")),
    "empty headers": (OK + b"x-a:\r\ncontent-length: 1\r\n\r\nx", (200, b"x")),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_is_read_as_its_head_says(kind: Kind, name: str) -> None:
    sent, expected = ANSWERS[name]
    async with asking(kind, says(sent)) as client:
        assert await whole(client) == expected


@pytest.mark.parametrize("name", ["length", "chunks", "continue first", "trailers"])
async def test_an_answer_may_be_cut_at_each_byte(kind: Kind, name: str) -> None:
    sent, expected = ANSWERS[name]
    async with asking(kind, says(*(bytes([byte]) for byte in sent), pause=0.0002)) as client:
        assert await whole(client) == expected


async def test_headers_are_found_in_any_case(kind: Kind) -> None:
    head = b"HTTP/1.1 429 X\r\nRetry-AFTER:  7 \r\nContent-Type: text/Event-Stream; a=b\r\ncontent-length: 0\r\n\r\n"
    async with asking(kind, says(head)) as client:
        received = await client.post("/chat/completions", b"{}")
        assert received.headers["retry-after"] == "7"
        assert received.headers["content-type"] == "text/Event-Stream; a=b"
        received.close()


BROKEN: dict[str, bytes] = {
    "no http": b"SSH-2.0-OpenSSH_9.7\r\n",
    "bad status": b"HTTP/1.1 abc OK\r\n\r\n",
    "bad version": b"HTTP/9.9 200 OK\r\ncontent-length: 0\r\n\r\n",
    "nul in a header": OK + b"x: \x00\r\ncontent-length: 0\r\n\r\n",
    "bad length": OK + b"content-length: -5\r\n\r\nhello",
    "two lengths": OK + b"content-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
    "length and chunks": OK + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad chunk size": CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n",
    "negative chunk size": CHUNKED + b"-1\r\nhello\r\n0\r\n\r\n",
    "huge chunk size": CHUNKED + b"f" * 40 + b"\r\nhello",
    "no end of a chunk": CHUNKED + b"5\r\nhelloworld\r\n0\r\n\r\n",
    "headers without end": OK + b"x-a: b\r\n" * 40_000,
    "one endless header": OK + b"x-a: " + b"b" * 300_000,
    "nothing at all": b"",
    "half a head": OK + b"content-le",
    "truncated": OK + b"content-length: 500\r\n\r\nhello",
    "truncated chunk": CHUNKED + b"500\r\nhello",
    "no last chunk": CHUNKED + b"5\r\nhello\r\n",
    "switching": b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\nhello",
}


@pytest.mark.parametrize("then", ["close", "reset"])
@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_answer_is_an_error_and_none_that_waits(kind: Kind, name: str, then: str) -> None:
    if kind is AiohttpClient and name in {"length and chunks", "switching"}:
        pytest.skip("aiohttp takes the chunks, and passes 101 on as any status that is not 200")
    async with asking(kind, says(BROKEN[name], then=then)) as client:
        with pytest.raises(UpstreamError) as error:
            status, _ = await whole(client)
            assert status == 200
        assert error.value.code in {"invalid_answer", "unreachable"}


@pytest.mark.parametrize("length", range(len(CHUNKED) + 15))
async def test_a_reset_at_any_byte_is_an_error(kind: Kind, length: int) -> None:
    sent = CHUNKED + b"5\r\nhello\r\n0\r\n\r"
    async with asking(kind, says(sent[:length], then="reset")) as client:
        with pytest.raises(UpstreamError):
            await whole(client)


async def test_what_came_before_a_break_can_be_read(kind: Kind) -> None:
    async with asking(kind, says(CHUNKED + b"5\r\nhello\r\n", pause=0.05, then="reset")) as client:
        received = await client.post("/chat/completions", b"{}")
        assert await received.read() == b"hello"
        with pytest.raises(UpstreamError):
            await received.read()
        received.close()


SILENCES = {"no head": b"", "half a head": OK + b"content-l", "half a body": OK + b"content-length: 50\r\n\r\nhello"}


@pytest.mark.parametrize("name", SILENCES)
async def test_silence_has_its_end(kind: Kind, name: str) -> None:
    async with asking(
        kind, says(SILENCES[name], then="hold"), first_byte_timeout=0.15, between_bytes_timeout=0.15
    ) as client:
        began = time.monotonic()
        with pytest.raises(UpstreamError) as error:
            await whole(client)
        assert error.value.code == "timeout"
        assert 0.1 < time.monotonic() - began < 1.5


async def test_interim_answers_buy_no_time(kind: Kind) -> None:
    drip = [b"HTTP/1.1 100 Continue\r\n\r\n"] * 40
    async with asking(kind, says(*drip, pause=0.05, then="hold"), first_byte_timeout=0.3) as client:
        began = time.monotonic()
        with pytest.raises(UpstreamError):
            await whole(client)
        assert time.monotonic() - began < 1.5


async def test_a_trickle_is_no_silence(kind: Kind) -> None:
    drip = [CHUNKED, *[b"1\r\nx\r\n"] * 8, b"0\r\n\r\n"]
    async with asking(kind, says(*drip, pause=0.05), between_bytes_timeout=0.2) as client:
        assert await whole(client) == (200, b"x" * 8)


async def test_a_body_waits_for_its_reader_beyond_any_patience(kind: Kind) -> None:
    body = b"x" * 5_000_000
    sent = OK + b"content-length: %d\r\n\r\n" % len(body)
    async with asking(kind, says(sent + body), between_bytes_timeout=0.2) as client:
        received = await client.post("/chat/completions", b"{}")
        await asyncio.sleep(0.5)  # a slow client of ours: no fault of the server's
        assert len(await rest(received)) == len(body)
        received.close()


async def test_a_body_that_nobody_reads_is_not_collected(kind: Kind) -> None:
    sent = 0

    async def pour(line: Line) -> None:
        nonlocal sent
        await line.request()
        await line.say(OK + b"content-length: 1000000000\r\n\r\n")
        for _ in range(1000):
            await line.say(b"x" * 100_000)
            sent += 100_000

    async with asking(kind, pour) as client:
        received = await client.post("/chat/completions", b"{}")
        await asyncio.sleep(0.3)
        poured = sent
        await asyncio.sleep(0.1)
        assert sent == poured < 30_000_000  # buffers of the system and ours
        received.close()


async def test_a_connection_is_used_again(kind: Kind) -> None:
    async with asking(kind, forever) as client:
        assert [await whole(client) for _ in range(4)] == [(200, b"1")] * 4


async def test_a_connection_that_was_dropped_while_idle_is_replaced(kind: Kind) -> None:
    async def twice(line: Line) -> None:
        await line.answer(b"%d" % line.number)
        if line.number == 1:
            await line.request()  # and then nothing
        else:
            await line.answer(b"again")

    async with asking(kind, twice) as client:
        assert await whole(client) == (200, b"1")
        assert await whole(client) == (200, b"2")
        assert await whole(client) == (200, b"again")


@pytest.mark.parametrize(
    "surplus",
    [b"x", b"\r\n\r\nx", OK + b"content-length: 5\r\n\r\nother", b"HTTP/1.1 408 Timeout\r\n\r\n"],
)
@pytest.mark.parametrize("late", [False, True])
async def test_bytes_that_nobody_asked_for_reach_nobody(surplus: bytes, late: bool) -> None:
    # aiohttp keeps them, and gives them to whoever asks next: a reason to have a client of our own.
    async def script(line: Line) -> None:
        if line.number > 1:
            await forever(line)
        await line.request()
        answer = OK + b"content-length: 5\r\n\r\nhello"
        await line.say(*((answer, surplus) if late else (answer + surplus,)), pause=0.03)
        await forever(line)

    async with asking(OwnClient, script) as client:
        assert await whole(client) == (200, b"hello")
        await asyncio.sleep(0.1)
        assert await whole(client) == (200, b"2")


async def test_a_half_read_connection_is_never_used_again(kind: Kind) -> None:
    async def script(line: Line) -> None:
        await line.request()
        await line.say(OK + b"content-length: 10\r\n\r\nhello")
        await line.left()
        gone.set()

    gone = asyncio.Event()
    async with asking(kind, script) as client:
        received = await client.post("/chat/completions", b"{}")
        assert await received.read() == b"hello"
        received.close()
        received.close()
        await asyncio.wait_for(gone.wait(), 1)


@pytest.mark.parametrize("sent", [b"", OK + b"content-length: 10\r\n\r\nhello"])
async def test_cancelling_closes_the_connection_at_once(kind: Kind, sent: bytes) -> None:
    async def script(line: Line) -> None:
        await line.request()
        await line.say(sent)
        await line.left()
        gone.set()

    gone = asyncio.Event()
    async with asking(kind, script, first_byte_timeout=9, between_bytes_timeout=9) as client:
        asking_it = asyncio.create_task(whole(client))
        await asyncio.sleep(0.05)
        asking_it.cancel()
        await asyncio.wait_for(gone.wait(), 1)
        with pytest.raises(asyncio.CancelledError):
            await asking_it


async def test_the_end_of_a_stream_that_comes_late_still_frees_its_connection(kind: Kind) -> None:
    async def script(line: Line) -> None:
        while True:
            await line.request()
            await line.say(CHUNKED + b"4\r\nDONE\r\n", b"0\r\n\r\n", pause=0.03)

    async with serving(script) as server, opened(kind, f"http://127.0.0.1:{server.port}") as client:
        for _ in range(3):
            received = await client.post("/chat/completions", b"{}")
            assert await received.read() == b"DONE"
            await received.finish()
            received.close()
            await asyncio.sleep(0.06)
        assert len(server.lines) == 1


async def test_the_end_of_a_stream_that_never_comes_is_not_waited_for(kind: Kind) -> None:
    async def script(line: Line) -> None:
        await line.request()
        await line.say(CHUNKED + b"4\r\nDONE\r\n")
        await line.left()
        gone.set()

    gone = asyncio.Event()
    async with asking(kind, script, between_bytes_timeout=30) as client:
        received = await client.post("/chat/completions", b"{}")
        await received.read()
        await received.finish()
        received.close()
        await asyncio.wait_for(gone.wait(), 2)


async def test_at_the_limit_of_connections_requests_wait_in_turn(kind: Kind) -> None:
    async def slow(line: Line) -> None:
        while True:
            await line.request()
            await asyncio.sleep(0.02)
            await line.say(OK + b"content-length: 1\r\n\r\nx")

    async with serving(slow) as server:
        url = f"http://127.0.0.1:{server.port}"
        async with opened(kind, url, connections=2, first_byte_timeout=5) as client:
            assert await asyncio.gather(*(whole(client) for _ in range(12))) == [(200, b"x")] * 12
            assert len(server.lines) == 2


async def test_whoever_waits_for_a_connection_in_vain_is_told(kind: Kind) -> None:
    async with asking(kind, says(b"", then="hold"), connections=1, first_byte_timeout=0.2) as client:
        first, second = await asyncio.gather(whole(client), whole(client), return_exceptions=True)
        assert isinstance(first, UpstreamError)
        assert isinstance(second, UpstreamError)
        assert first.code == second.code == "timeout"


async def test_whoever_stops_waiting_takes_no_connection_along(kind: Kind) -> None:
    async def slow(line: Line) -> None:
        while True:
            await line.request()
            await asyncio.sleep(0.05)
            await line.say(OK + b"content-length: 1\r\n\r\nx")

    async with asking(kind, slow, connections=1, first_byte_timeout=5) as client:
        asked = [asyncio.create_task(whole(client)) for _ in range(6)]
        await asyncio.sleep(0.02)
        for task in asked[1:5]:
            task.cancel()
        assert await asked[0] == await asked[5] == (200, b"x")
        assert await asyncio.wait_for(whole(client), 1) == (200, b"x")


async def test_nobody_there_is_told_at_once(kind: Kind) -> None:
    async with opened(kind, "http://127.0.0.1:1/v1") as client:
        with pytest.raises(UpstreamError) as error:
            await whole(client)
        assert error.value.code == "unreachable"
        assert not await client.answers()


async def test_large_requests_arrive_whole(kind: Kind) -> None:
    seen = 0

    async def script(line: Line) -> None:
        nonlocal seen
        while True:
            seen = len((await line.request()).partition(b"\r\n\r\n")[2])
            await line.say(OK + b"content-length: 1\r\n\r\nx")

    async with asking(kind, script, first_byte_timeout=5) as client:
        for size in (1, 65_536, 65_537, 9_000_000):
            assert await whole(client, b"y" * size) == (200, b"x")
            assert seen == size


async def test_a_request_carries_what_the_server_needs_and_no_more(kind: Kind) -> None:
    async def script(line: Line) -> None:
        heads.append(await line.request())
        await line.say(OK + b"content-length: 1\r\n\r\nx")

    heads: list[bytes] = []
    async with asking(kind, script) as client:
        await whole(client, b'{"a":1}')
        assert await client.answers()
    start, *lines = heads[0].partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert start == b"POST /v1/chat/completions HTTP/1.1"
    names = {line.partition(b":")[0].lower() for line in lines}
    assert names - {b"accept"} == {
        b"host", b"authorization", b"content-type", b"accept-encoding", b"user-agent", b"content-length",
    }  # fmt: skip
    assert b"authorization: bearer upstream-key" in heads[0].lower()
    assert heads[0].endswith(b'\r\n\r\n{"a":1}')
    assert heads[1].startswith(b"GET /v1/models HTTP/1.1\r\n")


async def test_tls_is_spoken_and_certificates_are_checked(kind: Kind, tmp_path: object) -> None:
    import ssl

    authority, stranger = trustme.CA(), trustme.CA()
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server_side)
    for ca, name in ((authority, "good.pem"), (stranger, "bad.pem")):
        ca.cert_pem.write_to_path(f"{tmp_path}/{name}")
    async with serving(forever, server_side) as server:
        url = f"https://127.0.0.1:{server.port}/v1"
        async with opened(kind, url, ca_file=f"{tmp_path}/good.pem", connect_timeout=3) as client:
            assert [await whole(client) for _ in range(2)] == [(200, b"1")] * 2
        async with opened(kind, url, ca_file=f"{tmp_path}/bad.pem", connect_timeout=3) as client:
            with pytest.raises(UpstreamError) as error:
                await whole(client)
            assert error.value.code == "unreachable"
