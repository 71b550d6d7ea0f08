"""A kept exchange: one prompt with its answer, sealed under the content plane, gone when its time is over.

Organization and project are opaque ids: no foreign key leads from content to customer data.
"""

from datetime import datetime
from uuid import UUID

from django.db import models

from ledger.ids import new_id
from vault.fields import SealedContentField


class StoredExchangeQuerySet(models.QuerySet["StoredExchange"]):
    def expired(self, now: datetime) -> "StoredExchangeQuerySet":
        return self.filter(expires_at__lte=now)


class StoredExchange(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)  # that of the usage event
    organization_id = models.UUIDField()
    project_id = models.UUIDField()
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    request = SealedContentField(bucket=256)
    response = SealedContentField(bucket=256)

    objects = StoredExchangeQuerySet.as_manager()
    vault_tenant_field = "organization_id"

    class Meta:
        indexes = [models.Index(fields=["organization_id", "-id"], name="content_by_organization")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.organization_id
