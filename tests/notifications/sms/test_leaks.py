"""No number, address or text is in a log, an exception or a database, sent or refused, at any log level."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from accounts.models import User
from dev.phone import BROKEN, BUSY
from tests.notifications.sms import test_sns
from tests.notifications.sms.conftest import OUTSIDER, OWNER, Send, with_phone
from tests.notifications.sms.test_reply import answer
from tests.support import cells
from tests.support.canaries import scan_data
from tests.vault.roots.stub import answering

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_aws")]
STOPPED = "+15005550004"
CANARIES = {
    "owner": OWNER[1:],
    "stopped": STOPPED[1:],
    "busy": BUSY[1:],
    "broken": BROKEN[1:],
    "text": "Llamas & Friends",
}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


def found(log: pytest.LogCaptureFixture) -> list[str]:
    """Search logs with their tracebacks, and every cell of the three databases."""
    places = {"log": (log.text + "".join(map(repr, (record.args for record in log.records)))).encode()}
    for alias in ("default", "content", "vault"):
        tables = cells.tables(connections[alias])
        places |= {f"{alias}.{table}": cells.content(connections[alias], table) for table in tables}
    return [line for place, data in places.items() for line in scan_data(place, data, CANARIES)]


def test_a_text_by_twilio_leaves_nothing_behind(
    owner: User, send: Send, settings: Any, log: pytest.LogCaptureFixture
) -> None:
    settings.TWILIO_TOKEN = "12345"
    assert send(owner).sent_at
    for number in (STOPPED, STOPPED, BUSY, BROKEN):
        assert send(with_phone(owner, number)).error
    assert answer("STOP").status_code == 200
    assert answer("STOP", token="wrong").status_code == 403
    assert found(log) == []


def test_a_text_by_sns_leaves_nothing_behind(
    owner: User, send: Send, settings: Any, moto_url: str, log: pytest.LogCaptureFixture
) -> None:
    settings.SMS_PROVIDER, settings.SNS_REGION, settings.SNS_ENDPOINT_URL = "sns", "eu-central-1", moto_url
    assert send(owner).sent_at
    with answering(400, test_sns.error("OptedOut")) as url:
        settings.SNS_ENDPOINT_URL = url
        assert send(owner).error
    assert found(log) == []


def test_what_is_logged_would_be_found(owner: User, log: pytest.LogCaptureFixture) -> None:
    logging.getLogger("notifications").debug("to %s", OWNER)
    assert found(log) == ["owner in log: raw"]
    assert OUTSIDER not in log.text
