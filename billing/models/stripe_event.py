"""The inbox from Stripe: which events came, and what became of each. Their bodies are not kept, and not believed."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class EventState(models.TextChoices):
    RECEIVED = "received"
    DONE = "done"
    IGNORED = "ignored"  # nothing that we act on
    QUARANTINED = "quarantined"  # does not fit what it should be for: somebody has to look at it
    FAILED = "failed"  # tried too often


class StripeEventQuerySet(models.QuerySet["StripeEvent"]):
    def due(self, now: datetime) -> "StripeEventQuerySet":
        return self.unleased(now).filter(next_at__lte=now).order_by("next_at", "created")

    def unleased(self, now: datetime) -> "StripeEventQuerySet":
        return self.filter(Q(leased_until=None) | Q(leased_until__lte=now), state=EventState.RECEIVED)

    def troubled(self) -> "StripeEventQuerySet":
        """Events that an operator has to look at."""
        return self.filter(state__in=(EventState.QUARANTINED, EventState.FAILED))

    def claim(self, now: datetime, lease: timedelta) -> int:
        return self.update(attempts=F("attempts") + 1, leased_until=now + lease)


class StripeEvent(models.Model):
    id = models.CharField(primary_key=True, max_length=255)  # evt_…
    type = models.CharField(max_length=255)
    object_id = models.CharField(max_length=255, blank=True)
    created = models.DateTimeField()  # when it happened, by Stripe's clock
    livemode = models.BooleanField()
    state = models.CharField(max_length=11, choices=EventState.choices, default=EventState.RECEIVED)
    reason = models.CharField(max_length=40, default="", blank=True)  # a code: why it had no effect, or not yet
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    objects = StripeEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="events_received", condition=Q(state="received")),
            models.Index(
                fields=["received_at"], name="events_troubled", condition=Q(state__in=("quarantined", "failed"))
            ),
            models.Index(fields=["done_at"], name="events_done"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.state}"
