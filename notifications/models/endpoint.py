"""An endpoint: an address of a customer that gets signed events, and which ones."""

from uuid import UUID

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from ledger.ids import new_id


class Because(models.TextChoices):
    """Why an endpoint gets nothing."""

    BY_HAND = "by-hand", gettext_lazy("Turned off here.")
    GONE = "gone", gettext_lazy("It answered 410 Gone: it wants no more events.")
    FAILING = "failing", gettext_lazy("Everything sent to it failed for days.")


_MOST_BIGINT = 2**63 - 1


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def of(self, organization_id: UUID) -> "EndpointQuerySet":
        return self.filter(organization_id=organization_id)

    def enabled(self) -> "EndpointQuerySet":
        return self.filter(disabled_at=None)

    def lock(self, organization_id: UUID) -> None:
        """Let nobody else who asks for it add an endpoint before the transaction ends.

        There may be no row yet to lock. On SQLite the transaction itself keeps all others out.
        """
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [organization_id.int & _MOST_BIGINT])


class Endpoint(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()  # no foreign key: this room knows no organizations
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=120, blank=True)
    kinds = models.JSONField(default=list)  # names of the events that it gets
    created_at = models.DateTimeField(default=timezone.now)
    disabled_at = models.DateTimeField(null=True)
    disabled_because = models.CharField(max_length=8, choices=Because.choices, default="")
    failing_since = models.DateTimeField(null=True)  # the first failure after the last success

    objects = EndpointQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization_id", "-id"], name="endpoint_by_organization")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_enabled(self) -> bool:
        return self.disabled_at is None
