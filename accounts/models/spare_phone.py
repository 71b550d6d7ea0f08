"""A spare phone. A code goes to a new number, a farewell to a former one."""

from django.db import models

from accounts.models.spare import Spare, SpareQuerySet
from accounts.models.user import User
from vault.fields import SealedCharField


class SparePhone(Spare):
    """Its `code_hash` is there once the code is on the way."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="spare_phones")
    phone = SealedCharField(max_length=20)

    objects = SpareQuerySet["SparePhone"].as_manager()
    email = None

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="spare_phone_by_age")]

    @property
    def question(self) -> str:
        return "phone-left" if self.is_former else "verify-phone"
