"""The outbox: what is to be told to whom, written in the transaction of the change. Ids and kinds only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models
from django.db.models import F
from django.utils import timezone

from ledger.ids import first_id, new_id

# In SQL, because each message waits for both, and building them takes Django longer than doing them.
_TAKE = """
    UPDATE notifications_outboxmessage SET tried = %s, run_at = %s
    WHERE id = %s AND attempts = %s AND tried < attempts AND sent_at IS NULL AND failed_at IS NULL"""
_SENT = "UPDATE notifications_outboxmessage SET sent_at = %s, error = %s WHERE id = %s"


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

    def claim(self, now: datetime) -> None:
        """Lease messages: each has one try more than were taken up, so a claim that nobody took up costs none."""
        self.update(attempts=F("tried") + 1, run_at=now + settings.OUTBOX_LEASE)

    def take(self, id: UUID, attempt: int) -> bool:
        """Take the one try that a claim allows; False for a task that comes twice or too late.

        The lease begins anew: the claim may have waited for most of it.
        """
        return _execute(_TAKE, [attempt, _stored(timezone.now() + settings.OUTBOX_LEASE), _key(id), attempt])

    def mark_sent(self, id: UUID, at: datetime, note: str) -> None:
        _execute(_SENT, [_stored(at), note, _key(id)])


class OutboxMessage(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NOTICE)
    subject_id = models.UUIDField()  # the row that the message is about
    recipient_id = models.UUIDField()  # a user, or whoever else the kind tells
    key = models.CharField(max_length=120, unique=True, null=True)  # equal for what must be told once
    due_at = models.DateTimeField(default=timezone.now)  # when it was to go out; latency counts from here
    run_at = models.DateTimeField(default=timezone.now)  # a claim moves it on by the lease, and so does its try
    attempts = models.PositiveSmallIntegerField(default=0)  # the number of the newest claim
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


def _execute(statement: str, values: list[Any]) -> bool:
    """Tell whether a row was changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.rowcount)


def _stored(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _key(id: UUID) -> Any:
    return OutboxMessage._meta.pk.get_db_prep_value(id, connection)
