"""A proof of an address, on its way: the hashes of a link's token and of a code, good once and for a day."""

from datetime import datetime

from django.db import models

from accounts.models.user import User
from ledger.ids import new_id


class EmailVerificationQuerySet(models.QuerySet["EmailVerification"]):
    def pending(self, now: datetime) -> "EmailVerificationQuerySet":
        return self.filter(used_at=None, expires_at__gt=now)


class EmailVerification(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="verifications")
    token_hash = models.BinaryField(max_length=32, unique=True)
    code_hash = models.BinaryField(max_length=32)
    attempts = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EmailVerificationQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
