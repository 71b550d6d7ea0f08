"""A way back into an account, on its way by email: the hash of a link's token, good once and for an hour."""

from datetime import datetime

from django.db import models

from accounts.models.user import User
from ledger.ids import new_id


class PasswordResetQuerySet(models.QuerySet["PasswordReset"]):
    def pending(self, now: datetime) -> "PasswordResetQuerySet":
        return self.filter(used_at=None, expires_at__gt=now)


class PasswordReset(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="password_resets")
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PasswordResetQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
