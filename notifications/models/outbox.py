"""The outbox: what is to be told to whom, written in the transaction of the change. Ids and kinds only."""

from datetime import datetime

from django.db import models
from django.db.models import F
from django.utils import timezone

from ledger.ids import first_id, new_id


class Channel(models.TextChoices):
    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"


class Priority(models.IntegerChoices):
    """What goes first when much waits."""

    SECURITY = 0
    NOTICE = 1
    NEWS = 2


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def open(self) -> "OutboxQuerySet":
        """Messages that are neither sent nor given up."""
        return self.filter(sent_at=None, failed_at=None)

    def dead(self) -> "OutboxQuerySet":
        """Messages that were given up."""
        return self.filter(failed_at__isnull=False)

    def waiting(self, now: datetime) -> "OutboxQuerySet":
        """Messages whose time has come and that are neither sent nor given up, on their way or not."""
        return self.open().filter(due_at__lte=now)

    def over_before(self, moment: datetime) -> "OutboxQuerySet":
        """Messages that were sent or given up before a moment, found by ids, which follow time."""
        is_over = models.Q(sent_at__lt=moment) | models.Q(failed_at__lt=moment)
        return self.filter(is_over, pk__lt=first_id(moment))

    def due(self, now: datetime) -> "OutboxQuerySet":
        """Messages to send now, the most urgent and oldest first; not those that another relay leased."""
        return self.open().filter(run_at__lte=now).order_by("priority", "run_at")

    def take(self, attempt: int) -> bool:
        """Take the one try that a claim allows; False for a task that comes twice or too late."""
        return bool(self.open().filter(attempts=attempt, tried__lt=F("attempts")).update(tried=attempt))


class OutboxMessage(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NOTICE)
    subject_id = models.UUIDField()  # the row that the message is about
    recipient_id = models.UUIDField()  # a user, or whoever else the kind tells
    key = models.CharField(max_length=120, unique=True, null=True)  # equal for what must be told once
    due_at = models.DateTimeField(default=timezone.now)  # when it was to go out; latency counts from here
    run_at = models.DateTimeField(default=timezone.now)  # a claim moves it on by the lease
    attempts = models.PositiveSmallIntegerField(default=0)  # how often it was claimed
    tried = models.PositiveSmallIntegerField(default=0)  # the newest claim that a worker took up
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, default="")  # an error's code, never its text
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["priority", "run_at"],
                name="outbox_open",
                condition=models.Q(sent_at=None, failed_at=None),
            ),
            models.Index(
                fields=["channel", "kind", "due_at"],
                name="outbox_waiting",
                condition=models.Q(sent_at=None, failed_at=None),
            ),
            models.Index(fields=["failed_at"], name="outbox_dead", condition=models.Q(failed_at__isnull=False)),
            models.Index(fields=["recipient_id", "-created_at"], name="outbox_by_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_urgent(self) -> bool:
        return self.priority == Priority.SECURITY
