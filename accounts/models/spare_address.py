"""A spare address: one that a person wants to sign in with and has not proven yet, or that was theirs until just now.

It is there to send one message to, and is deleted after a few days. The message to a new address holds a link and a
code that prove it; the one to a former address a link by which its person takes the account back.
"""

from datetime import datetime
from uuid import UUID

from django.db import models

from accounts.models.user import User
from ledger.ids import new_id
from vault.fields import SealedEmailField


class SpareAddressQuerySet(models.QuerySet["SpareAddress"]):
    def pending(self, now: datetime) -> "SpareAddressQuerySet":
        """Addresses that wait to be proven."""
        return self.filter(is_former=False, expires_at__gt=now)

    def former(self, now: datetime) -> "SpareAddressQuerySet":
        """Addresses that were theirs until just now."""
        return self.filter(is_former=True, expires_at__gt=now)


class SpareAddress(models.Model):
    """Also the recipient of that message. `code_hash` is of a new address alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="spare_addresses")
    email = SealedEmailField()
    token_hash = models.BinaryField(max_length=32, null=True, unique=True)
    code_hash = models.BinaryField(max_length=32, null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    is_former = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    objects = SpareAddressQuerySet.as_manager()
    phone = None
    vault_tenant_field = "user_id"

    class Meta:
        verbose_name_plural = "spare addresses"
        indexes = [models.Index(fields=["expires_at"], name="spare_address_by_age")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.user_id

    @property
    def question(self) -> str:
        return "email-changed" if self.is_former else "verify-new-email"

    @property
    def language(self) -> str:
        return self.user.language

    @property
    def time_zone(self) -> str:
        return self.user.time_zone
