"""An invitation: somebody's address, and what they may do in an organization once they accept.

The row is there as long as the invitation is: whoever accepts, declines or is taken back leaves no address behind. Of
the letter's link a hash is kept. `access` is sealed as a membership's role is, and counts only with its audit event.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.organization import Organization
from accounts.models.user import User
from ledger.ids import new_id
from vault.blind_index import SIZE
from vault.fields import SealedCharField, SealedEmailField
from vault.unsealer.messages import Index

LETTER = "invitation"  # the kind of the message that invites


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: datetime) -> "InvitationQuerySet":
        """Invitations that can be accepted."""
        return self.filter(expires_at__gt=now, voided_at=None)

    def expired_before(self, moment: datetime) -> "InvitationQuerySet":
        return self.filter(expires_at__lt=moment)

    def matching(self, indexes: Iterable[Index]) -> "InvitationQuerySet":
        """Return the invitations of addresses, by any of their indexes."""
        return self.filter(indexes__in=InvitationIndex.objects.matching(indexes))


class Invitation(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    email = SealedEmailField()
    access = SealedCharField(max_length=2600, bucket=512)  # as the role of a membership
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    time_zone = models.CharField(max_length=40, default="UTC")
    token_hash = models.BinaryField(max_length=32, unique=True, null=True)  # null until the letter goes out
    issued_at = models.DateTimeField()  # of the newest letter
    expires_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)  # who invited may not give this any more
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    phone = None
    question = LETTER  # nothing else goes to them
    objects = InvitationQuerySet.as_manager()
    vault_not_personal = {
        "language": "one of those that messages are written in",
        "time_zone": "the clock that messages tell times by",
    }
    vault_tenant_field = "organization_id"

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="invitation_by_age")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.organization_id


class InvitationIndexQuerySet(models.QuerySet["InvitationIndex"]):
    def matching(self, indexes: Iterable[Index]) -> "InvitationIndexQuerySet":
        values: dict[int, list[bytes]] = {}
        for index in indexes:
            values.setdefault(index.version, []).append(index.value)
        where = Q(pk__in=[])
        for version, own in values.items():
            where |= Q(version=version, value__in=own)
        return self.filter(where)


class InvitationIndex(models.Model):
    """How an invitation is found by address. The organization is hashed with it: rows of two can't be linked."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="indexes")
    version = models.PositiveIntegerField()
    value = models.BinaryField(max_length=SIZE)

    objects = InvitationIndexQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "invitation indexes"
        constraints = [
            models.UniqueConstraint(fields=["version", "value"], name="one_invitation_an_address"),
            models.UniqueConstraint(fields=["invitation", "version"], name="one_invited_index_a_version"),
        ]

    def __str__(self) -> str:
        return f"index {self.version} of {self.invitation_id}"
