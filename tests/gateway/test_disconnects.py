"""A client that leaves: the upstream is cut off at once, and what was produced is recorded."""

import asyncio
import json
import socket
import struct

import httpx
import pytest

from tests.gateway import upstream as model_server
from tests.gateway.conftest import House
from tests.gateway.fakes import MEMBER_KEY, eventually, question
from tests.gateway.upstream import Exchange, begins, chunk, usage_chunk
from usage.calls import Outcome

PATHS = ["/v1/chat/completions", "/compat/v1/chat/completions"]


def send(house: House, path: str, *, stream: bool) -> socket.socket:
    """Send a request and return its connection."""
    body = json.dumps(question(stream=stream)).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {MEMBER_KEY}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", house.port), timeout=5)
    connection.sendall(head.encode() + body)
    return connection


def leave(connection: socket.socket, *, politely: bool) -> None:
    if not politely:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def read_until(connection: socket.socket, words: bytes) -> None:
    seen = b""
    while words not in seen:
        piece = connection.recv(65536)
        assert piece
        seen += piece


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("politely", [True, False])
def test_leaving_in_the_middle_of_a_stream(house: House, path: str, politely: bool) -> None:
    house.upstream.behaviour = begins(model_server.hang)
    connection = send(house, path, stream=True)
    read_until(connection, b'", "')
    leave(connection, politely=politely)
    call = house.rooms.only_call()
    assert (call.status, call.outcome, call.estimated) == (499, Outcome.DISCONNECTED, True)
    assert (call.prompt_tokens, call.completion_tokens) == (9, 2)
    eventually(lambda: house.upstream.hung_up == 1)
    assert call.latency_ms < 700  # not only once the upstream timed out


@pytest.mark.parametrize("member", ["reasoning_content", "reasoning", "refusal"])
def test_what_is_not_called_content_counts_as_well(house: House, member: str) -> None:
    async def think(exchange: Exchange) -> None:
        await exchange.start_stream()
        for word in ("Let me", " think"):
            await exchange.event(chunk(**{member: word}))
        await model_server.hang(exchange)

    house.upstream.behaviour = think
    connection = send(house, PATHS[1], stream=True)
    read_until(connection, b" think")
    leave(connection, politely=True)
    call = house.rooms.only_call()
    assert (call.outcome, call.completion_tokens) == (Outcome.DISCONNECTED, 2)


def test_leaving_before_the_first_event(house: House) -> None:
    house.upstream.behaviour = model_server.hang
    connection = send(house, PATHS[0], stream=True)
    eventually(lambda: house.upstream.requests)
    leave(connection, politely=True)
    call = house.rooms.only_call()
    assert (call.status, call.outcome) == (499, Outcome.DISCONNECTED)
    assert (call.prompt_tokens, call.completion_tokens, call.first_token_ms) == (9, 0, None)
    eventually(lambda: house.upstream.hung_up == 1)


def test_leaving_after_usage_arrived(house: House) -> None:
    async def linger(exchange: Exchange) -> None:
        await exchange.event(chunk(finish="stop"))
        await exchange.event(usage_chunk())
        await exchange.event({**chunk(), "marker": "after usage"})
        await asyncio.sleep(5)

    house.upstream.behaviour = begins(linger)
    connection = send(house, PATHS[1], stream=True)
    read_until(connection, b"after usage")
    leave(connection, politely=True)
    call = house.rooms.only_call()
    assert (call.outcome, call.estimated) == (Outcome.DISCONNECTED, False)
    assert (call.prompt_tokens, call.completion_tokens) == (12, 5)


def test_leaving_while_a_whole_answer_is_awaited(house: House) -> None:
    house.upstream.behaviour = model_server.hang
    connection = send(house, PATHS[1], stream=False)
    eventually(lambda: house.upstream.requests)
    leave(connection, politely=True)
    call = house.rooms.only_call()
    assert (call.status, call.outcome, call.estimated) == (499, Outcome.DISCONNECTED, True)
    assert (call.prompt_tokens, call.completion_tokens) == (9, 0)
    eventually(lambda: house.upstream.hung_up == 1)


def test_leaving_after_the_last_event_changes_nothing(mira: httpx.Client, house: House) -> None:
    connection = send(house, PATHS[1], stream=True)
    read_until(connection, b"[DONE]")
    leave(connection, politely=False)
    assert house.rooms.only_call().outcome is Outcome.COMPLETED


def test_leaving_while_the_body_is_sent_is_no_call(house: House) -> None:
    head = f"POST {PATHS[0]} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {MEMBER_KEY}\r\ncontent-length: 500\r\n\r\n"
    connection = socket.create_connection(("127.0.0.1", house.port), timeout=5)
    connection.sendall(head.encode() + b'{"model":')
    eventually(lambda: house.rooms.secrets)
    leave(connection, politely=True)
    assert httpx.get(f"{house.url}/healthz").status_code == 200
    assert not house.rooms.calls
    assert not house.upstream.requests
