"""The journal: double entry in pico-dollars, append-only.

The postings of a transaction are written first, and the transaction seals them: the database refuses one whose
postings do not sum to zero, a posting to one that is sealed, and any change of either (`billing/guards.py`).
Debits are positive, credits negative.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from catalog.money import PicoField
from ledger.ids import new_id


class Account(models.TextChoices):
    CLEARING = "clearing", gettext_lazy("Payment provider")  # what it has of ours
    CREDIT_PAID = "credit-paid", gettext_lazy("Credit, paid")  # what customers have of us
    CREDIT_PROMOTIONAL = "credit-promotional", gettext_lazy("Credit, promotional")
    RECEIVABLE = "receivable", gettext_lazy("Owed")  # and on no invoice yet
    INVOICED = "invoiced", gettext_lazy("Owed on invoices")  # whole cents
    REVENUE = "revenue", gettext_lazy("Usage")
    FEES = "fees", gettext_lazy("Payment fees")
    TAX = "tax", gettext_lazy("Tax collected")  # and owed to the state
    REFUNDS = "refunds", gettext_lazy("Refunds under way")
    DISPUTE_LOSS = "dispute-loss", gettext_lazy("Disputes")
    BREAKAGE = "breakage", gettext_lazy("Expired credit")
    ROUNDING = "rounding", gettext_lazy("Rounding")
    PROMOTIONS = "promotions", gettext_lazy("Promotions")


class Kind(models.TextChoices):
    TOP_UP = "top-up", gettext_lazy("Credit bought")
    PROMOTION = "promotion", gettext_lazy("Credit given")
    USAGE = "usage", gettext_lazy("Usage")
    REPAYMENT = "repayment", gettext_lazy("Debt repaid")
    FEE = "fee", gettext_lazy("Fee of the payment provider, paid by us")
    TAX = "tax", gettext_lazy("Tax collected")
    REFUND = "refund", gettext_lazy("Refund")
    REFUND_PAID = "refund-paid", gettext_lazy("Refund paid out")
    REFUND_FAILED = "refund-failed", gettext_lazy("Refund failed")
    DISPUTE = "dispute", gettext_lazy("Dispute: money withdrawn")
    DISPUTE_WON = "dispute-won", gettext_lazy("Dispute won")
    DISPUTE_LOST = "dispute-lost", gettext_lazy("Dispute lost")
    EXPIRY = "expiry", gettext_lazy("Credit expired")
    INVOICE = "invoice", gettext_lazy("Invoice closed")
    PAYMENT = "payment", gettext_lazy("Invoice paid")
    WRITE_OFF = "write-off", gettext_lazy("Written off")


class Transaction(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    number = models.PositiveBigIntegerField()  # 1, 2, 3 … in each organization
    kind = models.CharField(max_length=16, choices=Kind.choices)
    key = models.CharField(max_length=120, unique=True)  # what happened, in the business's own terms: once
    reference = models.CharField(max_length=80, default="", blank=True)  # an id of ours: of a top-up, an invoice
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("organization_id", "number")
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "number"], name="transactions_are_numbered"),
        ]
        indexes = [
            models.Index(fields=["reference"], name="transactions_by_reference", condition=~models.Q(reference=""))
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Posting(models.Model):
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=20, choices=Account.choices)
    amount = PicoField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transaction", "account"], name="one_posting_an_account"),
            models.CheckConstraint(condition=~models.Q(amount=0), name="postings_say_something"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"
