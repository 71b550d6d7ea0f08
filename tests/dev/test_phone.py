"""Text messages go in as to Twilio and come out on the phone."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest

from dev.phone import Sms
from tests.dev.conftest import World

MESSAGE = {"To": "+441632960011", "From": "Llama console", "Body": "482913 is your code.\n\n@console.example #482913"}


def send(world: World, fields: dict[str, str], user: str = "AC1:secret") -> tuple[int, Any]:
    request = urllib.request.Request(
        f"{world.http}/2010-04-01/Accounts/AC1/Messages.json", urllib.parse.urlencode(fields).encode()
    )
    if user:
        request.add_header("Authorization", f"Basic {base64.b64encode(user.encode()).decode()}")
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_a_message_is_answered_as_twilio_answers(world: World) -> None:
    status, answer = send(world, MESSAGE)
    assert status == 201
    assert answer["sid"].startswith("SM")
    assert len(answer["sid"]) == 34
    assert answer["status"] == "queued"
    assert answer["to"] == "+441632960011"
    assert answer["error_code"] is None
    assert answer["num_segments"] == "1"


def test_a_message_appears_on_the_phone_with_its_code(world: World) -> None:
    send(world, MESSAGE)
    page, headers = world.get("/phone")
    assert "<b>482913</b>" in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    sms = world.json("/phone.json")[0]
    assert (sms["to"], sms["code"], sms["body"]) == ("+441632960011", "482913", MESSAGE["Body"])


def test_a_hostile_message_is_inert(world: World) -> None:
    send(world, MESSAGE | {"Body": "<script>alert(1)</script>", "From": '"><img src=x>'})
    page, _ = world.get("/phone")
    assert "<script" not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"To": ""}, 21604),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
        ({"To": "olivia"}, 21211),
        ({"Body": "x" * 1601}, 21617),
    ],
)
def test_a_wrong_message_is_refused_with_twilios_code(world: World, fields: dict[str, str], code: int) -> None:
    status, answer = send(world, MESSAGE | fields)
    assert (status, answer["status"], answer["code"]) == (400, 400, code)
    assert str(code) in answer["more_info"]
    assert world.json("/phone.json") == []


def test_a_messaging_service_stands_in_for_a_sender(world: World) -> None:
    status, answer = send(world, {"To": "+441632960011", "MessagingServiceSid": "MG1", "Body": "Hello"})
    assert (status, answer["messaging_service_sid"], answer["from"]) == (201, "MG1", None)


@pytest.mark.parametrize("user", ["", "AC1:", ":secret"])
def test_a_message_without_credentials_is_refused(world: World, user: str) -> None:
    status, answer = send(world, MESSAGE, user)
    assert (status, answer["code"]) == (401, 20003)


def test_an_empty_phone_says_so(world: World) -> None:
    assert "No messages yet" in world.get("/phone")[0]


@pytest.mark.parametrize(
    ("body", "encoding", "segments"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("€" * 80, "GSM-7", 1),
        ("ж" * 70, "UCS-2", 1),
        ("ж" * 71, "UCS-2", 2),
    ],
)
def test_segments_are_counted_as_carriers_count_them(body: str, encoding: str, segments: int) -> None:
    sms = Sms(1, "SM1", "AC1", "x", "", "+441632960011", body, at=None)  # type: ignore[arg-type]
    assert (sms.encoding(), sms.segments()) == (encoding, segments)
