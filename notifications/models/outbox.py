"""The outbox: what is to be told to whom, written in the transaction of the change. Ids and kinds only."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from ledger.ids import new_id


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def due(self, now: datetime) -> "OutboxQuerySet":
        """Messages to send now: not sent, not given up, not leased to another relay."""
        return self.filter(sent_at=None, failed_at=None, run_at__lte=now)


class OutboxMessage(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()  # the row that the message is about
    run_at = models.DateTimeField(default=timezone.now)  # a claim moves it on by the lease
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, default="")  # an error's code, never its text
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["run_at"],
                name="outbox_open",
                condition=models.Q(sent_at=None, failed_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
