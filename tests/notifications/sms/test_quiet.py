"""A text at a quiet hour: it waits, opens nothing and is no try; security goes through."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from ledger.ids import new_id
from ledger.models import LeafBody
from notifications import outbox, preferences
from notifications.kinds import Kind
from notifications.models import Channel, Choice, OutboxMessage
from tests.dev.conftest import World
from tests.notifications.sms.conftest import Send

pytestmark = pytest.mark.django_db


def quiet_now(user: User) -> None:
    """Make it quiet from an hour ago to three hours ahead, to the whole minute."""
    now = timezone.now().replace(second=0, microsecond=0)
    begins, ends = (time((now + timedelta(hours=h)).hour, now.minute) for h in (-1, 3))
    preferences.set_quiet_hours(user.pk, (begins, ends))


def put(user: User, kind: Kind) -> OutboxMessage:
    preferences.choose(user.pk, [kind], {(kind.name, Channel.SMS): Choice.NOW})
    return outbox.put(kind.name, new_id(), recipient_id=user.pk, channel=Channel.SMS)


def deliver(message: OutboxMessage) -> None:
    for claim in outbox.claim_due(timezone.now()):
        outbox.send(claim.id, claim.attempt)
    message.refresh_from_db()


def test_a_text_waits_for_the_end_of_the_quiet_hours_and_that_is_no_try(owner: User, news: Kind, phone: World) -> None:
    quiet_now(owner)
    message = put(owner, news)
    deliver(message)
    assert (message.attempts, message.tried, message.error, message.failed_at) == (0, 0, "", None)
    assert timedelta(hours=2, minutes=58) < message.run_at - timezone.now() <= timedelta(hours=3)
    assert not LeafBody.objects.filter(tenant=owner.pk, purpose="sms").exists()
    assert phone.json("/phone.json") == []


def test_it_goes_when_they_are_over(owner: User, news: Kind, phone: World) -> None:
    quiet_now(owner)
    message = put(owner, news)
    deliver(message)
    preferences.set_quiet_hours(owner.pk, None)
    OutboxMessage.objects.update(run_at=timezone.now())
    deliver(message)
    assert message.sent_at
    assert message.attempts == 1
    assert len(phone.json("/phone.json")) == 1


def test_waiting_uses_up_no_tries_however_often(owner: User, news: Kind) -> None:
    quiet_now(owner)
    message = put(owner, news)
    for _ in range(outbox.MAX_ATTEMPTS + 1):
        OutboxMessage.objects.update(run_at=timezone.now())
        deliver(message)
    assert (message.attempts, message.failed_at) == (0, None)


def test_the_late_task_of_a_postponed_text_does_nothing(owner: User, news: Kind) -> None:
    quiet_now(owner)
    message = put(owner, news)
    (claim,) = outbox.claim_due(timezone.now())
    outbox.send(claim.id, claim.attempt)
    preferences.set_quiet_hours(owner.pk, None)
    assert not outbox.send(claim.id, claim.attempt)
    message.refresh_from_db()
    assert message.sent_at is None


def test_security_goes_at_any_hour(owner: User, alarm: Kind, send: Send, phone: World) -> None:
    quiet_now(owner)
    assert send(owner).sent_at  # a code
    message = put(owner, alarm)
    deliver(message)
    assert message.sent_at


def test_email_goes_at_any_hour(owner: User, news: Kind) -> None:
    quiet_now(owner)
    message = outbox.put(news.name, new_id(), recipient_id=owner.pk)
    deliver(message)
    assert message.sent_at


def test_others_hear_of_it_at_once(owner: User, member: User, news: Kind) -> None:
    quiet_now(owner)
    message = put(member, news)
    deliver(message)
    assert message.sent_at
