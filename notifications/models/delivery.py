"""A delivery: one try to hand an event to an endpoint, and what came of it. Never what was sent or answered."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from ledger.ids import new_id
from notifications.models.endpoint import Endpoint


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def before(self, moment: datetime) -> "DeliveryQuerySet":
        return self.filter(at__lt=moment)


class Delivery(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    message_id = models.UUIDField()  # the outbox's, and the receiver's webhook-id
    kind = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True)  # the HTTP status, if there was an answer
    error = models.CharField(max_length=40, default="")  # otherwise an error's code, never its text
    duration = models.PositiveIntegerField()  # milliseconds

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["endpoint", "-id"], name="delivery_by_endpoint")]

    def __str__(self) -> str:
        return f"{self.kind} {self.status or self.error}"

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
