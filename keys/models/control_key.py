"""A control key: what another gateway of the installation shows to have keys verified and to report usage, of whomever.

Operators make it at the command line; no page and no API can.
"""

from django.db import models
from django.utils import timezone

from ledger.ids import new_id


class ControlKeyQuerySet(models.QuerySet["ControlKey"]):
    def active(self) -> "ControlKeyQuerySet":
        return self.filter(revoked_at=None)


class ControlKey(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    tail = models.CharField(max_length=4)
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)

    objects = ControlKeyQuerySet.as_manager()
    vault_not_personal = {"name": "says which gateway it is for, shown to operators"}

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def hint(self) -> str:
        return f"llg_…{self.tail}"
