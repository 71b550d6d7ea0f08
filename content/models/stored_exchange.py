"""A kept exchange: one prompt with its answer, sealed under the content plane, gone when its time is over.

Organization and project are opaque ids: no foreign key leads from content to customer data.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.db.models import Q

from ledger.ids import new_id
from vault.fields import SealedContentField


class StoredExchangeQuerySet(models.QuerySet["StoredExchange"]):
    def expired(self, now: datetime) -> "StoredExchangeQuerySet":
        return self.filter(expires_at__lte=now)

    def readable(self, organization_id: UUID, retention: Mapping[UUID, int], now: datetime) -> "StoredExchangeQuerySet":
        """Return what may still be read: of these projects, each with the days that it keeps what it keeps.

        Days that became fewer count at once, before the worker has deleted what is older.
        """
        alike: dict[int, list[UUID]] = {}
        for project_id, days in retention.items():
            alike.setdefault(days, []).append(project_id)
        found = Q(pk__in=[])
        for days, projects in alike.items():
            if days:
                found |= Q(project_id__in=projects, started_at__gt=now - timedelta(days=days))
        return self.filter(found, organization_id=organization_id, expires_at__gt=now)


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
        indexes = [
            models.Index(fields=["organization_id", "-started_at"], name="content_by_time"),
            models.Index(fields=["project_id", "started_at"], name="content_by_project"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.organization_id
