"""An export of a person's own data: what the worker gathered, sealed in parts under their key, for a week."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.utils import timezone

from accounts.models.user import User
from ledger.ids import new_id
from vault.fields import SealedBinaryField

MOST_ATTEMPTS = 3


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def kept(self, now: datetime) -> "DataExportQuerySet":
        return self.filter(expires_at__gt=now)

    def ready(self, now: datetime) -> "DataExportQuerySet":
        return self.kept(now).filter(ready_at__isnull=False)

    def to_make(self, now: datetime, lease: timedelta) -> "DataExportQuerySet":
        """Exports that nobody is at, and that did not fail too often."""
        free = models.Q(claimed_at=None) | models.Q(claimed_at__lt=now - lease)
        return self.kept(now).filter(free, ready_at=None, attempts__lt=MOST_ATTEMPTS, user__is_active=True)


class DataExport(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    requested_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)  # when a worker was last at it
    attempts = models.PositiveSmallIntegerField(default=0)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    size = models.PositiveBigIntegerField(default=0)  # bytes before packing, without what opens at the download
    token_hash = models.BinaryField(max_length=32, null=True, unique=True)  # of the letter's link

    objects = DataExportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="data_export_by_age")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def has_failed(self) -> bool:
        return self.ready_at is None and self.attempts >= MOST_ATTEMPTS and self.claimed_at is None


class ExportPart(models.Model):
    """A piece of one of the archive's files; a file's pieces follow each other."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    export = models.ForeignKey(DataExport, on_delete=models.CASCADE, related_name="parts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    file = models.CharField(max_length=40)
    content = SealedBinaryField()

    vault_tenant_field = "user_id"
    vault_not_personal = {"file": "the name of a file, the same in every archive"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "number"], name="export_part_once")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.user_id
