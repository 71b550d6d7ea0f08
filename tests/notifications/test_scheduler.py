"""Beat: any number of them starts each task once an interval."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from celery.beat import ScheduleEntry
from django.db import DatabaseError
from django.utils import timezone

from llama_console.celery import app
from notifications.models import Turn
from notifications.scheduler import Scheduler

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a beat hands to the broker."""
    names: list[str] = []
    monkeypatch.setattr(Scheduler, "apply_async", lambda self, entry, **more: names.append(entry.name))
    return names


def due(beat: Scheduler, name: str = "purge-sessions") -> ScheduleEntry:
    return beat.schedule[name]


def test_a_turn_is_taken_once_an_interval() -> None:
    now = timezone.now()
    assert Turn.objects.take("purge", now, HOUR)
    assert not Turn.objects.take("purge", now + HOUR / 2, HOUR)
    assert Turn.objects.take("purge", now + HOUR, HOUR)


def test_two_beats_start_a_task_once(started: list[str]) -> None:
    one, other = Scheduler(app), Scheduler(app)
    one.apply_entry(due(one))
    other.apply_entry(due(other))
    assert started == ["purge-sessions"]


def test_a_new_beat_goes_on_where_the_last_one_ended() -> None:
    before = timezone.now() - timedelta(minutes=50)
    Turn.objects.create(task="purge-sessions", at=before)
    assert due(Scheduler(app)).last_run_at == before
    assert not due(Scheduler(app)).is_due().is_due
    Turn.objects.update(at=before - timedelta(minutes=20))
    assert due(Scheduler(app)).is_due().is_due


def test_a_task_that_was_never_started_is_due_within_an_hour_however_long_its_interval() -> None:
    assert 3500 < due(Scheduler(app), "purge-messages").is_due().next <= 3600
    assert due(Scheduler(app), "relay-outbox").is_due().next <= 2
    Turn.objects.create(task="purge-messages", at=timezone.now() - timedelta(hours=20))
    assert due(Scheduler(app), "purge-messages").is_due().next > 3 * 3600


@pytest.mark.django_db(transaction=True)
def test_without_a_database_nothing_is_started_and_beat_goes_on(
    started: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    beat = Scheduler(app)

    def fail(*args: Any) -> None:
        raise DatabaseError("secret internals")

    monkeypatch.setattr(Turn.objects, "take", fail)
    with caplog.at_level(logging.WARNING):
        beat.apply_entry(due(beat))
    assert started == []
    assert "secret internals" not in caplog.text
