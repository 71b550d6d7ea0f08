"""Rollups: sums of calls by minute, hour and day, which charts and totals read, so that no page scans events.

Two levels: by key, and without the key, so that what an organization does is read from as few rows however many keys
it has. Both are written with the events themselves, in one transaction.
"""

from django.db import models

from catalog.money import PicoField

_PLACE = ("organization_id", "start", "model", "project_id", "status")


class Rollup(models.Model):
    """Calls of one project, model and status that began in one bucket of time."""

    pk = models.CompositePrimaryKey(*_PLACE)
    organization_id = models.UUIDField()
    start = models.DateTimeField()
    model = models.CharField(max_length=120)
    project_id = models.UUIDField()
    status = models.PositiveSmallIntegerField()  # the first digit of what was answered: 2, 4 or 5
    requests = models.BigIntegerField()
    prompt_tokens = models.BigIntegerField()
    cached_tokens = models.BigIntegerField()
    completion_tokens = models.BigIntegerField()
    latency_ms = models.BigIntegerField()  # sum
    amount = PicoField()
    # How long they took, and until their first token, as `usage.sketch` packs it.
    latencies = models.BinaryField()
    first_tokens = models.BinaryField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%dT%H:%M} {self.model}"


class KeyRollup(Rollup):
    """The same of one key."""

    pk = models.CompositePrimaryKey(*_PLACE, "key_id")
    key_id = models.UUIDField()

    class Meta:
        abstract = True


class MinuteUsage(KeyRollup):
    """Kept for some days."""


class HourlyUsage(KeyRollup):
    pass


class DailyUsage(KeyRollup):
    pass


class HourlyTotal(Rollup):
    pass


class DailyTotal(Rollup):
    pass
