"""Credit in lots: what was bought or given at once, what is left of it, and what it was used for."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from billing.models.journal import Transaction
from catalog.money import PicoField
from ledger.ids import new_id


class LotKind(models.TextChoices):
    PROMOTIONAL = "promotional", gettext_lazy("Promotional")
    PAID = "paid", gettext_lazy("Paid")


class CreditLotQuerySet(models.QuerySet["CreditLot"]):
    def spendable(self) -> "CreditLotQuerySet":
        """Lots that calls may use. One that is over counts until the sweeper ends it, moments later."""
        return self.filter(frozen_at=None, remaining__gt=0)

    def in_burn_order(self) -> "CreditLotQuerySet":
        """Promotional before paid, soonest expiry first, then the oldest."""
        return self.order_by(F("kind").desc(), F("expires_at").asc(nulls_last=True), "id")


class CreditLot(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=LotKind.choices)
    granted = PicoField()
    remaining = PicoField()
    title = models.CharField(max_length=80, default="", blank=True)  # of a promotion, for reading
    reference = models.CharField(max_length=80, default="", blank=True)  # the top-up
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)  # its payment is disputed
    warned_at = models.DateTimeField(null=True)  # when people were told that it will expire

    objects = CreditLotQuerySet.as_manager()
    vault_not_personal = {"title": "of a promotion, written by an operator"}

    class Meta:
        indexes = [models.Index(fields=["organization_id", "kind", "expires_at"], name="lots_in_burn_order")]
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=F("granted"), granted__gt=0), name="lots_hold_what_is_left"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.remaining} of {self.granted}"


class Draw(models.Model):
    """What one transaction took from one lot, or (below zero) gave back. Append-only."""

    lot = models.ForeignKey(CreditLot, on_delete=models.PROTECT, related_name="draws")
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="draws")
    amount = PicoField()

    def __str__(self) -> str:
        return f"{self.amount} of {self.lot_id}"
