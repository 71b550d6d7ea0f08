"""A billing account: how an organization pays, and its sums. Who has none is not billed at all.

`credit` and `owed` are the journal's sums, `frozen` and `held` those of frozen lots and of holds. They change under
the row's lock, in the transaction that changes what they are the sums of; `billing/books.py` proves that they agree.
"""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from catalog.money import LARGEST, PicoField


class Mode(models.TextChoices):
    PREPAID = "prepaid", gettext_lazy("Prepaid")  # calls spend credit that was bought or given
    POSTPAID = "postpaid", gettext_lazy("Postpaid")  # a monthly invoice in arrears


class Suspension(models.TextChoices):
    """Why an account is suspended; by hand there is no word for it."""

    OVERDUE = "overdue", gettext_lazy("An invoice is overdue")


class BillingAccountQuerySet(models.QuerySet["BillingAccount"]):
    def able_to_spend(self, amount: int, month: date) -> "BillingAccountQuerySet":
        """Return accounts with so much to spend: of credit or of the limit, and within the cap of the month.

        What is held must be countable even for who has no limit: SQLite would go on with a rounded sum.
        """
        if amount > LARGEST:
            return self.none()
        unlimited = Q(limit=None)
        covered = Q(credit__gte=F("frozen") + F("owed") + F("held") + amount - F("limit"))
        uncapped = Q(cap=None)
        this_month = Q(spent_month=month, cap__gte=F("spent") + F("held") + amount)
        new_month = ~Q(spent_month=month) & Q(cap__gte=F("held") + amount)
        countable = Q(held__lte=LARGEST - amount)
        return self.filter(unlimited | covered, uncapped | this_month | new_month, countable, suspended_at=None)


class BillingAccount(models.Model):
    organization_id = models.UUIDField(primary_key=True, editable=False)  # no foreign key: accounts outlive erasures
    mode = models.CharField(max_length=8, choices=Mode.choices)
    created_at = models.DateTimeField(default=timezone.now)
    stripe_customer = models.CharField(max_length=64, default="", blank=True)
    credit = PicoField(default=0)  # in lots, frozen ones too
    frozen = PicoField(default=0)
    owed = PicoField(default=0)
    invoiced = PicoField(default=0)  # of what is owed: on closed invoices, to be paid to them
    held = PicoField(default=0)
    limit = PicoField(default=0, null=True)  # what may be owed; None: whatever it is
    cap = PicoField(null=True)  # what may be spent in a calendar month, UTC
    spent = PicoField(default=0)  # in `spent_month`
    spent_month = models.DateField(null=True)  # its first day
    suspended_at = models.DateTimeField(null=True)
    suspended_for = models.CharField(max_length=8, choices=Suspension.choices, default="", blank=True)
    billed_until = models.DateTimeField(null=True)  # what began before it belongs to closed invoices
    transactions = models.PositiveBigIntegerField(default=0)  # number of the newest one
    invoices = models.PositiveIntegerField(default=0)  # number of the newest one

    objects = BillingAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(credit__gte=0, frozen__gte=0, held__gte=0, frozen__lte=F("credit")),
                name="sums_are_not_negative",
            ),
            models.CheckConstraint(condition=Q(mode=Mode.POSTPAID) | Q(limit=0), name="prepaid_has_no_limit"),
        ]

    def __str__(self) -> str:
        return str(self.organization_id)

    @property
    def is_prepaid(self) -> bool:
        return self.mode == Mode.PREPAID

    @property
    def balance(self) -> int:
        """What is there to spend, in pico-dollars; below zero it is debt. Holds are not taken off."""
        return int(self.credit - self.frozen - self.owed)

    @property
    def debt(self) -> int:
        """What is owed and stands on no invoice: of who pays in advance the next credit repays it."""
        return int(self.owed - self.invoiced)

    def spent_in(self, month: date) -> int:
        return self.spent if self.spent_month == month else 0

    def left(self, month: date) -> int | None:
        """Return what may still be held this month; None if nothing limits it."""
        ends = [] if self.limit is None else [self.balance + self.limit - self.held]
        ends += [] if self.cap is None else [self.cap - self.spent_in(month) - self.held]
        return min(ends, default=None)
