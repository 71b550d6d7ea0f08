"""A text to send, the cast with phones, and the carriers: the phone of dev.outside and moto's SNS, both over HTTP."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import User
from ledger.ids import new_id
from notifications import outbox
from notifications.kinds.kind import Topic, kind
from notifications.models import Channel, OutboxMessage, Priority
from notifications.notices import Facts, notice
from notifications.wording import Wording
from tests.dev.conftest import World, outside
from tests.support.moto import moto_server

OWNER, MEMBER, OUTSIDER = "+447700900001", "+351912345678", "+12025550143"
CODE = "482913"


TEAMS = {"": "Llamas & Friends"}  # by the id of a message's subject; a test may add one


@kind("test-text", "A text of the tests", Topic.SECURITY, sample={}, channels=[Channel.SMS], priority=Priority.SECURITY)
def _word(code: str, team: str) -> Wording:
    return Wording("", short=f"{code} is your Llama console code for {team}.")


@notice("test-text")
def _about(subject_id: UUID, to: User) -> Facts:
    return {"code": CODE, "team": TEAMS.get(str(subject_id), TEAMS[""])}


@pytest.fixture(scope="session")
def _phone() -> Iterator[World]:
    with outside() as world:
        yield world


@pytest.fixture
def phone(_phone: World) -> World:
    """The phone with nothing on it."""
    _phone.delete("/phone")
    return _phone


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    with moto_server("sns") as url:
        yield url


@pytest.fixture
def _aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.fixture(autouse=True)
def _twilio(settings: Any, phone: World) -> None:
    settings.SMS_PROVIDER, settings.TWILIO_URL = "twilio", phone.http


def with_phone(user: User, number: str) -> User:
    user.phone = number
    user.save()
    user.refresh_from_db()
    return user


@pytest.fixture
def owner(owner: User) -> User:
    return with_phone(owner, OWNER)


@pytest.fixture
def member(member: User) -> User:
    return with_phone(member, MEMBER)


@pytest.fixture
def outsider(outsider: User) -> User:
    return with_phone(outsider, OUTSIDER)


Send = Callable[..., OutboxMessage]


@pytest.fixture
def send(db: None) -> Send:
    """Put a text to somebody, claim it and try it once; return the message as it is then."""

    def run(user: User, team: str = "", **more: Any) -> OutboxMessage:
        subject_id = new_id()
        if team:
            TEAMS[str(subject_id)] = team
        return again(outbox.put("test-text", subject_id, recipient_id=user.pk, channel=Channel.SMS, **more))

    return run


def again(message: OutboxMessage) -> OutboxMessage:
    """Claim what waits, whenever it is due, and try it."""
    for claim in outbox.claim_due(timezone.now() + timedelta(days=1)):
        outbox.send(claim.id, claim.attempt)
    message.refresh_from_db()
    return message
