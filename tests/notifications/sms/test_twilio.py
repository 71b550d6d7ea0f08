"""Twilio: each of its refusals means one thing to us, over real HTTP."""

import time
from typing import Any

import pytest

from dev.phone import BROKEN, BUSY, SILENT
from notifications.failure import DeliveryError
from notifications.sms.twilio import Twilio
from tests.dev.conftest import World
from tests.notifications.sms.conftest import OWNER
from tests.vault.roots.stub import answering, closed_port

TEXT = "482913 is your code."


def refusal(url: str, number: str = OWNER, token: str = "token") -> tuple[str, bool]:
    with pytest.raises(DeliveryError) as caught:
        Twilio(url, "AC1", token, "Llama console").send(number, TEXT)
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    assert number not in str(caught.value)
    return caught.value.code, caught.value.permanent


@pytest.mark.parametrize(
    ("number", "code", "permanent"),
    [
        ("+15005550001", "sms-invalid-number", True),
        ("+15005550009", "sms-invalid-number", True),
        ("+15005550004", "sms-stopped", True),
        ("+15005550003", "twilio-21408", True),
        (BUSY, "sms-throttled", False),
        (BROKEN, "sms-provider-failed", False),
    ],
)
def test_each_refusal_has_its_code_and_says_whether_to_try_again(
    phone: World, number: str, code: str, permanent: bool
) -> None:
    assert refusal(phone.http, number) == (code, permanent)


def test_wrong_credentials_are_for_an_operator_to_mend(phone: World) -> None:
    assert refusal(phone.http, token="") == ("sms-credentials", False)


def test_a_silent_provider_is_left_alone_after_the_time_out(phone: World, settings: Any) -> None:
    settings.SMS_TIMEOUT = (0.5, 0.5)
    began = time.monotonic()
    assert refusal(phone.http, SILENT) == ("sms-unanswered", False)
    assert time.monotonic() - began < 5


def test_a_provider_that_is_away_is_tried_again() -> None:
    assert refusal(closed_port()) == ("sms-provider-unreachable", False)


def test_a_redirect_is_not_followed(phone: World) -> None:
    with answering(307, "", Location=f"{phone.http}/2010-04-01/Accounts/AC1/Messages.json") as url:
        assert refusal(url) == ("sms-provider-failed", False)
    assert phone.json("/phone.json") == []


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, "<html>a hotel</html>", ("twilio-400", True)),
        (400, "[1]", ("twilio-400", True)),
        (400, {"code": "21610"}, ("twilio-400", True)),
        (403, {"code": 21610}, ("sms-stopped", True)),
        (403, {"code": 20003}, ("sms-credentials", False)),
        (400, {"code": 20429}, ("sms-throttled", False)),
        (503, {"code": 20503}, ("sms-provider-failed", False)),
    ],
)
def test_strange_answers_are_no_crash(status: int, body: Any, expected: tuple[str, bool]) -> None:
    with answering(status, body) as url:
        assert refusal(url) == expected


def test_a_messaging_service_is_named_as_one(phone: World) -> None:
    Twilio(phone.http, "AC1", "token", "MG0123456789").send(OWNER, TEXT)
    page, _ = phone.get("/phone")
    assert "MG0123456789" in page


def test_proxies_of_the_environment_are_not_used(phone: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", closed_port())
    monkeypatch.setenv("http_proxy", closed_port())
    Twilio(phone.http, "AC1", "token", "Llama console").send(OWNER, TEXT)
    assert len(phone.json("/phone.json")) == 1
