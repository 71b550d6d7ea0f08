"""Whatever the model server does, the caller gets a clear answer and the account is right."""

import asyncio
import json
import time

import httpx
import llama_api_client
import openai
import pytest
from llama_api_client import LlamaAPIClient
from openai import OpenAI

from tests.gateway import upstream as model_server
from tests.gateway.conftest import House
from tests.gateway.fakes import MEMBER_KEY, MODEL, question
from tests.gateway.upstream import Behaviour, Exchange, answer, begins, chunk, completion, says, usage_chunk
from usage.calls import Outcome

NATIVE, COMPAT = "/v1/chat/completions", "/compat/v1/chat/completions"
PATHS = [NATIVE, COMPAT]
ERROR = {"error": {"message": "too many tokens: 9 > 8", "type": "BadRequest"}}


async def garbage(exchange: Exchange) -> None:
    if not exchange.body["stream"]:
        await exchange.raw(b'{"choices": [')
    else:
        await exchange.start_stream()
        await exchange.piece(b"data: {nonsense\n\n")
        await exchange.end_stream()


async def not_http(exchange: Exchange) -> None:
    await exchange.write(b"SSH-2.0-OpenSSH_9.7\r\n")


async def begin(exchange: Exchange) -> None:
    kind = b"text/event-stream" if exchange.body["stream"] else b"application/json"
    await exchange.write(b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\ncontent-length: 500\r\n\r\n{" % kind)


async def begin_and_hang(exchange: Exchange) -> None:
    await begin(exchange)
    await model_server.hang(exchange)


async def break_off(exchange: Exchange) -> None:
    await begin(exchange)
    exchange.reset()


FAULTS: list[tuple[Behaviour, int]] = [
    (says(400, ERROR), 400), (says(422, ERROR), 400), (says(413, ERROR), 400), (says(401, ERROR), 502),
    (says(403, ERROR), 502), (says(404, ERROR), 502), (says(418, ERROR), 502), (says(429, ERROR), 429),
    (says(500, ERROR), 502), (says(503, ERROR), 502), (says(302, {}, location="http://127.0.0.1:1/"), 502),
    (says(200, {}), 502), (says(200, {"choices": []}), 502), (says(200, []), 502), (says(200, {"choices": 5}), 502),
    (garbage, 502), (not_http, 502), (model_server.reset, 502), (model_server.hang, 504), (begin_and_hang, 504),
    (break_off, 502),
]  # fmt: skip


@pytest.mark.parametrize(("behaviour", "status"), FAULTS, ids=range(len(FAULTS)))
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_fault_before_the_answer(
    mira: httpx.Client, house: House, path: str, stream: bool, behaviour: Behaviour, status: int
) -> None:
    house.upstream.behaviour = behaviour
    response = mira.post(path, json=question(stream=stream))
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    call = house.rooms.only_call()
    assert (call.status, call.outcome, call.estimated) == (status, Outcome.FAILED, False)
    assert (call.prompt_tokens, call.completion_tokens) == (0, 0)
    assert ("too many tokens" in response.text) is (status == 400)
    assert MEMBER_KEY not in response.text


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (ERROR, "too many tokens: 9 > 8"),
        ({"error": {"message": "x" * 600}}, "x" * 500),
        ({"error": "text"}, "The model server refused the request."),
        ({"error": {"message": ["list"]}}, "The model server refused the request."),
        ({"detail": "internal"}, "The model server refused the request."),
    ],
)
def test_only_the_message_of_a_refusal_is_passed_on(
    mira: httpx.Client, house: House, body: object, message: str
) -> None:
    house.upstream.behaviour = says(400, body)
    assert mira.post(NATIVE, json=question()).json()["detail"] == message


@pytest.mark.parametrize(("given", "passed"), [("12", "12"), ("soon", None), ("-1", None), ("9" * 20, None)])
def test_retry_after_passes_if_it_is_a_number(mira: httpx.Client, house: House, given: str, passed: str | None) -> None:
    house.upstream.behaviour = says(429, ERROR, retry_after=given)
    assert mira.post(COMPAT, json=question()).headers.get("retry-after") == passed


async def send_error(exchange: Exchange) -> None:
    await exchange.event({"error": {"message": "secret internals"}})
    await exchange.end_stream()


async def send_nonsense(exchange: Exchange) -> None:
    await exchange.piece(b"data: <html>\n\n")


async def end_early(exchange: Exchange) -> None:
    await exchange.write(b"0\r\n\r\n")


BREAKS: list[tuple[Behaviour, int]] = [
    (model_server.reset, 502), (model_server.hang, 504), (send_error, 502), (send_nonsense, 502), (end_early, 502),
]  # fmt: skip


@pytest.mark.parametrize(("then", "status"), BREAKS, ids=range(len(BREAKS)))
def test_a_native_stream_that_breaks_off_ends_with_an_error_event(
    mira: httpx.Client, house: House, then: Behaviour, status: int
) -> None:
    house.upstream.behaviour = begins(then)
    *_, last, nothing = mira.post(NATIVE, json=question(stream=True)).text.split("\n\n")
    name, data = last.split("\n")
    assert (name, nothing) == ("event: error", "")
    assert json.loads(data.removeprefix("data: "))["status"] == status
    assert "secret" not in last
    call = house.rooms.only_call()
    assert (call.status, call.outcome, call.estimated) == (status, Outcome.FAILED, True)
    assert (call.prompt_tokens, call.completion_tokens) == (9, 2)


