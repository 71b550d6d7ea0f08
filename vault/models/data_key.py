"""A data key: one a (tenant, plane, version), kept wrapped. Deleting the row shreds what it sealed."""

from django.db import models
from django.utils import timezone

from vault.errors import VaultError
from vault.planes import Plane


class DataKey(models.Model):
    key_id = models.BinaryField(primary_key=True, max_length=8)
    tenant = models.UUIDField()
    plane = models.CharField(max_length=20, choices=[(plane.value, plane.value) for plane in Plane])
    version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    # Since when nothing was found under this older key. It goes once that has held for the grace of a rotation.
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "plane", "version"], name="one_data_key_a_version")]

    @property
    def record(self) -> bytes:
        """The wrapped key; VaultError where somebody wrote something else, as SQLite lets them."""
        if isinstance(self.wrapped, bytes | memoryview):
            return bytes(self.wrapped)
        raise VaultError("unreadable", "This is no wrapped data key.")

    def __str__(self) -> str:
        return f"{self.plane} key {bytes(self.key_id).hex()}"
