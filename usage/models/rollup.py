"""Rollups: sums of calls by minute, hour and day, which charts and totals read, so that no page scans events.

Two levels: by key, and without the key, so that what an organization does is read from as few rows however many keys
it has. Both are written with the events themselves, in one transaction.
"""

from django.db import models

from catalog.money import PicoField


class Rollup(models.Model):
    """Calls of one project, model and status that began in one bucket of time."""

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

    key_id = models.UUIDField()

    class Meta:
        abstract = True


def _one_row(name: str, *more: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["organization_id", "start", "model", "project_id", *more, "status"], name=name
    )


class MinuteUsage(KeyRollup):
    """Kept for some days."""

    class Meta:
        constraints = [_one_row("one_row_a_minute", "key_id")]


class HourlyUsage(KeyRollup):
    class Meta:
        constraints = [_one_row("one_row_an_hour", "key_id")]


class DailyUsage(KeyRollup):
    class Meta:
        constraints = [_one_row("one_row_a_day", "key_id")]


class HourlyTotal(Rollup):
    class Meta:
        constraints = [_one_row("one_total_an_hour")]


class DailyTotal(Rollup):
    class Meta:
        constraints = [_one_row("one_total_a_day")]
