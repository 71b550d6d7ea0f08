"""A spare phone: a number that a person wants texts at and has not proven yet, or that was theirs until just now.

It is there to send one text to, and is deleted within a day: a code to a new number, a farewell to a former one.
"""

from datetime import datetime
from uuid import UUID

from django.db import models

from accounts.models.user import User
from ledger.ids import new_id
from vault.fields import SealedCharField


class SparePhoneQuerySet(models.QuerySet["SparePhone"]):
    def pending(self, now: datetime) -> "SparePhoneQuerySet":
        """Numbers that wait to be proven."""
        return self.filter(is_former=False, expires_at__gt=now)

    def former(self, now: datetime) -> "SparePhoneQuerySet":
        return self.filter(is_former=True, expires_at__gt=now)


class SparePhone(models.Model):
    """Also the recipient of that text. `code_hash` is of a new number alone, once its code is on the way."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="spare_phones")
    phone = SealedCharField(max_length=20)
    code_hash = models.BinaryField(max_length=32, null=True)
    is_former = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    objects = SparePhoneQuerySet.as_manager()
    email = None
    vault_tenant_field = "user_id"

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="spare_phone_by_age")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.user_id

    @property
    def question(self) -> str:
        return "phone-left" if self.is_former else "verify-phone"

    @property
    def language(self) -> str:
        return self.user.language

    @property
    def time_zone(self) -> str:
        return self.user.time_zone
