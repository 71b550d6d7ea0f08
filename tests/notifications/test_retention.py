"""Messages that are over go after their time, and their counts after thirteen months."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from ledger.ids import first_id, new_id
from llama_console.celery import app
from notifications import outbox, retention
from notifications.models import DeliveryHour, OutboxMessage, Outcome
from notifications.tasks import purge_messages

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def message(made: timedelta, **more: Any) -> OutboxMessage:
    """Make a message that was written so long ago."""
    key = first_id(timezone.now() - made)
    return OutboxMessage.objects.create(pk=key, kind="verify-email", subject_id=key, recipient_id=key, **more)


def ago(days: float) -> datetime:
    return timezone.now() - days * DAY


def test_what_was_sent_or_given_up_long_ago_goes() -> None:
    message(100 * DAY, sent_at=ago(99))
    message(101 * DAY, failed_at=ago(91))
    kept = {
        message(102 * DAY, sent_at=ago(89)).pk,  # it waited long
        message(103 * DAY, failed_at=ago(1)).pk,
        message(104 * DAY).pk,  # it is not over
        message(10 * DAY, sent_at=ago(9)).pk,
    }
    assert retention.purge(timezone.now()) == 2
    assert set(OutboxMessage.objects.values_list("pk", flat=True)) == kept


def test_it_goes_in_batches_until_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_BATCH", 2)
    for days in range(100, 105):
        message(days * DAY, sent_at=ago(95))
    assert retention.purge(timezone.now()) == 5


def test_how_long_is_a_setting(settings: Any) -> None:
    settings.OUTBOX_KEPT = 5 * DAY
    message(7 * DAY, sent_at=ago(6))
    assert retention.purge(timezone.now()) == 1


def test_what_was_requeued_starts_anew() -> None:
    old = message(100 * DAY, failed_at=ago(95))
    outbox.requeue(OutboxMessage.objects.all())
    retention.purge(timezone.now())
    assert OutboxMessage.objects.get() == old


def test_counts_stay_for_thirteen_months() -> None:
    for days in (400, 396, 1):
        DeliveryHour.objects.add(
            at=ago(days), kind="a", channel="email", outcome=Outcome.SENT, code="", latency=timedelta()
        )
    purge_messages()
    assert DeliveryHour.objects.count() == 2


def test_a_daily_turn_purges() -> None:
    assert app.conf.beat_schedule["purge-messages"]["task"] == purge_messages.name
    assert app.conf.beat_schedule["purge-messages"]["schedule"] == DAY.total_seconds()
    assert settings.OUTBOX_KEPT == 90 * DAY


def test_the_lowest_id_of_a_moment_divides_what_was_made_before_from_what_comes_after() -> None:
    before, moment = new_id(), timezone.now() + timedelta(milliseconds=5)
    assert before < first_id(moment) < first_id(moment + timedelta(milliseconds=1))
    assert first_id(timezone.now()).version == 7
    assert first_id(timezone.now() - DAY) < new_id() < first_id(timezone.now() + DAY)
