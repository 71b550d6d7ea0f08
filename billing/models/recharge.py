"""Auto-recharge: buys credit when the balance falls below a threshold, up to an amount a month."""

from datetime import date, datetime
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.models.account import BillingAccount, Mode
from billing.models.dispute import Dispute
from billing.models.topup import Origin, TopUp, TopUpStatus
from catalog.money import PicoField

MOST_FAILURES = 3  # in a row, and it is off


class AutoRechargeQuerySet(models.QuerySet["AutoRecharge"]):
    def due(self, now: datetime) -> "AutoRechargeQuerySet":
        """Those whose balance is below the threshold, with nothing under way and no rest after a failure.

        While a payment is disputed none is made.
        """
        pending = TopUp.objects.filter(
            organization_id=OuterRef("account_id"), origin=Origin.AUTO, status=TopUpStatus.PENDING
        )
        return self.filter(
            ~Exists(pending),
            ~Exists(Dispute.objects.open().filter(organization_id=OuterRef("account_id"))),
            Q(rests_until=None) | Q(rests_until__lte=now),
            is_on=True,
            account__mode=Mode.PREPAID,
            account__suspended_at=None,
            account__credit__lt=F("threshold") + F("account__frozen") + F("account__owed"),
        )

    def with_recharged(self, month: date) -> "AutoRechargeQuerySet":
        """Add `recharged`: the cents that were bought in a month, and those that may still be."""
        bought = TopUp.objects.filter(organization_id=OuterRef("pk")).by_recharge_in(month)
        total = bought.order_by().values("organization_id").annotate(all=Sum("cents")).values("all")
        return self.annotate(recharged=Coalesce(Subquery(total), 0))


class AutoRecharge(models.Model):
    account = models.OneToOneField(
        BillingAccount, on_delete=models.PROTECT, primary_key=True, related_name="auto_recharge"
    )
    is_on = models.BooleanField(default=True)
    threshold = PicoField()
    cents = models.BigIntegerField()  # bought each time
    monthly_cap = models.BigIntegerField()  # cents in a calendar month, UTC
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    rests_until = models.DateTimeField(null=True)  # after a failure
    created_by = models.UUIDField(null=True)  # the user who set it last

    objects = AutoRechargeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account"], name="recharges_on", condition=Q(is_on=True))]
        constraints = [
            models.CheckConstraint(
                condition=Q(threshold__gte=0, cents__gt=0, monthly_cap__gte=F("cents")), name="recharges_fit_their_cap"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cents} cents below {self.threshold}"

    @property
    def organization_id(self) -> UUID:
        return self.account_id
