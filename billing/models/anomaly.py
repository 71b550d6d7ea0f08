"""An hour or a day that cost far more than is usual then, as people were told of it: ids and amounts alone."""

from datetime import datetime, timedelta

from django.db import models

from catalog.money import PicoField
from ledger.ids import new_id


class SpendingAnomaly(models.Model):
    """At most one a day of an organization. `share` is what the key with most of it spent on its model."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    told_on = models.DateField()
    start = models.DateTimeField()
    is_day = models.BooleanField()  # or an hour
    spent = PicoField()
    usual = PicoField()
    model = models.CharField(max_length=120)
    project_id = models.UUIDField()
    key_id = models.UUIDField()
    share = PicoField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "told_on"], name="one_anomaly_a_day")]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%dT%H:%M} {self.spent}"

    @property
    def end(self) -> datetime:
        return self.start + (timedelta(days=1) if self.is_day else timedelta(hours=1))
