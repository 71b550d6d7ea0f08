"""A deletion: somebody's wish to end an account or an organization, and what became of it. It outlives its subject."""

from datetime import datetime
from uuid import UUID

from django.db import models

from ledger.ids import new_id


class Subject(models.TextChoices):
    USER = "user"
    ORGANIZATION = "organization"


class DeletionQuerySet(models.QuerySet["Deletion"]):
    def pending(self) -> "DeletionQuerySet":
        return self.filter(cancelled_at=None, carried_out_at=None)

    def cancellable(self) -> "DeletionQuerySet":
        return self.pending().filter(began_at=None)

    def due(self, now: datetime) -> "DeletionQuerySet":
        """Organizations first: who owned one alone can go after it."""
        return self.pending().filter(due_at__lte=now).order_by("kind", "due_at")

    def of(self, subject_id: UUID) -> "Deletion | None":
        """Return what is about to happen to an account or an organization."""
        return self.pending().filter(subject_id=subject_id).first()


class Deletion(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=Subject.choices)
    subject_id = models.UUIDField()  # no foreign key: the receipt outlives what it speaks of
    requested_by = models.UUIDField(null=True)  # a user; none if it was an operator
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    event_id = models.UUIDField()  # the audit event of the request, whose leaf makes it count
    token_hash = models.BinaryField(max_length=32, unique=True)  # of the link to its page
    cancelled_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)  # from here on it can't be cancelled
    carried_out_at = models.DateTimeField(null=True)
    receipt = models.JSONField(null=True)  # of ledger/erasure.py: ids of keys, a place in the log, and times

    objects = DeletionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id"], condition=models.Q(cancelled_at=None), name="one_deletion_a_subject"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def number(self) -> str:
        """What people quote: the random end of the id."""
        end = self.pk.hex[-10:].upper()
        return f"R-{end[:5]}-{end[5:]}"

    @property
    def is_cancellable(self) -> bool:
        return self.cancelled_at is None and self.began_at is None
