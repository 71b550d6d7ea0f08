"""An API key: a keyed hash of a secret that was shown once, and whom it speaks for."""

from django.db import models
from django.utils import timezone

from accounts.membership import Acting
from accounts.models import Organization, Project, User
from accounts.policy import Permission
from ledger.ids import new_id


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def active(self) -> "ApiKeyQuerySet":
        return self.filter(revoked_at=None)

    def of(self, organization: Organization) -> "ApiKeyQuerySet":
        return self.filter(project__organization=organization)

    def visible_to(self, acting: Acting) -> "ApiKeyQuerySet":
        """Return the keys that somebody may see: of all projects, or of those that they are limited to."""
        keys, limits = self.of(acting.organization), acting.limits(Permission.VIEW_KEYS)
        return keys if limits is None else keys.filter(project__in=limits)


class ApiKey(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="keys")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    name = models.CharField(max_length=80)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    tail = models.CharField(max_length=4)  # the last characters, to tell keys apart
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiKeyQuerySet.as_manager()
    vault_not_personal = {"name": "says what a key is for, shown to all members"}

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def hint(self) -> str:
        return f"llk_…{self.tail}"

    @property
    def is_active(self) -> bool:
        return self.revoked_at is None
