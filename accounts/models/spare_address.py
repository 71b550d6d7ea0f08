"""A spare address. The message to a new one holds a link and a code that prove it; the one to a former address a link
by which its person takes the account back."""

from django.db import models

from accounts.models.spare import Spare, SpareQuerySet
from accounts.models.user import User
from vault.fields import SealedEmailField


class SpareAddress(Spare):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="spare_addresses")
    email = SealedEmailField()
    token_hash = models.BinaryField(max_length=32, null=True, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = SpareQuerySet["SpareAddress"].as_manager()
    phone = None

    class Meta:
        verbose_name_plural = "spare addresses"
        indexes = [models.Index(fields=["expires_at"], name="spare_address_by_age")]

    @property
    def question(self) -> str:
        return "email-changed" if self.is_former else "verify-new-email"
