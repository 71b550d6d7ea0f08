"""A top-up: credit that somebody buys through Checkout, or that auto-recharge buys.

It counts from when Stripe's own object says that it is paid, whatever was thought of it before: money that comes late,
after a top-up failed, expired or was cancelled, is credit all the same.
"""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy

from ledger.ids import new_id

CONFIRMATION = "confirmation-needed"  # why one is still pending: the bank wants a person to confirm it
NO_METHOD = "no-payment-method"  # why one failed: there was nothing to charge

MISFITS = ("amount", "currency", "customer", "livemode", "paid-twice")  # why what Stripe has has no effect


class Origin(models.TextChoices):
    CHECKOUT = "checkout", gettext_lazy("Bought")
    AUTO = "auto", gettext_lazy("Auto-recharge")


class TopUpStatus(models.TextChoices):
    PENDING = "pending", gettext_lazy("Pending")
    PAID = "paid", gettext_lazy("Paid")
    FAILED = "failed", gettext_lazy("Failed")
    EXPIRED = "expired", gettext_lazy("Expired")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")


class TopUpQuerySet(models.QuerySet["TopUp"]):
    def of(self, organization_id: UUID) -> "TopUpQuerySet":
        return self.filter(organization_id=organization_id)

    def pending(self) -> "TopUpQuerySet":
        return self.filter(status=TopUpStatus.PENDING)

    def begun(self) -> "TopUpQuerySet":
        """Pending ones at Checkout that nobody has paid yet."""
        return self.pending().filter(origin=Origin.CHECKOUT, stripe_payment="")

    def overdue(self, now: datetime) -> "TopUpQuerySet":
        """Pending ones that should have come to an end: what became of them is asked."""
        return self.pending().filter(expires_at__lte=now)

    def troubled(self) -> "TopUpQuerySet":
        """Those that an operator has to look at: Stripe has something else than we asked for."""
        return self.filter(failure__in=MISFITS)

    def recharged_in(self, month: date) -> int:
        """Return the cents of auto-recharge in a calendar month, UTC: what was paid, and what may still be."""
        return self.by_recharge_in(month).aggregate(all=Sum("cents"))["all"] or 0

    def by_recharge_in(self, month: date) -> "TopUpQuerySet":
        start = datetime(month.year, month.month, 1, tzinfo=UTC)
        end = (start + timedelta(days=32)).replace(day=1)
        return self.filter(
            origin=Origin.AUTO,
            status__in=(TopUpStatus.PENDING, TopUpStatus.PAID),
            created_at__gte=start,
            created_at__lt=end,
        )


class TopUp(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    cents = models.BigIntegerField()
    refunded = models.BigIntegerField(default=0)  # cents of it that were paid back, or are about to be
    origin = models.CharField(max_length=8, choices=Origin.choices)
    status = models.CharField(max_length=9, choices=TopUpStatus.choices, default=TopUpStatus.PENDING)
    failure = models.CharField(max_length=40, default="", blank=True)  # a code: the bank's, or ours
    stripe_session = models.CharField(max_length=80, default="", blank=True)
    stripe_invoice = models.CharField(max_length=64, default="", blank=True)
    stripe_payment = models.CharField(max_length=64, default="", blank=True)
    created_by = models.UUIDField(null=True)  # a user; no foreign key: the purchase outlives the account
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()  # when it is over, unless it is paid
    paid_at = models.DateTimeField(null=True)

    objects = TopUpQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "-id"], name="topups_of_organization"),
            models.Index(fields=["expires_at"], name="topups_pending", condition=Q(status="pending")),
            models.Index(fields=["stripe_payment"], name="topups_by_payment"),
        ]
        constraints = [
            # One that is being paid, which takes a bank days, keeps nobody from buying more.
            models.UniqueConstraint(
                fields=["organization_id", "origin"],
                condition=Q(status="pending") & (Q(origin="auto") | Q(stripe_payment="")),
                name="one_pending_topup",
            ),
            models.UniqueConstraint(
                fields=["stripe_session"], condition=~Q(stripe_session=""), name="one_topup_a_session"
            ),
            models.UniqueConstraint(
                fields=["stripe_invoice"], condition=~Q(stripe_invoice=""), name="one_topup_an_invoice"
            ),
            models.CheckConstraint(condition=Q(cents__gt=0), name="topups_buy_something"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=models.F("cents")), name="refunds_are_at_most_what_was_paid"
            ),
            models.CheckConstraint(
                condition=Q(status="paid", paid_at__isnull=False) | (~Q(status="paid") & Q(paid_at=None)),
                name="paid_topups_say_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cents} cents, {self.status}"

    @property
    def is_pending(self) -> bool:
        return self.status == TopUpStatus.PENDING

    @property
    def is_being_paid(self) -> bool:
        """Whether the buyer has done their part, and the bank takes its time."""
        return self.is_pending and self.origin == Origin.CHECKOUT and bool(self.stripe_payment)

    @property
    def is_paid(self) -> bool:
        return self.status == TopUpStatus.PAID

    @property
    def has_receipt(self) -> bool:
        return self.is_paid and bool(self.stripe_invoice)

    @property
    def needs_confirmation(self) -> bool:
        """Whether a person has to confirm it on their bank's page before it goes through."""
        return self.is_pending and self.failure == CONFIRMATION
