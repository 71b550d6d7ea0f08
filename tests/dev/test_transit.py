"""The simulator of Vault's transit engine: real ciphers, and stricter than Vault where Vault is lenient."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.dev.conftest import free_port, program

TOKEN = "t"
CONTEXT = base64.b64encode(b"tenant 1").decode()
PLAINTEXT = base64.b64encode(b"data key").decode()


class Engine:
    def __init__(self, url: str) -> None:
        self._url = url

    def ask(self, path: str, body: Any = None, *, token: str = TOKEN) -> tuple[int, Any]:
        """Return the status and the body of a GET, or of a POST if there is a body to send."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-Vault-Token": token, "Content-Type": "application/json"}
        try:
            answer = urllib.request.urlopen(urllib.request.Request(self._url + path, data, headers), timeout=5)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    port = free_port()
    with program("dev.transit", "--token", TOKEN, port=port):
        engine = Engine(f"http://127.0.0.1:{port}/v1")
        assert engine.ask("/transit/keys/k", {"derived": True, "type": "aes256-gcm96"})[0] == 204
        yield engine


def encrypt(engine: Engine) -> str:
    status, body = engine.ask("/transit/encrypt/k", {"plaintext": PLAINTEXT, "context": CONTEXT})
    assert status == 200
    return body["data"]["ciphertext"]


def test_health_needs_no_token_and_everything_else_does(engine: Engine) -> None:
    assert engine.ask("/sys/health", token="")[1]["sealed"] is False
    for path, body in (("/transit/keys/k", None), ("/transit/encrypt/k", {}), ("/transit/nothing", None)):
        assert engine.ask(path, body, token="wrong") == (403, {"errors": ["permission denied"]})


def test_what_was_encrypted_opens_in_its_context_alone(engine: Engine) -> None:
    ciphertext = encrypt(engine)
    asked = {"ciphertext": ciphertext, "context": CONTEXT}
    assert engine.ask("/transit/decrypt/k", asked) == (200, {"data": {"plaintext": PLAINTEXT}})
    for path in ("/transit/decrypt/k", "/transit/rewrap/k"):
        status, body = engine.ask(path, {**asked, "context": PLAINTEXT})
        assert (status, "invalid ciphertext" in body["errors"][0]) == (400, True)
        assert engine.ask(path, {"ciphertext": ciphertext})[0] == 400


def test_a_rotated_key_opens_old_versions_until_they_are_disallowed(engine: Engine) -> None:
    old = encrypt(engine)
    assert engine.ask("/transit/keys/k/rotate", {})[0] == 204
    latest = engine.ask("/transit/keys/k")[1]["data"]["latest_version"]
    asked = {"ciphertext": old, "context": CONTEXT}
    new = engine.ask("/transit/rewrap/k", asked)[1]["data"]["ciphertext"]
    assert new.startswith(f"vault:v{latest}:")
    assert engine.ask("/transit/keys/k/config", {"min_decryption_version": latest})[0] == 204
    assert engine.ask("/transit/decrypt/k", asked)[0] == 400
    assert engine.ask("/transit/decrypt/k", {**asked, "ciphertext": new})[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/transit/keys/k", {"derived": True, "exportable": True}, 400),
        ("/transit/keys/k", {"derived": "yes"}, 400),
        ("/transit/keys/k", {"type": "rsa-2048"}, 400),
        ("/transit/keys/k/config", {"min_decryption_version": 99}, 400),
        ("/transit/rewrap/k", {"ciphertext": "vault:v1:AAAA", "context": CONTEXT, "associated_data": "AAAA"}, 400),
        ("/transit/decrypt/k", {"ciphertext": "vault:vX:AAAA", "context": CONTEXT}, 400),
        ("/transit/decrypt/k", {"ciphertext": "vault:v999:AAAA", "context": CONTEXT}, 400),
        ("/transit/decrypt/k", {"ciphertext": "vault:v999:AAAA", "context": "not base64"}, 400),
        ("/transit/encrypt/new", {"plaintext": PLAINTEXT, "context": CONTEXT}, 400),
        ("/transit/keys/new", None, 404),
        ("/transit/nothing", None, 404),
    ],
)
def test_anything_else_is_refused(engine: Engine, path: str, body: Any, status: int) -> None:
    assert engine.ask(path, body)[0] == status
