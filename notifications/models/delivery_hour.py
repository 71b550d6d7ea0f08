"""A delivery hour: how tries of one kind of message ended within an hour. Counts alone, of nobody in particular.

Pages read these rows and no messages, so they cost the same however much was sent.
"""

from bisect import bisect_left
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

from notifications.models.outbox import Channel

BOUNDS = (1, 5, 30, 300)  # seconds; what took longer than the last is in `longer`
LATENCIES = ("within_1", "within_5", "within_30", "within_300", "longer")


class Outcome(models.TextChoices):
    """How a try ended."""

    SENT = "sent"
    UNNEEDED = "unneeded"  # there was nothing to say any more
    RETRIED = "retried"  # it failed, and is tried again
    GIVEN_UP = "given-up"


class DeliveryHourQuerySet(models.QuerySet["DeliveryHour"]):
    def add(self, *, at: datetime, kind: str, channel: str, outcome: Outcome, code: str, latency: timedelta) -> None:
        """Count one more, in one statement: of any number of callers at once none is lost.

        The row stays locked until the transaction ends, so this comes last in it, and of several in a sorted order.
        """
        hour = connection.ops.adapt_datetimefield_value(at.replace(minute=0, second=0, microsecond=0))
        place = {"hour": hour, "kind": kind, "channel": channel, "outcome": outcome.value, "code": code}
        counts = {"count": 1} | _latencies(latency if outcome is Outcome.SENT else None)
        values: dict[str, Any] = place | counts
        table, keys = connection.ops.quote_name(DeliveryHour._meta.db_table), ", ".join(place)
        sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in counts)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))})"  # noqa: S608
                f" ON CONFLICT ({keys}) DO UPDATE SET {sums}",
                list(values.values()),
            )

    def between(self, start: datetime, end: datetime) -> "DeliveryHourQuerySet":
        return self.filter(hour__gte=start, hour__lt=end)


class DeliveryHour(models.Model):
    hour = models.DateTimeField()
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    code = models.CharField(max_length=40)  # an error's code; empty unless it failed
    count = models.BigIntegerField()
    # Of what was sent: from when it was due to when the transport took it, each in the narrowest that holds it.
    within_1 = models.BigIntegerField()
    within_5 = models.BigIntegerField()
    within_30 = models.BigIntegerField()
    within_300 = models.BigIntegerField()
    longer = models.BigIntegerField()

    objects = DeliveryHourQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "kind", "channel", "outcome", "code"], name="one_delivery_row_a_bucket"
            )
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%dT%H} {self.kind} {self.outcome}"


def _latencies(latency: timedelta | None) -> dict[str, int]:
    if latency is None:
        return dict.fromkeys(LATENCIES, 0)
    held_by = LATENCIES[bisect_left(BOUNDS, latency.total_seconds())]
    return {name: int(name == held_by) for name in LATENCIES}
