"""The outbox: nothing is lost, nothing is sent by two relays, nobody's address waits anywhere."""

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from notifications import outbox
from notifications.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(db: None) -> User:
    return User.objects.create_user("new@example.com", None)


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def send(self: Any) -> int:
        raise error

    monkeypatch.setattr("notifications.email.EmailMultiAlternatives.send", send)


def test_a_message_is_claimed_once_until_its_lease_ends(newcomer: User) -> None:
    message = outbox.put("verify-email", newcomer.pk)
    now = timezone.now()
    assert outbox.claim_due(now) == [message.pk]
    assert outbox.claim_due(now) == []
    assert outbox.claim_due(now + outbox.LEASE) == [message.pk]


def test_a_sent_message_is_not_sent_again(newcomer: User) -> None:
    message = outbox.put("verify-email", newcomer.pk)
    assert outbox.send(message.pk)
    assert not outbox.send(message.pk)
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_message_goes_only_if_its_change_does(newcomer: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.put("verify-email", newcomer.pk)
        raise ZeroDivisionError
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        smtplib.SMTPServerDisconnected(),
        smtplib.SMTPDataError(451, b"new@example.com: later"),
        smtplib.SMTPRecipientsRefused({"new@example.com": (450, b"busy")}),
    ],
)
def test_a_passing_failure_is_tried_again_later(
    newcomer: User, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    message = outbox.put("verify-email", newcomer.pk)
    failing(monkeypatch, error)
    assert not outbox.send(message.pk)
    message.refresh_from_db()
    assert message.attempts == 1
    assert message.failed_at is None
    assert timezone.now() < message.run_at < timezone.now() + timedelta(seconds=10)
    assert "example" not in message.error


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"new@example.com": (550, b"no such user")}),
        smtplib.SMTPSenderRefused(553, b"no", "console@example.com"),
    ],
)
def test_a_permanent_failure_is_given_up_at_once(
    newcomer: User, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    message = outbox.put("verify-email", newcomer.pk)
    failing(monkeypatch, error)
    outbox.send(message.pk)
    message.refresh_from_db()
    assert message.failed_at
    assert "example" not in message.error


def test_tries_are_bounded(newcomer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = outbox.put("verify-email", newcomer.pk)
    failing(monkeypatch, ConnectionRefusedError())
    for _ in range(outbox.MAX_ATTEMPTS):
        outbox.send(message.pk)
    message.refresh_from_db()
    assert message.failed_at
    assert outbox.claim_due(timezone.now() + timedelta(days=1)) == []


def test_a_message_about_nobody_is_done_without_sending(newcomer: User) -> None:
    message = outbox.put("verify-email", newcomer.pk)
    newcomer.delete()
    assert outbox.send(message.pk)
    assert mail.outbox == []


def test_an_unknown_kind_is_refused_before_it_is_written() -> None:
    with pytest.raises(KeyError):
        outbox.put("no-such-kind", User().pk)


def test_a_broker_that_is_away_does_not_harm_the_request(
    newcomer: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("notifications.tasks.relay_outbox.apply_async", away)
    with django_capture_on_commit_callbacks(execute=True):
        message = outbox.put("verify-email", newcomer.pk)
    assert outbox.claim_due(timezone.now()) == [message.pk]
