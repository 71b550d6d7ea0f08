"""The outbox: nothing is lost, nothing is sent by two relays, nobody's address waits anywhere."""

import json
import smtplib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from ledger.models import LeafBody
from notifications import outbox
from notifications.models import OutboxMessage, Priority
from notifications.tasks import relay_outbox
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(db: None) -> User:
    return User.objects.create_user("new@example.com", None)


def put(user: User, **more: Any) -> OutboxMessage:
    return outbox.put("verify-email", user.pk, recipient_id=user.pk, **more)


def claimed(later: timedelta = timedelta()) -> list[UUID]:
    """Claim what is due and return the ids."""
    return [claim.id for claim in outbox.claim_due(timezone.now() + later)]


def send(message: OutboxMessage) -> bool:
    """Claim a message, whenever it is due, and try it."""
    (claim,) = outbox.claim_due(timezone.now() + timedelta(days=1))
    assert claim.id == message.pk
    return outbox.send(claim.id, claim.attempt)


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def send(self: Any) -> int:
        raise error

    monkeypatch.setattr("notifications.email.Letter.send", send)


def test_a_message_is_claimed_once_until_its_lease_ends(newcomer: User) -> None:
    message = put(newcomer)
    assert claimed() == [message.pk]
    assert claimed() == []
    assert claimed(settings.OUTBOX_LEASE) == [message.pk]


def test_a_sent_message_is_not_sent_again(newcomer: User) -> None:
    message = put(newcomer)
    assert send(message)
    assert claimed(timedelta(days=1)) == []
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_message_goes_only_if_its_change_does(newcomer: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        put(newcomer)
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
    message = put(newcomer)
    failing(monkeypatch, error)
    assert not send(message)
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
    message = put(newcomer)
    failing(monkeypatch, error)
    send(message)
    message.refresh_from_db()
    assert message.failed_at
    assert "example" not in message.error


def test_tries_are_bounded(newcomer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = put(newcomer)
    failing(monkeypatch, ConnectionRefusedError())
    for _ in range(outbox.MAX_ATTEMPTS):
        send(message)
    message.refresh_from_db()
    assert message.failed_at
    assert claimed(timedelta(days=1)) == []


def test_a_message_about_nobody_is_done_without_sending(newcomer: User) -> None:
    message = put(newcomer)
    newcomer.delete()
    assert send(message)
    assert mail.outbox == []


def test_an_unknown_kind_is_refused_before_it_is_written() -> None:
    with pytest.raises(KeyError):
        outbox.put("no-such-kind", User().pk, recipient_id=User().pk)


def test_a_claim_is_good_for_one_try(newcomer: User) -> None:
    """A broker may hand one task to two workers, or the task of an old claim to a late one."""
    message = put(newcomer)
    (old,) = outbox.claim_due(timezone.now())
    assert OutboxMessage.objects.take(message.pk, old.attempt)  # and its worker died
    (new,) = outbox.claim_due(timezone.now() + settings.OUTBOX_LEASE)
    assert not outbox.send(old.id, old.attempt)
    assert outbox.send(new.id, new.attempt)
    assert not outbox.send(new.id, new.attempt)
    assert len(mail.outbox) == 1


def test_a_claim_that_waited_for_many_leases_is_good_for_one_try_and_costs_none(newcomer: User) -> None:
    """A slow mail server and a long queue are nobody's failure."""
    message = put(newcomer)
    claims = [
        claim
        for lease in range(outbox.MAX_ATTEMPTS + 2)
        for claim in outbox.claim_due(timezone.now() + settings.OUTBOX_LEASE * lease)
    ]
    assert len(claims) == outbox.MAX_ATTEMPTS + 2
    assert [outbox.send(claim.id, claim.attempt) for claim in claims].count(True) == 1
    message.refresh_from_db()
    assert message.attempts == 1
    assert len(mail.outbox) == 1


def test_the_lease_begins_anew_with_the_try(newcomer: User) -> None:
    message = put(newcomer)
    claimed()
    OutboxMessage.objects.update(run_at=timezone.now())  # the lease is as good as over
    assert OutboxMessage.objects.take(message.pk, 1)
    assert claimed() == []


def test_a_message_that_kills_its_worker_comes_to_an_end(newcomer: User) -> None:
    message = put(newcomer)
    for attempt in range(outbox.MAX_ATTEMPTS):
        (claim,) = outbox.claim_due(timezone.now() + settings.OUTBOX_LEASE * 2 * attempt)
        assert OutboxMessage.objects.take(message.pk, claim.attempt)
        OutboxMessage.objects.update(run_at=timezone.now())
    assert claimed(timedelta(days=1)) == []
    message.refresh_from_db()
    assert message.failed_at
    assert message.error == "worker-lost"


def test_a_claim_that_was_given_back_is_no_try(newcomer: User) -> None:
    message = put(newcomer)
    outbox.release(claimed())
    assert claimed() == [message.pk]
    message.refresh_from_db()
    assert message.attempts == 1


def test_a_claim_that_is_being_tried_cannot_be_given_back(newcomer: User) -> None:
    message = put(newcomer)
    claims = claimed()
    assert OutboxMessage.objects.take(message.pk, 1)
    outbox.release(claims)
    assert claimed() == []


def test_what_has_one_key_is_told_once(newcomer: User) -> None:
    first, second = put(newcomer, key="welcome"), put(newcomer, key="welcome")
    assert first == second
    assert OutboxMessage.objects.count() == 1


def test_security_goes_before_news(newcomer: User) -> None:
    later, first = put(newcomer), put(newcomer)
    OutboxMessage.objects.filter(pk=later.pk).update(priority=Priority.NEWS)
    assert claimed() == [first.pk, later.pk]


def test_each_try_opens_the_address_once_and_says_for_which_message(
    newcomer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = put(newcomer)
    with monkeypatch.context() as broken:
        failing(broken, ConnectionRefusedError())
        send(message)
    send(message)
    leaves = LeafBody.objects.filter(tenant=newcomer.pk, purpose="email-notification")
    said = [json.loads(leaf.text) for leaf in leaves]
    assert [(leaf["message"], leaf["fields"]) for leaf in said] == [(str(message.pk), ["accounts.User.email"])] * 2


def test_each_try_has_the_same_message_id(newcomer: User) -> None:
    message = put(newcomer)
    send(message)
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{message.pk}@localhost>"


def test_a_mistake_of_ours_is_a_try_and_no_loss(newcomer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = put(newcomer)
    failing(monkeypatch, ZeroDivisionError("new@example.com"))
    assert not send(message)
    message.refresh_from_db()
    assert (message.error, message.failed_at) == ("failed", None)


def test_what_was_given_up_can_be_requeued(newcomer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = put(newcomer)
    with monkeypatch.context() as broken:
        failing(broken, smtplib.SMTPSenderRefused(553, b"no", "console@example.com"))
        send(message)
    assert outbox.requeue(OutboxMessage.objects.all()) == 1
    assert outbox.requeue(OutboxMessage.objects.all()) == 0
    assert send(message)


def test_a_key_that_was_shredded_ends_the_message(newcomer: User) -> None:
    message = put(newcomer)
    unsealer().shred("system:test", newcomer.vault_tenant)
    assert not send(message)
    message.refresh_from_db()
    assert message.failed_at


def test_a_relay_gives_back_what_the_broker_does_not_take(newcomer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = put(newcomer)

    def away(*args: Any, **kwargs: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("notifications.tasks.send_messages.apply_async", away)
    with pytest.raises(ConnectionRefusedError):
        relay_outbox()
    assert claimed() == [message.pk]
