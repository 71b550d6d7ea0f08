"""Metering: exactly one call for each request that reached the upstream, by a believable count."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from gateway.house import House as Outside
from gateway.meter import Usage, reported_usage
from gateway.program import Gateway
from gateway.upstream.own_client import OwnClient
from gateway.upstream.pools import Pools
from tests.gateway import upstream as model_server
from tests.gateway.conftest import House, server_at
from tests.gateway.fakes import MEMBER, MEMBER_KEY, MODEL, question
from tests.gateway.upstream import Exchange, answer, answers, begins, chunk, usage_chunk
from usage.calls import Call, Outcome

PATHS = ["/v1/chat/completions", "/compat/v1/chat/completions"]
PROMPT = 9  # "Where is the Louvre?" has 20 bytes: five tokens, and four for the message


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_call_is_recorded_once_with_the_upstream_s_usage(
    mira: httpx.Client, house: House, path: str, stream: bool
) -> None:
    response = mira.post(path, json=question(stream=stream))
    call = house.rooms.only_call()
    assert (call.prompt_tokens, call.cached_tokens, call.completion_tokens) == (12, 4, 5)
    assert (call.status, call.outcome, call.estimated) == (200, Outcome.COMPLETED, False)
    assert (call.organization_id, call.project_id, call.key_id) == (
        MEMBER.organization_id, MEMBER.project_id, MEMBER.key_id,
    )  # fmt: skip
    assert call.model == MODEL
    assert str(call.id) == response.headers["x-request-id"]
    assert call.latency_ms >= 0
    assert (call.first_token_ms is not None) is stream


UNBELIEVABLE: list[Any] = [
    None, "many", [], {}, {"prompt_tokens": 5}, {"completion_tokens": 5},
    {"prompt_tokens": -1, "completion_tokens": 5}, {"prompt_tokens": 5, "completion_tokens": -5},
    {"prompt_tokens": 5.0, "completion_tokens": 5}, {"prompt_tokens": "5", "completion_tokens": 5},
    {"prompt_tokens": True, "completion_tokens": True}, {"prompt_tokens": 5, "completion_tokens": 10_000_001},
    {"prompt_tokens": 5, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 6}},
    {"prompt_tokens": 5, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": -1}},
    {"prompt_tokens": 5, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": True}},
]  # fmt: skip


@pytest.mark.parametrize("usage", UNBELIEVABLE, ids=range(len(UNBELIEVABLE)))
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("stream", [False, True])
def test_unbelievable_usage_is_estimated_and_flagged(
    mira: httpx.Client, house: House, path: str, stream: bool, usage: object
) -> None:
    house.upstream.behaviour = answers(usage)
    assert mira.post(path, json=question(stream=stream)).status_code == 200
    call = house.rooms.only_call()
    assert call.estimated
    # "Bonjour, Paris!": fifteen bytes as a whole, four pieces as a stream
    assert (call.prompt_tokens, call.cached_tokens, call.completion_tokens) == (PROMPT, 0, 4)


def test_usage_without_details_is_believed() -> None:
    expected = Usage(prompt=3, cached=0, completion=2, estimated=False)
    assert reported_usage({"prompt_tokens": 3, "completion_tokens": 2, "prompt_tokens_details": None}) == expected


def test_estimates_count_bytes_of_all_text(mira: httpx.Client, house: House) -> None:
    house.upstream.behaviour = answers(None)
    image = {"type": "image_url", "image_url": {"url": "https://example.com/" + "x" * 400}}
    messages = [
        {"role": "system", "content": "é" * 6},
        {"role": "user", "content": [{"type": "text", "text": "abcde"}, image]},
    ]
    mira.post(PATHS[0], json=question(messages=messages))
    assert house.rooms.only_call().prompt_tokens == 5 + 2 * 4 + 1 + 600  # seventeen bytes, a part and an image


def test_text_is_not_free_in_tools_or_in_tool_calls(mira: httpx.Client, house: House) -> None:
    house.upstream.behaviour = answers(None)
    tool = {"type": "function", "function": {"name": "f", "description": "x" * 4000}}
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "y" * 4000}}
    messages = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": None, "tool_calls": [call]}]
    mira.post(PATHS[1], json=question(messages=messages, tools=[tool]))
    assert house.rooms.only_call().prompt_tokens > 2000


def test_streamed_tool_calls_are_counted(mira: httpx.Client, house: House) -> None:
    async def only_tools(exchange: Exchange) -> None:
        await exchange.start_stream()
        for arguments in ("{", "}"):
            await exchange.event(chunk(tool_calls=[{"index": 0, "id": "c", "function": {"arguments": arguments}}]))
        await exchange.event(chunk(finish="tool_calls"))
        await exchange.end_stream()

    house.upstream.behaviour = only_tools
    mira.post(PATHS[0], json=question(stream=True))
    assert house.rooms.only_call().completion_tokens == 2


def test_usage_on_the_last_content_event_is_taken_and_hidden(mira: httpx.Client, house: House) -> None:
    async def early(exchange: Exchange) -> None:
        await exchange.start_stream()
        await exchange.event({**chunk("Bonjour"), "usage": None})
        await exchange.event({**chunk("!", finish="stop"), "usage": model_server.USAGE})
        await exchange.end_stream()

    house.upstream.behaviour = early
    assert '"usage"' not in mira.post(PATHS[1], json=question(stream=True)).text
    assert house.rooms.only_call().prompt_tokens == 12


@pytest.mark.anyio
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("behaviour", [answer, begins(model_server.reset)])
async def test_usage_is_recorded_before_the_last_byte_is_sent(
    house: House, stream: bool, behaviour: model_server.Behaviour
) -> None:
    house.upstream.behaviour = behaviour
    happened: list[str] = []

    class Recorder:
        def healthy(self) -> bool:
            return True

        def record(self, call: Call) -> None:
            happened.append("recorded")

        def note(self, refusal: object) -> None:
            pass

    class Protocol:
        """A request of which everything is there, and whose answer is noted piece by piece."""

        async def __call__(self) -> bytes:
            return json.dumps(question(stream=stream)).encode()

        def client_disconnect(self) -> asyncio.Future[None]:
            return asyncio.get_running_loop().create_future()

        def response_bytes(self, status: int, headers: object, body: bytes) -> None:
            happened.append("sent")

        def response_stream(self, status: int, headers: object) -> "Protocol":
            return self

        async def send_bytes(self, piece: bytes) -> None:
            happened.append("sent")

    class Headers(dict[str, str]):
        def get_all(self, name: str) -> list[str]:
            return [self[name]] if name in self else []

    upstream = Pools([server_at(house.upstream.port)], OwnClient)
    await upstream.open()
    gateway = Gateway(
        Outside(rooms=house.rooms, upstream=upstream, writer=Recorder(), max_body=9999, max_completion=99)  # type: ignore[arg-type]
    )
    headers = Headers({"authorization": f"Bearer {MEMBER_KEY}", "content-length": "1"})
    scope = SimpleNamespace(proto="http", method="POST", path=PATHS[0], headers=headers, client="127.0.0.1:1")
    await gateway(scope, Protocol())
    await upstream.close()
    assert happened[-2:] == ["recorded", "sent"]
    assert happened.count("recorded") == 1


@pytest.mark.parametrize("path", PATHS)
def test_a_running_report_does_not_count_until_the_model_has_finished(
    mira: httpx.Client, house: House, path: str
) -> None:
    async def report_and_break(exchange: Exchange) -> None:
        await exchange.event(usage_chunk({"prompt_tokens": 1, "completion_tokens": 0}))
        await asyncio.sleep(0.02)
        exchange.reset()

    house.upstream.behaviour = begins(report_and_break)
    mira.post(path, json=question(stream=True))
    call = house.rooms.only_call()
    assert (call.prompt_tokens, call.completion_tokens, call.estimated) == (PROMPT, 2, True)


def test_the_spool_holds_no_content_and_no_key(mira: httpx.Client, house: House) -> None:
    house.rooms.before_recording = _fail
    mira.post(PATHS[0], json=question())
    spooled = b"".join(path.read_bytes() for path in house.spool.iterdir())
    house.rooms.before_recording = lambda: None
    assert b"prompt_tokens" in spooled
    for secret in (b"Louvre", b"Bonjour", b"llama_", b"upstream-key"):
        assert secret not in spooled


def _fail() -> None:
    raise OSError("not now")


def test_the_first_event_of_a_stream_is_not_held_back(mira: httpx.Client, house: House) -> None:
    held = asyncio.Event()

    async def pause(exchange: Exchange) -> None:
        await exchange.start_stream()
        await exchange.event(chunk("Bonjour"))
        await asyncio.sleep(0.4)
        held.set()
        await exchange.event(chunk(finish="stop"))
        await exchange.event(usage_chunk())
        await exchange.end_stream()

    house.upstream.behaviour = pause
    with mira.stream("POST", PATHS[1], json=question(stream=True)) as response:
        pieces = response.iter_text()
        assert "Bonjour" in next(pieces)
        assert not held.is_set()
        assert "[DONE]" in "".join(pieces)
    call = house.rooms.only_call()
    assert call.first_token_ms is not None
    assert call.first_token_ms < 350 <= call.latency_ms
