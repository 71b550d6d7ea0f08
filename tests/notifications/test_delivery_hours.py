"""Counts of the delivery log: written with what they count, or not at all."""

import smtplib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from notifications import outbox
from notifications.models import DeliveryHour, OutboxMessage, Outcome
from notifications.models.delivery_hour import LATENCIES
from tests.notifications.test_outbox import failing, put, send

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 34, 56, tzinfo=UTC)


@pytest.fixture
def newcomer(db: None) -> User:
    return User.objects.create_user("new@example.com", None)


def counted() -> dict[tuple[str, str], int]:
    return {(row.outcome, row.code): row.count for row in DeliveryHour.objects.all()}


def add(outcome: Outcome = Outcome.SENT, *, at: datetime = NOON, took: float = 0, **more: str) -> None:
    what = {"kind": "verify-email", "channel": "email", "code": ""} | more
    DeliveryHour.objects.add(at=at, outcome=outcome, latency=timedelta(seconds=took), **what)


def test_what_is_sent_is_counted_by_hour_kind_and_channel(newcomer: User) -> None:
    before = timezone.now()
    send(put(newcomer))
    send(put(newcomer))
    (row,) = DeliveryHour.objects.all()
    assert (row.kind, row.channel, row.outcome, row.code, row.count) == ("verify-email", "email", "sent", "", 2)
    assert before - timedelta(hours=1) < row.hour <= timezone.now()
    assert (row.hour.minute, row.hour.second, row.within_1) == (0, 0, 2)


def test_each_failed_try_is_counted_and_then_the_giving_up(newcomer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = put(newcomer)
    failing(monkeypatch, ConnectionRefusedError())
    for _ in range(outbox.MAX_ATTEMPTS):
        send(message)
    code = "mail-server-unreachable"
    assert counted() == {("retried", code): outbox.MAX_ATTEMPTS - 1, ("given-up", code): 1}


def test_a_permanent_failure_is_counted_with_its_code(newcomer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = put(newcomer)
    failing(monkeypatch, smtplib.SMTPRecipientsRefused({"new@example.com": (550, b"no such user")}))
    send(message)
    assert counted() == {("given-up", "recipient-refused"): 1}


def test_a_message_whose_workers_died_is_counted_as_given_up(newcomer: User) -> None:
    put(newcomer)
    for attempt in range(outbox.MAX_ATTEMPTS + 1):
        for claim in outbox.claim_due(timezone.now() + settings.OUTBOX_LEASE * attempt * 2):
            assert OutboxMessage.objects.take(claim.id, claim.attempt)
    assert counted() == {("given-up", "worker-lost"): 1}


def test_what_had_nothing_to_say_does_not_count_as_sent(newcomer: User) -> None:
    message = put(newcomer)
    newcomer.delete()
    send(message)
    assert counted() == {("unneeded", ""): 1}


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_counted_is_not_marked(newcomer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = put(newcomer)

    def fail(*args: Any, **more: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("notifications.outbox._count", fail)
    with pytest.raises(ZeroDivisionError):
        send(message)
    message.refresh_from_db()
    assert message.sent_at is None


@pytest.mark.django_db(transaction=True)
def test_what_is_not_marked_is_not_counted() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        add()
        raise ZeroDivisionError
    assert counted() == {}


@pytest.mark.parametrize(
    ("seconds", "span"),
    [(-5, 0), (0, 0), (1, 0), (1.001, 1), (5, 1), (5.1, 2), (30, 2), (31, 3), (300, 3), (300.1, 4), (10**7, 4)],
)
def test_a_latency_counts_in_the_narrowest_span_that_holds_it(seconds: float, span: int) -> None:
    add(took=seconds)
    row = DeliveryHour.objects.get()
    assert [getattr(row, name) for name in LATENCIES] == [int(number == span) for number in range(5)]


def test_what_failed_has_no_latency() -> None:
    add(Outcome.GIVEN_UP, code="failed", took=3)
    row = DeliveryHour.objects.get()
    assert [getattr(row, name) for name in LATENCIES] == [0] * 5


def test_each_hour_kind_channel_outcome_and_code_has_a_count_of_its_own() -> None:
    add()
    add(at=NOON + timedelta(hours=1))
    add(kind="other")
    add(channel="sms")
    add(Outcome.UNNEEDED)
    add(Outcome.RETRIED, code="a")
    add(Outcome.RETRIED, code="b")
    add(at=NOON.replace(minute=0, second=0, microsecond=0))
    assert sorted(DeliveryHour.objects.values_list("count", flat=True)) == [1, 1, 1, 1, 1, 1, 2]


def test_latency_counts_from_when_a_message_was_due_and_anew_after_requeuing(newcomer: User) -> None:
    message = put(newcomer)
    OutboxMessage.objects.update(due_at=timezone.now() - timedelta(minutes=2))
    send(message)
    assert DeliveryHour.objects.get().within_300 == 1
    outbox.repeat(OutboxMessage.objects.all())
    send(message)
    assert DeliveryHour.objects.get().within_1 == 1


def test_a_row_names_nobody() -> None:
    fields = {field.name for field in DeliveryHour._meta.get_fields()}
    assert fields == {"id", "hour", "kind", "channel", "outcome", "code", "count", *LATENCIES}
