"""What was done under an Idempotency-Key: by which admin key, for which request, and what came of it.

The answer isn't kept: it may hold an address, or a secret that is shown once. A repeated request is answered with what
the thing looks like now.
"""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from keys.models import AdminKey
from ledger.ids import new_id

LASTS = timedelta(hours=24)


class DoneOnceQuerySet(models.QuerySet["DoneOnce"]):
    def standing(self, now: datetime) -> "DoneOnceQuerySet":
        return self.filter(at__gt=now - LASTS)

    def over(self, now: datetime) -> "DoneOnceQuerySet":
        return self.filter(at__lte=now - LASTS)


class DoneOnce(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.ForeignKey(AdminKey, on_delete=models.CASCADE, related_name="+")
    token = models.UUIDField()  # the header's value
    fingerprint = models.CharField(max_length=64)  # of method, address and body
    subject_id = models.UUIDField(null=True)  # what was made or changed
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = DoneOnceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "token"], name="done_once_a_key")]

    def __str__(self) -> str:
        return str(self.pk)
