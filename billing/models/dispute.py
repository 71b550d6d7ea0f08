"""A dispute: the holder of a card asks their bank for a payment back.

It is over credit that was bought or over an invoice. Stripe's object decides what became of it; here is what followed.
"""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from billing.models.invoice import Invoice
from billing.models.topup import TopUp
from ledger.ids import new_id


class DisputeStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("state", "Open")
    WON = "won", gettext_lazy("Won")
    LOST = "lost", gettext_lazy("Lost")


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def of(self, organization_id: UUID) -> "DisputeQuerySet":
        return self.filter(organization_id=organization_id)

    def open(self) -> "DisputeQuerySet":
        return self.filter(status=DisputeStatus.OPEN)


class Dispute(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    top_up = models.ForeignKey(TopUp, null=True, on_delete=models.PROTECT, related_name="disputes")
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="disputes")
    cents = models.BigIntegerField()
    reason = models.CharField(max_length=40, default="", blank=True)  # the bank's code
    status = models.CharField(max_length=4, choices=DisputeStatus.choices, default=DisputeStatus.OPEN)
    stripe_dispute = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "-id"], name="disputes_of_organization"),
            models.Index(fields=["organization_id"], name="disputes_open", condition=Q(status="open")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(top_up__isnull=False, invoice=None) | Q(top_up=None, invoice__isnull=False),
                name="disputes_are_over_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cents} cents, {self.status}"

    @property
    def is_open(self) -> bool:
        return self.status == DisputeStatus.OPEN
