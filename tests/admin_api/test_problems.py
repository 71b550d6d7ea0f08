"""How the API fails: with a problem, whatever goes wrong."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from openapi_spec_validator import validate

from accounts.models import Project
from admin_api.frame import rates
from admin_api.frame.problems import TYPES
from admin_api.frame.served import document
from notifications.models import WindowCount
from tests.admin_api.conftest import ROOT, Caller
from vault import unsealer as unsealer_room
from vault.errors import VaultError

pytestmark = pytest.mark.django_db
JSON = "application/json"


def _is_problem(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"http://localhost:8000/docs/api/#{code}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == f"urn:uuid:{answer['X-Request-Id']}"
    assert code in TYPES
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "malformed"),
        ("", 400, "invalid"),
        ("null", 400, "invalid"),
        ("[]", 400, "invalid"),
        ('"text"', 400, "invalid"),
        ('{"name": NaN}', 400, "malformed"),
        (b'{"name": "\xff"}', 400, "malformed"),
        ('{"name": "\\ud800"}', 400, "malformed"),
        ('{"name": "a\\u0000b"}', 400, "invalid"),
        ('{"name": "a\\u202eb"}', 400, "invalid"),
        ('{"name": " a"}', 400, "invalid"),
        ('{"name": 7}', 400, "invalid"),
        ('{"name": "a", "retention_days": "7"}', 400, "invalid"),
        ('{"name": "a", "retention_days": true}', 400, "invalid"),
        ('{"name": "a", "retention_days": 31}', 400, "invalid"),
        ('{"name": "a", "is_demo": true}', 400, "invalid"),
        ("[" * 50_000, 400, "malformed"),
        ('{"name": "a", "retention_days": ' + "9" * 5_000 + "}", 400, "malformed"),
        ("x" * 70_000, 413, "too-large"),
    ],
)
def test_a_body_that_is_no_project(olivia: Caller, body: Any, status: int, code: str) -> None:
    _is_problem(olivia.post(ROOT + "projects/", body, content_type=JSON), status, code)
    assert Project.objects.count() == 1


@pytest.mark.parametrize("charset", ["utf-16", "rot13", "base64", "zlib", "nothing"])
def test_another_encoding_is_not_tried(olivia: Caller, charset: str) -> None:
    answer = olivia.generic("POST", ROOT + "projects/", b'{"name": "x"}', f"{JSON}; charset={charset}")
    assert answer.status_code == 201


def test_errors_say_which_field(olivia: Caller) -> None:
    answer = olivia.make("projects/", {"nam/e": 1, "~": 2})
    assert {error["pointer"] for error in answer.json()["errors"]} == {"#/nam~1e", "#/~0"}
    answer = olivia.make("webhooks/", {"url": "https://a.example", "events": ["key.created", "no"]})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/events/1"]
    answer = olivia.ask("keys/", limit="x")
    assert [error["parameter"] for error in answer.json()["errors"]] == ["limit"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": ""},
        {"limit": "1.5"},
        {"cursor": "x"},
        {"cursor": "A" * 23},
        {"cursor": "A" * 21 + "B"},
        {"state": "sleeping"},
        {"project_id": "x\x00"},
        {"colour": "red"},
    ],
)
def test_parameters_that_mean_nothing_are_refused(olivia: Caller, query: dict[str, str]) -> None:
    _is_problem(olivia.ask("keys/", **query), 400, "invalid")


@pytest.mark.parametrize("path", ["", "nothing/", "keys", "keys/1/", "keys/../../staff/", "projects/%00/", "%ff/"])
def test_unknown_addresses(olivia: Caller, path: str) -> None:
    for answer in (olivia.get(ROOT + path), olivia.post(ROOT + path), Client().get(ROOT + path)):
        _is_problem(answer, 404, "not-found")
    _is_problem(Client().get("/api/"), 404, "not-found")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "QUERY"])
def test_other_methods(olivia: Caller, method: str) -> None:
    answer = olivia.generic(method, ROOT + "keys/")
    _is_problem(answer, 405, "method-not-allowed")
    assert answer["Allow"] == "GET, HEAD, POST"


def test_other_media_types(olivia: Caller) -> None:
    _is_problem(olivia.post(ROOT + "projects/", {"name": "x"}), 415, "unsupported-media-type")
    _is_problem(olivia.get(ROOT + "keys/", headers={"Accept": "text/html"}), 406, "not-acceptable")
    assert olivia.get(ROOT + "keys/", headers={"Accept": "*/*"}).status_code == 200


def test_an_unsealer_that_is_away(olivia: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any) -> Any:
        raise VaultError("unsealer-away", "It does not answer.", permanent=False)

    monkeypatch.setattr(unsealer_room.unsealer(), "begin", away)
    answer = olivia.ask("keys/")
    _is_problem(answer, 503, "unavailable")
    assert answer["Retry-After"] == "5"


def test_what_breaks_is_told_by_its_id_alone(
    olivia: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: Any) -> Any:
        raise VaultError("mangled", "sealed under a key of nobody")

    monkeypatch.setattr(unsealer_room.unsealer(), "begin", broken)
    answer = olivia.ask("keys/")
    _is_problem(answer, 500, "server-error")
    assert "mangled" not in answer.content.decode()
    assert answer["X-Request-Id"] in caplog.text


def test_a_key_that_calls_too_often_waits(olivia: Caller, settings: Any) -> None:
    settings.ADMIN_API_PER_MINUTE = 3
    answers = [olivia.ask("organization/") for _ in range(3)]
    left = [answer["RateLimit"].partition(";r=")[2].partition(";")[0] for answer in answers]
    if WindowCount.objects.filter(scope="admin-key-minute").count() > 1:
        pytest.skip("A new minute began in between.")
    assert left == ["2", "1", "0"]
    assert answers[0]["RateLimit-Policy"] == '"key";q=3;w=60'
    refused = olivia.ask("organization/")
    _is_problem(refused, 429, "rate-limited")
    assert 1 <= int(refused["Retry-After"]) <= rates.WINDOW.total_seconds()


def test_a_page_of_the_console_stays_a_page(as_owner: Client) -> None:
    assert "text/html" in as_owner.get("/o/nothing/keys/")["Content-Type"]


def test_the_schema_is_valid_and_says_everything(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))
    served = Client().get(ROOT + "schema/").json()
    assert served == document()
    assert served["openapi"].startswith("3.1")
    validate(served)
    operations = [each for methods in served["paths"].values() for each in methods.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    for each in operations:
        assert each["summary"]
        assert each["security"]
        assert {"400", "401", "403", "429", "503"} <= each["responses"].keys()
