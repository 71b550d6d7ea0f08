"""Beat's scheduler: any number of beats may run, and each task is started once an interval by one of them.

Whose turn it is stands in the database, so a new beat goes on where the last one ended.
"""

import logging
from datetime import timedelta
from typing import Any

from celery import beat
from celery.beat import ScheduleEntry
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from notifications.models import Turn

log = logging.getLogger(__name__)
_FIRST = timedelta(hours=1)  # until a task has its first turn ever, at most
_EARLY = 0.9  # of an interval: two beats are never quite in step


class Scheduler(beat.Scheduler):  # type: ignore[misc]
    def setup_schedule(self) -> None:
        """Take the schedule from the settings, and the last turns from the database.

        What never had a turn is due within an hour: a beat that is restarted each night would never start a daily
        task otherwise.
        """
        self.merge_inplace(self.app.conf.beat_schedule)
        turns = {turn.task: turn.at for turn in Turn.objects.all()}
        now = timezone.now()
        for name, entry in self.schedule.items():
            entry.last_run_at = turns.get(name, now - max(entry.schedule.run_every - _FIRST, timedelta()))

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Start a task that is due, if it is this beat's turn."""
        try:
            mine = Turn.objects.take(entry.name, timezone.now(), entry.schedule.run_every * _EARLY)
        except DatabaseError as error:
            close_old_connections()  # one of them may be dead; the next turn connects anew
            log.warning("beat: no turn for %s: %s", entry.name, type(error).__name__)
            return
        if mine:
            super().apply_entry(entry, producer)

    def apply_async(self, entry: ScheduleEntry, producer: Any = None, advance: bool = True, **more: Any) -> Any:
        """Publish a task; after a failure the next turn connects anew: Celery goes on with a dead connection."""
        try:
            return super().apply_async(entry, producer, advance, **more)
        except beat.SchedulingError:
            for name in ("producer", "connection"):
                self.__dict__.pop(name, None)
            raise
