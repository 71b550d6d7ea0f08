"""A membership: one person in one organization. The role is sealed under the organization's key."""

from enum import StrEnum
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models.organization import Organization
from accounts.models.passkey import Passkey
from accounts.models.totp import Totp
from accounts.models.user import User
from ledger.ids import new_id
from vault.fields import SealedCharField


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    DEVELOPER = "developer"
    BILLING = "billing"
    VIEWER = "viewer"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def entered_by(self, user: User, slug: str) -> "MembershipQuerySet":
        """Return a user's membership by the organization's address, with all that decides whether they may come in."""
        rules = ("organization__security", "organization__identity_provider")
        entered = self.select_related("organization", *rules).with_factor()
        return entered.filter(user=user, organization__slug=slug)

    def with_factor(self) -> "MembershipQuerySet":
        """Tell of each member, as `has_factor`, whether they have a passkey or an authenticator app."""
        return self.annotate(has_factor=_has_factor())

    def without_factor(self) -> "MembershipQuerySet":
        return self.filter(~_has_factor())


def _has_factor() -> Q:
    passkeys = Passkey.objects.filter(user=OuterRef("user"))
    apps = Totp.objects.filter(user=OuterRef("user"), confirmed_at__isnull=False)
    return Q(Exists(passkeys)) | Q(Exists(apps))


class Membership(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    # As accounts/roles.py writes it: with the projects that it is limited to. Up to 19 of them are of one length.
    role = SealedCharField(max_length=2600, bucket=512)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)  # when they last did something here, to an hour
    objects = MembershipQuerySet.as_manager()
    vault_tenant_field = "organization_id"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="one_membership_a_person")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.organization_id
