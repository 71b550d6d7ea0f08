"""Every code that our own program can write has a meaning of its own."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from notifications.codes import _UNKNOWN, explain
from notifications.sms import caps, refusals

_LITERAL = re.compile(r'(?:DeliveryError|Forbidden)\("([a-z][a-z0-9-]+)"')


def literals() -> set[str]:
    files = Path(settings.BASE_DIR, "notifications").rglob("*.py")
    return {code for file in files for code in _LITERAL.findall(file.read_text())}


def test_the_search_for_codes_finds_them() -> None:
    assert {"suppressed", "endpoint-disabled", "forbidden-url", "sms-credentials", "failed"} <= literals()


@pytest.mark.parametrize(
    "code",
    sorted(
        literals()
        | {caps.CAPPED, refusals.STOPPED, refusals.UNANSWERED, "recipient-refused", "worker-lost"}
        | {"unsealer-away", "vault-away", "not-recorded", "root-provider-away", "shredded", "erased"}
        | {"smtp-550", "mail-provider-401", "twilio-21211", "http-410"}
    ),
)
def test_a_code_is_explained_with_what_to_do(code: str) -> None:
    meaning = explain(code)
    assert meaning != _UNKNOWN
    assert meaning.what.endswith(".")
    assert meaning.todo.endswith(".")


def test_a_status_stands_in_the_sentence() -> None:
    assert explain("http-503").what == "The endpoint answered 503."
    assert explain("mail-provider-failed").what == "The email provider failed or did not answer."


@pytest.mark.parametrize("code", ["", "http-", "smtp-abc", "nonsense", "outside-scope"])
def test_a_code_that_nobody_foresaw_is_said_to_be_one(code: str) -> None:
    assert explain(code) == _UNKNOWN
