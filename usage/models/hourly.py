"""The hourly rollup: what charts and totals read, so that no page scans events."""

from django.db import models

from catalog.money import PicoField


class HourlyUsage(models.Model):
    organization_id = models.UUIDField()
    hour = models.DateTimeField()
    model = models.CharField(max_length=120)
    project_id = models.UUIDField()
    key_id = models.UUIDField()
    requests = models.BigIntegerField()
    errors = models.BigIntegerField()
    prompt_tokens = models.BigIntegerField()
    cached_tokens = models.BigIntegerField()
    completion_tokens = models.BigIntegerField()
    latency_ms = models.BigIntegerField()  # sum
    amount = PicoField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "hour", "model", "project_id", "key_id"], name="one_rollup_row_a_bucket"
            )
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%dT%H} {self.model}"
