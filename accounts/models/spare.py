"""What a person's spare address and spare phone have in common: each is there for one message, and gone in days.

It is what they want to use and have not proven yet, or what was theirs until just now.
"""

from datetime import datetime
from typing import Self, TypeVar
from uuid import UUID

from django.db import models

from accounts.models.user import User
from ledger.ids import new_id

S = TypeVar("S", bound="Spare")


class SpareQuerySet(models.QuerySet[S]):
    def pending(self, now: datetime) -> Self:
        """What waits to be proven."""
        return self.filter(is_former=False, expires_at__gt=now)

    def former(self, now: datetime) -> Self:
        """What was theirs until just now."""
        return self.filter(is_former=True, expires_at__gt=now)


class Spare(models.Model):
    """The recipient of its one message, who is spoken to as its person is. `code_hash` is of what is new alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user: "models.ForeignKey[User, User]"
    user_id: UUID
    code_hash = models.BinaryField(max_length=32, null=True)
    is_former = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    vault_tenant_field = "user_id"

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.user_id

    @property
    def language(self) -> str:
        return self.user.language

    @property
    def time_zone(self) -> str:
        return self.user.time_zone
