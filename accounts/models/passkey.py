"""A passkey: a key pair of somebody's device or security key. Its public half stands here, and that opens nothing."""

from django.db import models
from django.utils import timezone

from accounts.models.user import User
from ledger.ids import new_id


class Passkey(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField(max_length=4096)  # COSE
    sign_count = models.PositiveBigIntegerField()  # of 32 bits; 0 for those that don't count, as synchronised ones
    transports = models.JSONField(default=list)  # how a browser reaches it: "internal", "usb", …
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    vault_not_personal = {"name": "of a device, as its owner tells it from their others; shown to nobody else"}

    def __str__(self) -> str:
        return str(self.pk)
