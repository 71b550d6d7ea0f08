"""A refund: credit that was bought and not used, on its way back to whoever paid for it."""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from billing.models.lot import CreditLot
from billing.models.topup import TopUp
from ledger.ids import new_id


class RefundStatus(models.TextChoices):
    PENDING = "pending", gettext_lazy("Pending")
    PAID = "paid", gettext_lazy("Paid")
    FAILED = "failed", gettext_lazy("Failed")  # the credit is back in its lot


class RefundQuerySet(models.QuerySet["Refund"]):
    def of(self, organization_id: UUID) -> "RefundQuerySet":
        return self.filter(organization_id=organization_id)

    def pending(self) -> "RefundQuerySet":
        return self.filter(status=RefundStatus.PENDING)


class Refund(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    lot = models.ForeignKey(CreditLot, on_delete=models.PROTECT, related_name="refunds")
    top_up = models.ForeignKey(TopUp, on_delete=models.PROTECT, related_name="refunds")
    cents = models.BigIntegerField()  # of credit
    total = models.BigIntegerField(null=True)  # what is paid back, with the tax on it, once that is known
    status = models.CharField(max_length=7, choices=RefundStatus.choices, default=RefundStatus.PENDING)
    failure = models.CharField(max_length=40, default="", blank=True)  # a code
    stripe_refund = models.CharField(max_length=64, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "-id"], name="refunds_of_organization"),
            models.Index(fields=["id"], name="refunds_pending", condition=Q(status="pending")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="refunds_pay_something"),
            models.UniqueConstraint(
                fields=["stripe_refund"], condition=~Q(stripe_refund=""), name="one_refund_a_refund"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cents} cents, {self.status}"

    @property
    def is_pending(self) -> bool:
        return self.status == RefundStatus.PENDING