@pytest.mark.parametrize(("then", "status"), BREAKS, ids=range(len(BREAKS)))
def test_an_openai_stream_that_breaks_off_ends_with_an_error_and_without_done(
    mira: httpx.Client, house: House, then: Behaviour, status: int
) -> None:
    house.upstream.behaviour = begins(then)
    text = mira.post(COMPAT, json=question(stream=True)).text
    assert "[DONE]" not in text
    assert json.loads(text.split("\n\n")[-2].removeprefix("data: "))["error"]["type"] == "server_error"
    assert house.rooms.only_call().status == status


def test_both_sdks_raise_when_a_stream_breaks_off(house: House) -> None:
    house.upstream.behaviour = begins(model_server.reset)
    native = LlamaAPIClient(api_key=MEMBER_KEY, base_url=f"{house.url}/v1", max_retries=0)
    compat = OpenAI(api_key=MEMBER_KEY, base_url=f"{house.url}/compat/v1", max_retries=0)
    asked = question()["messages"]
    with pytest.raises(llama_api_client.APIError):
        list(native.chat.completions.create(model=MODEL, messages=asked, stream=True))
    with pytest.raises(openai.APIError):
        list(compat.chat.completions.create(model=MODEL, messages=asked, stream=True))


def test_events_before_a_bad_one_in_the_same_packet_still_arrive(mira: httpx.Client, house: House) -> None:
    async def together(exchange: Exchange) -> None:
        await exchange.start_stream()
        await exchange.piece(b"data: " + json.dumps(chunk("Bonjour")).encode() + b"\n\ndata: {nonsense\n\n")

    house.upstream.behaviour = together
    assert "Bonjour" in mira.post(COMPAT, json=question(stream=True)).text
    assert house.rooms.only_call().completion_tokens == 1


def test_a_stream_without_done_is_complete_once_the_model_said_why_it_stopped(mira: httpx.Client, house: House) -> None:
    async def no_done(exchange: Exchange) -> None:
        await exchange.event(chunk(finish="length"))
        await exchange.write(b"0\r\n\r\n")

    house.upstream.behaviour = begins(no_done)
    assert '"stop_reason":"length"' in mira.post(NATIVE, json=question(stream=True)).text
    assert house.rooms.only_call().outcome is Outcome.COMPLETED


def test_bytes_may_be_cut_anywhere(mira: httpx.Client, house: House) -> None:
    async def bytewise(exchange: Exchange) -> None:
        await exchange.start_stream()
        for value in (chunk("Zürich 🦙"), chunk(finish="stop"), usage_chunk()):
            for byte in b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\r\n\r\n":
                await exchange.piece(bytes([byte]))
                await asyncio.sleep(0)
        await exchange.end_stream()

    house.upstream.behaviour = bytewise
    assert "Zürich 🦙" in mira.post(NATIVE, json=question(stream=True)).text
    assert house.rooms.only_call().completion_tokens == 5


def test_a_slow_stream_is_not_a_silent_one(mira: httpx.Client, house: House) -> None:
    async def slow(exchange: Exchange) -> None:
        await exchange.start_stream()
        for _ in range(10):  # longer than the patience in all, never between two words
            await exchange.event(chunk("word "))
            await asyncio.sleep(0.1)
        await exchange.event(chunk(finish="stop"))
        await exchange.end_stream()

    house.upstream.behaviour = slow
    assert mira.post(NATIVE, json=question(stream=True)).text.count("word ") == 10
    assert house.rooms.only_call().outcome is Outcome.COMPLETED


def test_an_idle_connection_that_was_dropped_is_tried_again(mira: httpx.Client, house: House) -> None:
    async def drop_second(exchange: Exchange) -> None:
        if exchange.order == 2:
            exchange.writer.transport.abort()
        else:
            await answer(exchange)

    house.upstream.behaviour = drop_second
    assert mira.post(NATIVE, json=question()).status_code == 200
    assert mira.post(NATIVE, json=question()).status_code == 200
    assert len(house.upstream.requests) == 3
    assert len(house.rooms.calls) <= 2


def test_a_fresh_connection_that_drops_is_not_tried_again(mira: httpx.Client, house: House) -> None:
    house.upstream.behaviour = model_server.reset
    mira.post(NATIVE, json=question())  # uses up a connection that an earlier test may have left
    before = len(house.upstream.requests)
    assert mira.post(NATIVE, json=question()).status_code == 502
    assert len(house.upstream.requests) == before + 1


def test_a_request_is_tried_again_once_at_most(mira: httpx.Client, house: House) -> None:
    assert mira.post(NATIVE, json=question()).status_code == 200
    house.upstream.behaviour = model_server.reset
    assert mira.post(NATIVE, json=question()).status_code == 502
    assert len(house.upstream.requests) <= 3


def test_a_stream_s_connection_is_used_again(mira: httpx.Client, house: House) -> None:
    async def end_slowly(exchange: Exchange) -> None:
        await exchange.event(chunk(finish="stop"))
        await exchange.piece(b"data: [DONE]\n\n")
        await asyncio.sleep(0.02)
        await exchange.write(b"0\r\n\r\n")

    house.upstream.behaviour = begins(end_slowly)
    for _ in range(4):
        mira.post(NATIVE, json=question(stream=True))
        time.sleep(0.03)
    assert house.upstream.connections <= 1


def test_an_answer_without_content_is_an_empty_text(mira: httpx.Client, house: House) -> None:
    house.upstream.behaviour = says(200, completion(None))
    message = mira.post(NATIVE, json=question()).json()["completion_message"]
    assert message["content"] == {"type": "text", "text": ""}
