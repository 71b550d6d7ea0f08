"""An invoice: what an organization used in a span of time, and what of that is to be paid.

While it is a draft, usage lands in its lines. Closed, the snapshot is what counts: canonical bytes with every input,
and their hash. From then on only its status and what Stripe has of it change (`billing/guards.py`).
"""

from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy, pgettext_lazy

from billing.models.account import Mode
from catalog.money import PicoField
from ledger.ids import new_id

LEAST = 50  # cents: Stripe takes no payment below


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", gettext_lazy("Draft")
    OPEN = "open", pgettext_lazy("state", "Open")
    PAID = "paid", gettext_lazy("Paid")
    VOID = "void", gettext_lazy("Void")
    UNCOLLECTIBLE = "uncollectible", gettext_lazy("Not collectible")


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def of(self, organization_id: UUID) -> "InvoiceQuerySet":
        return self.filter(organization_id=organization_id)

    def drafts(self) -> "InvoiceQuerySet":
        return self.filter(status=InvoiceStatus.DRAFT)

    def unpaid(self) -> "InvoiceQuerySet":
        """Closed ones of which something is to be paid, also those that nobody collects any more."""
        return self.filter(status__in=(InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE))

    def overdue(self, before: datetime) -> "InvoiceQuerySet":
        """Those that should have been paid before, and could."""
        return self.unpaid().filter(due_at__lt=before, due__gte=LEAST)

    def closed(self) -> "InvoiceQuerySet":
        return self.exclude(status=InvoiceStatus.DRAFT)


class Invoice(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    number = models.PositiveIntegerField(null=True)  # 1, 2, 3 … in each organization, from closing on
    status = models.CharField(max_length=13, choices=InvoiceStatus.choices, default=InvoiceStatus.DRAFT)
    start = models.DateTimeField()
    end = models.DateTimeField()  # not in it
    mode = models.CharField(max_length=8, choices=Mode.choices, default="", blank=True)  # of the account, at its close
    closed_at = models.DateTimeField(null=True)
    total = models.BigIntegerField(default=0)  # cents
    due = models.BigIntegerField(default=0)  # cents
    due_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    snapshot = models.BinaryField(default=bytes)  # canonical JSON
    hash = models.CharField(max_length=64, default="", blank=True)  # SHA-256 of the snapshot
    stripe_invoice = models.CharField(max_length=64, default="", blank=True)
    failure = models.CharField(max_length=40, default="", blank=True)  # a code: why the newest try to collect it failed
    tries = models.PositiveSmallIntegerField(default=0)  # that failed, as far as people were told
    retry_at = models.DateTimeField(null=True)  # when Stripe tries again by itself

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ("organization_id", "start")
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "end"], name="one_invoice_a_span"),
            models.UniqueConstraint(fields=["organization_id", "number"], name="invoices_are_numbered"),
            models.CheckConstraint(condition=Q(end__gt=models.F("start")), name="spans_are_not_empty"),
            models.UniqueConstraint(
                fields=["stripe_invoice"], condition=~Q(stripe_invoice=""), name="one_invoice_a_bill"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="invoices_unpaid", condition=Q(status__in=("open", "uncollectible"))),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.number or 'draft'}"

    @property
    def is_draft(self) -> bool:
        return self.status == InvoiceStatus.DRAFT


class InvoiceLine(models.Model):
    """The tokens of one class that one price version of a model was paid for."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    model = models.CharField(max_length=120)
    price_version = models.PositiveIntegerField()  # 0: the model had no price
    token_class = models.CharField(max_length=20)
    calls = models.BigIntegerField()
    tokens = models.BigIntegerField()
    amount = PicoField()
    cents = models.BigIntegerField(null=True)  # from closing on; those of all lines sum to the invoice's total

    class Meta:
        ordering = ("model", "price_version", "token_class")
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "model", "price_version", "token_class"], name="one_line_a_class"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} v{self.price_version} {self.token_class}"
