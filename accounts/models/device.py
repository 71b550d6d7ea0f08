"""A device that somebody signed in from. A random token in a cookie tells it again; here stands its hash."""

from uuid import UUID

from django.db import models
from django.utils import timezone

from accounts.models.user import User
from ledger.ids import new_id


class DeviceQuerySet(models.QuerySet["Device"]):
    def known(self, user_id: UUID, token_hash: bytes) -> "DeviceQuerySet":
        return self.filter(user_id=user_id, token_hash=token_hash)


class Device(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    token_hash = models.BinaryField(max_length=32)
    agent = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "token_hash"], name="device_once_a_person")]

    def __str__(self) -> str:
        return str(self.pk)
