"""Invoices as lists show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.invoices.drafts import month_start, next_month
from billing.models import Invoice, InvoiceStatus
from catalog.money import CENT, dollars

_TONES = {
    InvoiceStatus.DRAFT: "off",
    InvoiceStatus.OPEN: "warn",
    InvoiceStatus.PAID: "ok",
    InvoiceStatus.VOID: "off",
    InvoiceStatus.UNCOLLECTIBLE: "bad",
}


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice; a draft has no number and no date, and its amount still grows until its span is over."""

    number: int | None
    is_over: bool
    url: str  # "" for a draft
    span: str
    closed_at: datetime | None
    total: str
    due: str
    due_at: datetime | None
    status: str
    tone: str
    is_overdue: bool


def listed(organization_id: UUID) -> QuerySet[Invoice]:
    """Return an organization's invoices, the newest first, without what only a page of one needs."""
    found = Invoice.objects.of(organization_id).defer("snapshot").annotate(used=Sum("lines__amount"))
    return found.order_by("-start")


def invoice_rows(slug: str, invoices: Iterable[Invoice]) -> list[InvoiceRow]:
    return [_row(slug, invoice, timezone.now()) for invoice in invoices]


def span_of(invoice: Invoice) -> str:
    """Return the month of an invoice, or its days where it is not a whole one."""
    start, last = invoice.start.astimezone(UTC), invoice.end.astimezone(UTC) - timedelta(microseconds=1)
    if start == month_start(start) and invoice.end == next_month(start):
        return date_format(start, _("F Y"))
    words = {"from": date_format(start, _("M j")), "to": date_format(last, _("M j, Y"))}
    return _("%(from)s – %(to)s") % words


def state_of(invoice: Invoice, now: datetime) -> tuple[str, str]:
    """Return the state of an invoice in words, and its tone."""
    status = InvoiceStatus(invoice.status)
    if is_overdue(invoice, now):
        return _("Overdue"), "bad"
    return str(status.label), _TONES[status]


def is_overdue(invoice: Invoice, now: datetime) -> bool:
    return invoice.status == InvoiceStatus.OPEN and invoice.due_at is not None and invoice.due_at < now


def _row(slug: str, invoice: Invoice, now: datetime) -> InvoiceRow:
    state, tone = state_of(invoice, now)
    is_draft = invoice.status == InvoiceStatus.DRAFT
    used = int(getattr(invoice, "used", 0) or 0)
    return InvoiceRow(
        number=invoice.number,
        is_over=invoice.end <= now,
        url="" if is_draft else reverse("billing:invoice", args=[slug, invoice.number]),
        span=span_of(invoice),
        closed_at=invoice.closed_at,
        total=dollars(used if is_draft else invoice.total * CENT),
        due="" if is_draft else dollars(invoice.due * CENT),
        due_at=None if invoice.status == InvoiceStatus.VOID else invoice.due_at,
        status=state,
        tone=tone,
        is_overdue=is_overdue(invoice, now),
    )
