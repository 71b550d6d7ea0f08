"""A run of reconciliation, and what it found: figures that should be one, and what was never told."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.ids import new_id


class ReconciliationRun(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField(null=True)  # None: all of them, and Stripe's side as well
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)  # None: it is under way, or its worker died
    checked = models.PositiveIntegerField(default=0)  # accounts, invoices, objects, events and movements
    moved = models.BigIntegerField(default=0)  # cents that Stripe booked for us in the days looked at, before its fees
    fees = models.BigIntegerField(default=0)  # cents
    payouts = models.PositiveIntegerField(default=0)
    paid_out = models.BigIntegerField(default=0)  # cents

    class Meta:
        indexes = [
            models.Index(fields=["-started_at"], name="runs_complete", condition=Q(organization_id=None)),
        ]
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class Finding(models.Model):
    """Something that was not as it should be: repaired by the run, or open, and then somebody has to look."""

    run = models.ForeignKey(ReconciliationRun, on_delete=models.CASCADE, related_name="findings")
    what = models.CharField(max_length=80)
    organization_id = models.UUIDField(null=True)
    object_id = models.CharField(max_length=255, blank=True)  # ours, or Stripe's
    expected = models.CharField(max_length=80, blank=True)
    found = models.CharField(max_length=80, blank=True)
    is_repaired = models.BooleanField(default=False)

    class Meta:
        ordering = ("is_repaired", "id")

    def __str__(self) -> str:
        return f"{self.what}: {self.expected} expected, {self.found} found"
