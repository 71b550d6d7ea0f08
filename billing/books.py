"""Whether an organization's books agree: the journal with itself, and with every sum that is kept beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from billing.forgetting import whole_since
from billing.models import (
    Account,
    BillingAccount,
    Budget,
    CreditLot,
    Hold,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Posting,
    Transaction,
)
from catalog.money import CENT
from usage.models import UsageEvent

_CREDIT = (Account.CREDIT_PAID, Account.CREDIT_PROMOTIONAL)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two figures that should be one, in pico-dollars or as counts."""

    what: str
    kept: int
    counted: int

    def __str__(self) -> str:
        return f"{self.what}: {self.kept} is kept, {self.counted} counted"


def disagreements(account: BillingAccount) -> list[Disagreement]:
    """Return what does not agree in an organization's books; they are read in one transaction, under no lock."""
    return [
        Disagreement(what, kept or 0, counted or 0)
        for what, kept, counted in (*_sums(account), *_lots(account), *_usage(account.pk), *_invoices(account))
        if (kept or 0) != (counted or 0)
    ]


def _sums(account: BillingAccount) -> Iterator[tuple[str, int | None, int | None]]:
    postings = Posting.objects.filter(transaction__organization_id=account.pk)
    numbers = Transaction.objects.filter(organization_id=account.pk).aggregate(Count("pk"), Max("number"))
    yield "debits and credits", 0, postings.aggregate(all=Sum("amount"))["all"]
    yield "transactions", account.transactions, numbers["pk__count"]
    yield "the newest transaction", account.transactions, numbers["number__max"]
    yield "credit", account.credit, -(_total(postings.filter(account__in=_CREDIT)))
    yield "owed", account.owed, _total(postings.filter(account__in=(Account.RECEIVABLE, Account.INVOICED)))
    yield "invoiced", account.invoiced, _total(postings.filter(account=Account.INVOICED))
    yield "held", account.held, _total(Hold.objects.filter(organization_id=account.pk, budget_id=None))
    for budget in Budget.objects.filter(organization_id=account.pk):
        yield f"held of the budget of {budget}", budget.held, _total(Hold.objects.filter(budget_id=budget.pk))


def _lots(account: BillingAccount) -> Iterator[tuple[str, int | None, int | None]]:
    lots = CreditLot.objects.filter(organization_id=account.pk)
    left = lots.aggregate(all=Sum("remaining"), frozen=Sum("remaining", filter=Q(frozen_at__isnull=False)))
    yield "credit in lots", account.credit, left["all"]
    yield "frozen", account.frozen, left["frozen"]
    wrong = lots.annotate(drawn=Coalesce(Sum("draws__amount"), 0)).exclude(remaining=F("granted") - F("drawn"))
    yield "lots that do not fit their draws", 0, wrong.count()


def _usage(organization_id: UUID) -> Iterator[tuple[str, int | None, int | None]]:
    revenue = -_total(Posting.objects.filter(transaction__organization_id=organization_id, account=Account.REVENUE))
    lines = InvoiceLine.objects.filter(invoice__organization_id=organization_id)
    yield "usage in lines of invoices", revenue, _total(lines)
    # Of invoices whose calls are no longer kept there is nothing to count.
    older = Invoice.objects.of(organization_id).filter(start__lt=whole_since())
    events = UsageEvent.objects.filter(organization_id=organization_id, billed_in__isnull=False)
    events = events.exclude(billed_in__in=older.values_list("pk", flat=True))
    yield "usage in events", revenue - _total(lines.filter(invoice__in=older)), _total(events)


def _invoices(account: BillingAccount) -> Iterator[tuple[str, int | None, int | None]]:
    closed = Invoice.objects.of(account.pk).closed()
    numbers = closed.aggregate(Count("pk"), Max("number"))
    unpaid = closed.filter(status__in=(InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE))
    yield "due on invoices", account.invoiced, CENT * (unpaid.aggregate(all=Sum("due"))["all"] or 0)
    yield "invoices", account.invoices, numbers["pk__count"]
    yield "the newest invoice", account.invoices, numbers["number__max"]
    in_lines = closed.annotate(cents=Coalesce(Sum("lines__cents"), 0)).exclude(cents=F("total"))
    for number, total, cents in in_lines.values_list("number", "total", "cents"):
        yield f"lines of the invoice {number}", total, cents


def _total(rows: QuerySet[Any]) -> int:
    return rows.aggregate(all=Sum("amount"))["all"] or 0
