"""Who may call: a key is asked for every time, and every refusal looks the same."""

import json
import socket
import time

import httpx
import pytest

from tests.gateway.conftest import House, settled
from tests.gateway.fakes import MEMBER_KEY, OUTSIDER_KEY, eventually, question

PATHS = ["/v1/chat/completions", "/compat/v1/chat/completions"]
REFUSED = {"/v1/chat/completions": ("detail",), "/compat/v1/chat/completions": ("error", "message")}


def raw_request(port: int, head: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(head + b"\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
        return b"".join(pieces)


HEADERS = [
    b"", b"authorization:", b"authorization: Bearer", b"authorization: Bearer ", b"authorization: Basic abc",
    b"authorization: " + OUTSIDER_KEY.encode(), b"authorization: Bearer " + OUTSIDER_KEY.encode(),
    b"authorization: Bearer " + MEMBER_KEY.encode() + b" x", b"authorization: Bearer \xff\xfe\x80",
    b"authorization: Bearer k\xc3\xa9y", b"authorization: Bearer ' OR '1'='1", b"authorization: Bearer " + b"k" * 5000,
    b"authorization: Bearer " + MEMBER_KEY.encode() + b"\r\nauthorization: Bearer " + MEMBER_KEY.encode(),
    b"authorization: Bearer " + MEMBER_KEY.upper().encode(), b"authorization: Bearer " + MEMBER_KEY[:-1].encode(),
]  # fmt: skip


@pytest.mark.parametrize("header", HEADERS, ids=range(len(HEADERS)))
def test_every_refusal_looks_the_same(house: House, header: bytes) -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x" + (b"\r\n" + header if header else b"")
    answer = raw_request(house.port, head)
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"www-authenticate: Bearer" in answer
    assert answer.endswith(
        b'{"title":"Unauthorized","detail":"A valid API key is required: Authorization: Bearer KEY.","status":401}'
    )
    assert b"llama_" not in answer


def test_the_scheme_may_be_written_in_any_case(house: House) -> None:
    answer = httpx.get(f"{house.url}/v1/models", headers={"authorization": f"bEARER {MEMBER_KEY}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_an_outsider_sends_no_body(otto: httpx.Client, house: House, path: str) -> None:
    assert otto.post(path, content=b"not even json").status_code == 401
    assert not house.upstream.requests
    assert not house.rooms.calls


@pytest.mark.parametrize("path", ["/v1/models", "/compat/v1/models", "/v1/models/x", "/compat/v1/models/x"])
def test_models_need_a_key_too(otto: httpx.Client, path: str) -> None:
    assert otto.get(path).status_code == 401


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("missing", ["away", "locked"], ids=["database", "unsealer"])
def test_without_a_database_or_an_unsealer_nobody_gets_in(
    mira: httpx.Client, house: House, path: str, missing: str
) -> None:
    setattr(house.rooms, missing, True)  # before the key is known
    answer = mira.post(path, json=question())
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert "secret internals" not in answer.text
    assert not house.upstream.requests


@pytest.mark.parametrize("path", PATHS)
def test_a_key_that_is_revoked_while_the_body_comes_is_refused(
    house: House, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sends a head and keeps the rest back until the key is revoked gets no call for it."""
    monkeypatch.setattr("gateway.callers.BELIEVED", 0.1)
    body = json.dumps(question()).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {MEMBER_KEY}\r\ncontent-length: {len(body)}\r\n"
    with socket.create_connection(("127.0.0.1", house.port), timeout=5) as connection:
        connection.sendall(head.encode() + b"connection: close\r\n\r\n" + body[:5])
        eventually(lambda: house.rooms.secrets)
        del house.rooms.callers[MEMBER_KEY]
        settled(house.rooms)
        time.sleep(0.1)
        connection.sendall(body[5:])
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")
    assert not house.upstream.requests
