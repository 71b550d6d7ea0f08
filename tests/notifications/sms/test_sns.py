"""AWS SNS: moto takes the messages; what moto never answers comes from a server that answers all alike."""

from typing import Any

import pytest
from moto.sns.models import sns_backends

from notifications.failure import DeliveryError
from notifications.sms import sns
from notifications.sms.sns import Sns
from tests.notifications.sms.conftest import OWNER, Send
from tests.vault.roots.stub import answering, closed_port, silent_port

pytestmark = pytest.mark.usefixtures("_aws")
REGION, TEXT = "eu-central-1", "482913 is your code."


def refusal(url: str, number: str = OWNER) -> tuple[str, bool]:
    with pytest.raises(DeliveryError) as caught:
        Sns(REGION, url).send(number, TEXT)
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return caught.value.code, caught.value.permanent


def error(code: str) -> str:
    return (
        '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>{OWNER}: no</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    )


@pytest.fixture(autouse=True)
def _fresh_client() -> None:
    sns._client.cache_clear()


@pytest.mark.django_db
def test_a_text_is_published_to_its_number_alone(owner: Any, send: Send, settings: Any, moto_url: str) -> None:
    settings.SMS_PROVIDER, settings.SNS_REGION, settings.SNS_ENDPOINT_URL = "sns", REGION, moto_url
    taken = sns_backends["123456789012"][REGION].sms_messages
    taken.clear()
    assert send(owner).sent_at
    assert list(taken.values()) == [(OWNER, "482913 is your Llama console code for Llamas & Friends.")]


def test_an_invalid_number_is_told_so(moto_url: str) -> None:
    assert refusal(moto_url, "+44nobody") == ("sms-invalid-number", True)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "OptedOut", ("sms-stopped", True)),
        (400, "InvalidParameter", ("sms-invalid-number", True)),
        (400, "Throttling", ("sms-throttled", False)),
        (429, "Whatever", ("sms-throttled", False)),
        (403, "AuthorizationError", ("sms-credentials", False)),
        (403, "InvalidClientTokenId", ("sms-credentials", False)),
        (400, "NotFound", ("sns-refused", True)),
        (500, "InternalError", ("sms-provider-failed", False)),
        (503, "ServiceUnavailable", ("sms-provider-failed", False)),
    ],
)
def test_each_refusal_has_its_code_and_says_whether_to_try_again(
    status: int, code: str, expected: tuple[str, bool]
) -> None:
    with answering(status, error(code), **{"Content-Type": "text/xml"}) as url:
        assert refusal(url) == expected


def test_a_silent_provider_is_left_alone_after_one_try(settings: Any) -> None:
    settings.SMS_TIMEOUT = (0.5, 0.5)
    with silent_port() as url:
        assert refusal(url) == ("sms-unanswered", False)


def test_a_provider_that_is_away_is_tried_again() -> None:
    assert refusal(closed_port()) == ("sms-provider-unreachable", False)


def test_without_credentials_it_is_for_an_operator_to_mend(monkeypatch: pytest.MonkeyPatch, moto_url: str) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    for name in ("AWS_EC2_METADATA_DISABLED", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "true")
    assert refusal(moto_url) == ("sms-credentials", False)
