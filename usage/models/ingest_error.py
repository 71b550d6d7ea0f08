"""An ingest error: events that other gateways reported and that do not count, of one reason within one hour.

No row says anything of what was in an event but its id, cut.
"""

from django.db import models

from ledger.ids import new_id


class IngestError(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()  # `usage.ingest_errors.NOBODY`: of no organization that is known
    hour = models.DateTimeField(db_index=True)  # retention goes by it
    code = models.CharField(max_length=20)
    detail = models.CharField(max_length=200)  # one of a fixed set of sentences
    count = models.PositiveBigIntegerField()
    # Of the last one.
    last_at = models.DateTimeField()
    last_event_id = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "hour", "code", "detail"], name="one_ingest_error_an_hour"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.hour:%Y-%m-%dT%H:00}"
