"""What stands where, and what the gateway says of its health."""

import socket
from unittest.mock import patch

import httpx
import pytest

from gateway.health import Health
from gateway.models import Models
from tests.gateway.conftest import MAX_BODY, House
from tests.gateway.fakes import MEMBER_KEY, MemoryRooms, eventually, question
from tests.gateway.test_authentication import raw_request

CHAT = "/v1/chat/completions"


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/", "/v2/models", "/v1/models/", "/healthz/", "//v1/models", "/v1/%FF"]
)
def test_nothing_stands_at_other_addresses(mira: httpx.Client, path: str) -> None:
    answer = mira.get(path)
    assert answer.status_code == 404
    assert answer.json()["title"] == "Not Found"
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/compat", "/compat/", "/compat/v1", "/compat/v1/moderation"])
def test_nothing_stands_there_in_openai_s_words(mira: httpx.Client, path: str) -> None:
    assert mira.get(path).json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", CHAT, "POST"), ("HEAD", CHAT, "POST"), ("DELETE", "/compat/v1/chat/completions", "POST"),
        ("POST", "/v1/models", "GET, HEAD"), ("PUT", "/compat/v1/models/x", "GET, HEAD"),
        ("GET", "/v1/moderations", "POST"), ("POST", "/healthz", "GET, HEAD"), ("OPTIONS", "/readyz", "GET, HEAD"),
    ],
)  # fmt: skip
def test_a_wrong_method_is_told_the_right_ones(mira: httpx.Client, method: str, path: str, allowed: str) -> None:
    answer = mira.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_needs_no_key_and_answers_head(house: House, path: str) -> None:
    full, head = httpx.get(house.url + path), httpx.head(house.url + path)
    assert full.status_code == head.status_code == 200
    assert full.json()["status"] == "ok"
    assert head.content == b""
    assert head.headers["content-length"] == full.headers["content-length"]


def test_readiness_names_what_fails_but_not_why(house: House) -> None:
    # A report is remembered for a second: another test may have asked just now.
    eventually(lambda: httpx.get(f"{house.url}/readyz").status_code == 200)
    house.rooms.away = True
    eventually(lambda: httpx.get(f"{house.url}/readyz").status_code == 503)
    answer = httpx.get(f"{house.url}/readyz")
    assert answer.json() == {
        "status": "unavailable",
        "dependencies": {
            "database": "unavailable", "content": "unavailable", "vault": "unavailable",
            "upstream": "ok", "spool": "ok",
        },
        "pools": {"ok": 1, "degraded": 0, "unavailable": 0},
    }  # fmt: skip


@pytest.mark.anyio
async def test_an_upstream_that_fails_makes_it_unready(house: House) -> None:
    class Broken:
        async def ready(self) -> bool:
            raise RuntimeError

    health = Health(MemoryRooms(), Broken(), house.writer)  # type: ignore[arg-type]
    assert (await health.dependencies())["upstream"] is False


@pytest.mark.anyio
async def test_models_are_asked_for_once_a_second() -> None:
    now = 100.0
    rooms = MemoryRooms()
    models = Models(rooms, clock=lambda: now)
    for _ in range(3):
        await models.served()
    assert rooms.model_queries == 1
    now += 1.0
    await models.served()
    assert rooms.model_queries == 2


def test_a_body_that_is_declared_too_large_is_refused_unread(house: House) -> None:
    head = f"POST {CHAT} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {MEMBER_KEY}\r\n"
    with socket.create_connection(("127.0.0.1", house.port), timeout=5) as connection:
        connection.sendall(f"{head}content-length: {MAX_BODY + 1}\r\n\r\n".encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_turns_out_too_large_is_refused(mira: httpx.Client) -> None:
    answer = mira.post(CHAT, content=(b"x" * 1024 for _ in range(MAX_BODY // 1024 + 1)))
    assert answer.status_code == 413
    assert answer.json()["detail"] == f"The body is larger than {MAX_BODY} bytes."


def test_a_body_may_be_exactly_as_large_as_allowed(mira: httpx.Client) -> None:
    assert mira.post(CHAT, content=b" " * MAX_BODY).status_code == 400


def test_what_nobody_expected_is_answered_and_logged_without_a_word_of_content(
    mira: httpx.Client, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    for path, member in ((CHAT, "title"), ("/compat" + CHAT, "error")):
        with patch("gateway.resources.identify", side_effect=RuntimeError(f"{MEMBER_KEY} Louvre")):
            answer = mira.post(path, json=question())
        assert answer.status_code == 500
        assert member in answer.json()
        assert "Louvre" not in answer.text
        assert answer.headers["x-request-id"] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "Louvre" not in caplog.text
    assert MEMBER_KEY not in caplog.text


def test_what_nobody_expected_in_a_call_is_on_its_account(mira: httpx.Client, house: House) -> None:
    with patch("gateway.shapes.native.NativeShape.whole", side_effect=RuntimeError):
        assert mira.post(CHAT, json=question()).status_code == 500
    assert house.rooms.only_call().status == 500


def test_what_nobody_expected_in_a_stream_is_its_last_event(mira: httpx.Client, house: House) -> None:
    with patch("gateway.shapes.native.NativeScript.end", side_effect=RuntimeError):
        answer = mira.post(CHAT, json=question(stream=True))
    last = answer.text.strip().rpartition("\n\n")[2]
    assert last.startswith("event: error\n")
    assert '"status":500' in last
    house.rooms.only_call()


def test_nothing_of_a_call_is_logged(
    olivia: httpx.Client, house: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG", "gateway")
    olivia.post(CHAT, json=question())
    olivia.post(CHAT, json=question(temperature="Louvre"))
    house.rooms.only_exchange()
    logged = caplog.text + "".join(capfd.readouterr())
    for secret in ("Louvre", "Bonjour", "llama_owner", "upstream-key"):
        assert secret not in logged


def test_a_request_without_a_host_does_no_harm(house: House) -> None:
    assert raw_request(house.port, b"POST /v1/chat/completions HTTP/1.1").startswith(b"HTTP/1.1 4")
