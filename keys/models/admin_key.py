"""An admin key: a keyed hash of a secret that was shown once, the organization it manages, and what it may do there."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Membership, Organization, User
from ledger.ids import new_id


class AdminKeyQuerySet(models.QuerySet["AdminKey"]):
    def active(self, now: datetime) -> "AdminKeyQuerySet":
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)

    def usable(self, now: datetime) -> "AdminKeyQuerySet":
        """Active keys of organizations that have members: one that was erased has none."""
        return self.active(now).filter(Exists(Membership.objects.filter(organization=OuterRef("organization"))))

    def visible_to(self, organization: Organization) -> "AdminKeyQuerySet":
        return self.filter(organization=organization)


class AdminKey(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="admin_keys")
    # None: an operator made it at the command line. A person's key never outlives them as nobody's.
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=80)
    scopes = models.JSONField(default=list)  # values of Permission
    secret_hash = models.BinaryField(max_length=32, unique=True)
    tail = models.CharField(max_length=4)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # to five minutes
    revoked_at = models.DateTimeField(null=True)

    objects = AdminKeyQuerySet.as_manager()
    vault_not_personal = {"name": "says what a key is for, shown to all who manage admin keys"}

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def hint(self) -> str:
        return f"lla_…{self.tail}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_active(self) -> bool:
        return self.revoked_at is None and not self.is_expired
