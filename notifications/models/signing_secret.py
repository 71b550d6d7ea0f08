"""A signing secret: what an endpoint's events are signed with. Sealed; a former one ends by itself."""

from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils import timezone

from ledger.ids import new_id
from notifications.models.endpoint import Endpoint
from vault.fields import SealedCharField


class SigningSecretQuerySet(models.QuerySet["SigningSecret"]):
    def active(self, now: datetime) -> "SigningSecretQuerySet":
        """Secrets to sign with, the newest first: one, or two during a rotation's overlap."""
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=now)).order_by("-pk")


class SigningSecret(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="secrets")
    organization_id = models.UUIDField()
    secret = SealedCharField(max_length=100)
    created_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True)

    objects = SigningSecretQuerySet.as_manager()
    vault_tenant_field = "organization_id"

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.organization_id
