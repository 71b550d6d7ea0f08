"""A turn: when a scheduled task was last started, by whichever beat. It keeps two of them from starting it twice."""

from datetime import datetime, timedelta

from django.db import models


class TurnQuerySet(models.QuerySet["Turn"]):
    def take(self, task: str, now: datetime, interval: timedelta) -> bool:
        """Take the turn of a task, unless somebody took it within the interval. Of several callers one gets it."""
        row, is_first = self.get_or_create(task=task, defaults={"at": now})
        return is_first or bool(self.filter(task=task, at=row.at, at__lte=now - interval).update(at=now))


class Turn(models.Model):
    task = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()

    objects = TurnQuerySet.as_manager()

    def __str__(self) -> str:
        return self.task
