"""An item of a daily summary: what one message would have been about."""

from django.db import models
from django.utils import timezone


class DigestItem(models.Model):
    digest_id = models.UUIDField()  # the subject of the summary's message
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest_id", "kind", "subject_id"], name="digest_item_once")]
        indexes = [models.Index(fields=["created_at"], name="digest_item_by_age")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"
