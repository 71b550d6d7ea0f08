"""What people are told of payments of invoices; `billing/notices.py` asks here for what is no purchase of credit."""

from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.models import BillingContact, User
from billing import places
from billing.audience import organization_of
from billing.models import Invoice, InvoiceStatus
from billing.models.topup import CONFIRMATION
from catalog.money import CENT, dollars
from ledger.models import Action, AuditEvent
from notifications.notices import Facts


def receipt(invoice_id: UUID, to: User | BillingContact) -> Facts | None:
    invoice = Invoice.objects.filter(pk=invoice_id, status=InvoiceStatus.PAID).first()
    facts = _facts(invoice, to) if invoice else None
    return {**facts, "number": str(invoice.number), "at": invoice.paid_at} if invoice and facts else None


def payment_failed(invoice_id: UUID, to: User | BillingContact) -> Facts | None:
    invoice = Invoice.objects.filter(pk=invoice_id, status=InvoiceStatus.OPEN).exclude(failure=CONFIRMATION).first()
    facts = _facts(invoice, to) if invoice else None
    failed = AuditEvent.objects.filter(action=Action.INVOICE_REFUSED, target=str(invoice_id)).order_by("-pk").first()
    if not invoice or not facts or not failed:
        return None
    return {**facts, "at": failed.at, "again": invoice.retry_at, "is_declined": True}


def payment_action(invoice_id: UUID, to: User | BillingContact) -> Facts | None:
    invoice = Invoice.objects.filter(pk=invoice_id, status=InvoiceStatus.OPEN, failure=CONFIRMATION).first()
    facts = _facts(invoice, to) if invoice else None
    return {**facts, "until": invoice.due_at} if invoice and facts else None


def suspended(organization_id: UUID, to: User | BillingContact) -> Facts | None:
    """Name the oldest invoice that is overdue: with it they begin to mend it."""
    invoice = Invoice.objects.of(organization_id).overdue(timezone.now()).order_by("due_at").first()
    facts = _facts(invoice, to) if invoice else None
    return {**facts, "number": str(invoice.number), "due": invoice.due_at} if invoice and facts else None


def _facts(invoice: Invoice, to: User | BillingContact) -> Facts | None:
    organization = organization_of(invoice.organization_id, to)
    if organization is None:
        return None
    return {
        "amount": dollars(invoice.due * CENT),
        "organization": organization.name,
        "url": settings.CONSOLE_ORIGIN + places.invoice(organization.slug, invoice.number),
    }
