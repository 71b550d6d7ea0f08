"""A usage event: one call, counted and rated. Idempotent by id, never changed."""

from django.db import models

from catalog.money import PicoField


class UsageEvent(models.Model):
    id = models.UUIDField(primary_key=True, editable=False)
    # Opaque ids without foreign keys: events outlive keys and projects, and ingest stays one statement.
    organization_id = models.UUIDField()
    project_id = models.UUIDField()
    key_id = models.UUIDField()
    model = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=12)
    prompt_tokens = models.BigIntegerField()
    cached_tokens = models.BigIntegerField()
    completion_tokens = models.BigIntegerField()
    estimated = models.BooleanField()
    latency_ms = models.BigIntegerField()
    first_token_ms = models.BigIntegerField(null=True)
    amount = PicoField()
    price_version = models.PositiveIntegerField()  # 0: the model had no price
    billed_in = models.UUIDField(null=True)  # the invoice; of who is not billed, none

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "-started_at"], name="event_by_organization"),
            # What is rare is found without a look at the rest. Both stay small: ingest hardly knows of them.
            models.Index(
                fields=["organization_id", "-started_at"],
                name="event_unfinished",
                condition=~models.Q(outcome="completed"),
            ),
            models.Index(
                fields=["organization_id", "-started_at"], name="event_estimated", condition=models.Q(estimated=True)
            ),
            models.Index(
                fields=["billed_in", "id"], name="event_by_invoice", condition=models.Q(billed_in__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
